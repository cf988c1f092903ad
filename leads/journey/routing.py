"""Routing: the first rule that holds and whose taker exists takes the lead.

Source: contracts.md §3 "Routing". Every placement keeps what was weighed: the rules passed by and
why, the candidates and why not they. A fault in routing never loses a lead: it goes to the default
queue with the fault on it.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from handoff import statements
from handoff.rules.definition import RouteRule

from . import rosters
from .judging import Judged
from .serving import Wanted
from .turns import Roster
from .weighing import HAD, LEFT, Choice, Wish, choose, nobody

OWNERS = """
SELECT l.id, ao.id, ao.email, ao.name, oo.id, oo.email, oo.name
FROM leads_lead l
LEFT JOIN leads_account a ON a.id = l.account_id
LEFT JOIN handoff_user ao ON ao.id = a.owner_id AND ao.is_active
LEFT JOIN LATERAL (
    SELECT u.id, u.email, u.name FROM leads_opportunity deal
    JOIN handoff_user u ON u.id = deal.owner_id AND u.is_active
    WHERE deal.stage = 'open'
        AND (deal.lead_id = l.id OR (l.account_id IS NOT NULL AND deal.account_id = l.account_id))
    ORDER BY deal.opened_at DESC NULLS LAST, deal.id DESC LIMIT 1
) oo ON true
WHERE l.id = ANY(%s)"""

TEAM_OF = """
SELECT DISTINCT ON (m.user_id) m.user_id, t.key FROM handoff_membership m
JOIN handoff_team t ON t.id = m.team_id
WHERE m.user_id = ANY(%s) AND m.active ORDER BY m.user_id, (t.kind <> 'ae'), t.id"""

HAD_BEFORE = """
SELECT DISTINCT ON (h.lead_id, t.key) h.lead_id, t.key, u.id, u.email, coalesce(nullif(u.name, ''),
    u.email)
FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked(id, at)
JOIN leads_handoff h ON h.lead_id = asked.id AND h.ended_at <= asked.at
JOIN handoff_team t ON t.id = h.team_id
JOIN handoff_user u ON u.id = h.owner_id
ORDER BY h.lead_id, t.key, h.ended_at DESC, h.id DESC"""

FAULTS = (LookupError, ValueError, ArithmeticError)


@dataclass(frozen=True)
class Person:
    """Whom a lead goes to; ids and names as messages and events need them."""

    user_id: int
    email: str
    name: str


@dataclass
class Placement:
    """Where one lead goes: `owner`, or the queue of `roster`; and why.

    `kind` is an `Assignment.Kind`. `awaits_turn`: nobody could take it, so it waits. `fault`: why
    routing failed, and `failed` the rule at which (none: no rule took it). `hours_of` is the team
    whose calendar counts where the owner is in no team.
    """

    lead_id: int
    route: str | None
    kind: str
    roster: Roster | None
    owner: Person | None = None
    awaits_turn: bool = False
    fault: str = ""
    failed: RouteRule | None = None
    explanation: dict[str, Any] = field(default_factory=dict)
    hours_of: Roster | None = None


@dataclass(frozen=True)
class Asked:
    """One lead to route: the rules that held for it, when, and of whom it asks what it `wanted`.
    `excluding`, `spared`: user ids, as in `Wish`."""

    lead_id: int
    rules: tuple[RouteRule, ...]
    at: dt.datetime
    all_rules: tuple[RouteRule, ...] = ()
    excluding: frozenset[int] = frozenset()
    spared: frozenset[int] = frozenset()
    wanted: Wanted | None = None

    @property
    def teams(self) -> set[str]:
        """Keys of the teams its rules name."""
        return {rule.to_key for rule in self.all_rules if rule.to_kind != "owner_of"}


def asked(judged: Judged, *, at: dt.datetime, excluding: frozenset[int] = frozenset()) -> Asked:
    """What routing needs of a judgement."""
    every = judged.law.definition.route
    held = tuple(judged.law.routes[key] for key in judged.routes)
    return Asked(judged.lead_id, held, at, every, excluding, wanted=judged.wanted)


@dataclass
class Router:
    """The teams and owners that a batch of leads may go to, read and locked once."""

    teams: dict[str, Roster]
    owners: dict[tuple[int, str], Person]
    team_of: dict[int, str]
    had_before: dict[tuple[int, str], Person] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        batch: Sequence[Asked],
        *,
        historical: bool,
        teams_of: Callable[..., dict[str, Roster]] = rosters.read,
    ) -> "Router":
        """Owners first, then the teams, by default under their locks."""
        kinds = {rule.to_kind for one in batch for rule in one.rules}
        owners: dict[tuple[int, str], Person] = {}
        team_of: dict[int, str] = {}
        if "owner_of" in kinds:
            owners = _owners([one.lead_id for one in batch])
            team_of = dict(
                statements.fetch(TEAM_OF, [sorted({p.user_id for p in owners.values()})])
            )
        keys = {rule.to_key for one in batch for rule in one.rules if rule.to_kind != "owner_of"}
        keys.update(one.all_rules[-1].to_key for one in batch if one.all_rules)
        keys.update(team_of.values())
        moments = [one.at for one in batch]
        teams = teams_of(keys, at=min(moments), until=max(moments), historical=historical)
        return cls(teams, owners, team_of, _had_before(batch))

    def place(self, one: Asked) -> Placement:
        """Where one lead goes. A fault sends it to the default queue and says so."""
        passed: list[dict[str, Any]] = []
        held = {rule.key for rule in one.rules}
        for rule in one.all_rules:
            if rule.key not in held:
                passed.append(_said(rule, "Its conditions do not hold", holds=False))
                continue
            try:
                placement, said = self._try(rule, one)
            except FAULTS as error:
                return self._failed(one, rule, error, passed)
            passed.append(said)
            if placement is not None:
                placement.explanation["rules"] = passed
                return placement
        return self._failed(one, None, LookupError("no routing rule took it"), passed)

    def _failed(
        self, one: Asked, rule: RouteRule | None, error: Exception, passed: list[dict[str, Any]]
    ) -> Placement:
        fault = f"Routing failed ({type(error).__name__}: {error}); sent to the default queue."
        if rule is not None:
            passed.append(_said(rule, f"It failed: {error}"))
        why = {"rules": passed, "candidates": [], "fault": fault}
        roster = self._default(one)
        return Placement(
            one.lead_id, None, "queue", roster, fault=fault, failed=rule, explanation=why
        )

    def _try(self, rule: RouteRule, one: Asked) -> tuple[Placement | None, dict[str, Any]]:
        """The placement where the rule takes the lead, and how that is told."""
        if rule.to_kind == "owner_of":
            return self._try_owner(rule, one)
        roster = self.teams.get(rule.to_key)
        if roster is None:
            raise LookupError(f"team {rule.to_key} does not exist")
        if rule.to_kind == "queue" or roster.pick == "pull":
            placement = Placement(one.lead_id, rule.key, "queue", roster)
            return placement, _said(rule, "Waits in its queue", team=roster.key)
        before = self.had_before.get((one.lead_id, roster.key)) if rule.sticky else None
        wish = Wish(
            one.lead_id, one.wanted, one.excluding, one.spared, before.user_id if before else None
        )
        choice = choose(roster, wish, at=one.at)
        if choice.member is None and rule.overflow:
            said = _said(rule, "Nobody in the team could take it", team=roster.key)
            return None, {**said, "candidates": choice.candidates}
        return _given(one, rule, roster, choice, before)

    def _try_owner(self, rule: RouteRule, one: Asked) -> tuple[Placement | None, dict[str, Any]]:
        person = self.owners.get((one.lead_id, rule.to_key))
        if person is None:
            return None, _said(rule, f"The {rule.to_key} has no active owner")
        key = self.team_of.get(person.user_id)
        roster = self.teams.get(key) if key else None
        if roster is not None and (member := roster.member_of(person.user_id)):
            member.open += 1
        placement = Placement(one.lead_id, rule.key, "owner_of", roster, person)
        placement.explanation["candidates"] = []
        placement.hours_of = roster or self._default(one)
        return placement, _said(rule, f"{person.name or person.email} owns the {rule.to_key}")

    def _default(self, one: Asked) -> Roster | None:
        last = self.teams.get(one.all_rules[-1].to_key) if one.all_rules else None
        return last or next(iter(self.teams.values()), None)


def _given(
    one: Asked, rule: RouteRule, roster: Roster, choice: Choice, before: Person | None
) -> tuple[Placement, dict[str, Any]]:
    explanation: dict[str, Any] = {"candidates": choice.candidates, "pick": roster.pick}
    if choice.at_opening is not None:
        explanation["at_opening"] = choice.at_opening.isoformat()
    if choice.kept:
        explanation["kept"] = True
    if choice.relaxed:
        explanation["relaxed"] = choice.relaxed
    if before is not None and not choice.kept:
        explanation["before"] = _not_kept(before, choice)
    if choice.member is None:
        explanation["nobody"] = nobody(choice.candidates)
        placement = Placement(one.lead_id, rule.key, "queue", roster, awaits_turn=True)
        why = "Nobody could take it now; it waits for the first who can"
    else:
        member = choice.member
        person = Person(member.user_id, member.email, member.name)
        placement = Placement(one.lead_id, rule.key, "turn", roster, person)
        kept = f"{member.name} had this lead before, sticky"
        why = kept if choice.kept else f"{member.name}’s turn"
    placement.explanation = explanation
    if "before" in explanation:
        why = f"{explanation['before']} {why}"
    return placement, _said(rule, why, team=roster.key)


def _not_kept(before: Person, choice: Choice) -> str:
    """Why a returning lead does not go back to who had it."""
    why = next((c["why"] for c in choice.candidates if c["email"] == before.email), LEFT)
    if why == HAD:
        return f"{before.name} had it before and is passed over now."
    return f"{before.name} had it before, but cannot take it ({why})."


def _said(rule: RouteRule, why: str, *, holds: bool = True, team: str = "") -> dict[str, Any]:
    """How an explanation tells of a rule; `team`: whose members were weighed, or whose queue."""
    said = {"key": rule.key, "label": rule.label, "holds": holds, "why": why}
    return {**said, "team": team} if team else said


def _had_before(batch: Sequence[Asked]) -> dict[tuple[int, str], Person]:
    """Who of each team had a lead last, for leads that a sticky rule takes."""
    sticky = [one for one in batch if any(rule.sticky for rule in one.rules)]
    if not sticky:
        return {}
    rows = statements.fetch(
        HAD_BEFORE, [[one.lead_id for one in sticky], [one.at for one in sticky]]
    )
    return {(lead_id, team): Person(*person) for lead_id, team, *person in rows}


def _owners(lead_ids: list[int]) -> dict[tuple[int, str], Person]:
    found: dict[tuple[int, str], Person] = {}
    for lead_id, *columns in statements.fetch(OWNERS, [lead_ids]):
        for kind, (user_id, email, name) in (
            ("account", columns[:3]),
            ("opportunity", columns[3:]),
        ):
            if user_id is not None:
                found[lead_id, kind] = Person(user_id, email, name or email)
    return found


def place_all(
    batch: Sequence[Asked], *, historical: bool
) -> tuple[list[Placement], Collection[Roster]]:
    """Place a batch in order; the teams' turns are in the rosters, to be written with it."""
    router = Router.read(batch, historical=historical)
    return [router.place(one) for one in batch], router.teams.values()


def foresee(batch: Sequence[Asked]) -> list[Placement]:
    """Where each lead would go, were it the only one handed over: nothing is locked or charged."""
    if not batch:
        return []
    router = Router.read(batch, historical=False, teams_of=rosters.look)
    return [replace(router, teams=_apart(router.teams)).place(one) for one in batch]


def _apart(teams: dict[str, Roster]) -> dict[str, Roster]:
    """The teams with members of their own, so that a turn given leaves no trace."""
    return {
        key: replace(team, members=[replace(member) for member in team.members], ledger=[])
        for key, team in teams.items()
    }


def rule_to(roster_key: str, *, kind: str, key: str, label: str) -> RouteRule:
    """A routing rule made for one lead, such as a person sending it to another team."""
    return RouteRule(key, label, kind, roster_key, overflow=False, when=None)


def explained(placements: Iterable[Placement]) -> list[str]:
    """The explanations as JSON text, in order."""
    return [statements.dumps(placement.explanation) for placement in placements]
