"""Routing: the first rule that holds and whose taker exists takes the lead.

Source: contracts.md §3 "Routing". Every placement keeps what was weighed: the rules passed by and
why, the candidates and why not they. A fault in routing never loses a lead: it goes to the default
queue with the fault on it.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff import statements
from handoff.rules.definition import RouteRule

from . import rosters
from .judging import Judged
from .turns import Choice, Roster, choose

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


@dataclass(frozen=True)
class Person:
    """Whom a lead goes to; ids and names as messages and events need them."""

    user_id: int
    email: str
    name: str


@dataclass
class Placement:
    """Where one lead goes: `owner`, or the queue of `roster`; and why.

    `kind` is an `Assignment.Kind`. `awaits_turn`: nobody could take it, so it waits. `hours_of` is
    the team whose calendar counts where the owner is in no team.
    """

    lead_id: int
    route: str | None
    kind: str
    roster: Roster | None
    owner: Person | None = None
    awaits_turn: bool = False
    fault: str = ""
    explanation: dict[str, Any] = field(default_factory=dict)
    hours_of: Roster | None = None


@dataclass(frozen=True)
class Asked:
    """One lead to route: the rules that held for it, and when. `excluding`: user ids."""

    lead_id: int
    rules: tuple[RouteRule, ...]
    at: dt.datetime
    all_rules: tuple[RouteRule, ...] = ()
    excluding: frozenset[int] = frozenset()


def asked(judged: Judged, *, at: dt.datetime, excluding: frozenset[int] = frozenset()) -> Asked:
    """What routing needs of a judgement."""
    every = judged.law.definition.route
    held = tuple(judged.law.routes[key] for key in judged.routes)
    return Asked(judged.lead_id, held, at, every, excluding)


@dataclass
class Router:
    """The teams and owners that a batch of leads may go to, read and locked once."""

    teams: dict[str, Roster]
    owners: dict[tuple[int, str], Person]
    team_of: dict[int, str]

    @classmethod
    def read(cls, batch: Sequence[Asked], *, historical: bool) -> "Router":
        """Owners first, then the teams under their locks."""
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
        teams = rosters.read(keys, at=min(moments), until=max(moments), historical=historical)
        return cls(teams, owners, team_of)

    def place(self, one: Asked) -> Placement:
        """Where one lead goes. A fault sends it to the default queue and says so."""
        try:
            return self._place(one)
        except (LookupError, ValueError, ArithmeticError) as error:
            fault = f"Routing failed ({type(error).__name__}: {error}); sent to the default queue."
            roster = self._default(one)
            why = {"rules": [], "candidates": [], "fault": fault}
            return Placement(one.lead_id, None, "queue", roster, fault=fault, explanation=why)

    def _place(self, one: Asked) -> Placement:
        passed: list[dict[str, Any]] = []
        held = {rule.key for rule in one.rules}
        for rule in one.all_rules:
            if rule.key not in held:
                passed.append(_passed(rule, "Its conditions do not hold"))
                continue
            placement, why = self._try(rule, one)
            if placement is not None:
                passed.append({"key": rule.key, "label": rule.label, "holds": True, "why": why})
                placement.explanation["rules"] = passed
                return placement
            passed.append(_passed(rule, why, holds=True))
        raise LookupError("no routing rule took it")

    def _try(self, rule: RouteRule, one: Asked) -> tuple[Placement | None, str]:
        if rule.to_kind == "owner_of":
            return self._try_owner(rule, one)
        roster = self.teams.get(rule.to_key)
        if roster is None:
            raise LookupError(f"team {rule.to_key} does not exist")
        if rule.to_kind == "queue" or roster.pick == "pull":
            return Placement(one.lead_id, rule.key, "queue", roster), "Waits in its queue"
        choice = choose(roster, at=one.at, lead_id=one.lead_id, excluding=one.excluding)
        if choice.member is None and rule.overflow:
            return None, "Nobody in the team could take it"
        return _given(one, rule, roster, choice)

    def _try_owner(self, rule: RouteRule, one: Asked) -> tuple[Placement | None, str]:
        person = self.owners.get((one.lead_id, rule.to_key))
        if person is None:
            return None, f"The {rule.to_key} has no active owner"
        key = self.team_of.get(person.user_id)
        roster = self.teams.get(key) if key else None
        if roster is not None and (member := roster.member_of(person.user_id)):
            member.open += 1
        placement = Placement(one.lead_id, rule.key, "owner_of", roster, person)
        placement.explanation["candidates"] = []
        placement.hours_of = roster or self._default(one)
        return placement, f"{person.name or person.email} owns the {rule.to_key}"

    def _default(self, one: Asked) -> Roster | None:
        last = self.teams.get(one.all_rules[-1].to_key) if one.all_rules else None
        return last or next(iter(self.teams.values()), None)


def _given(one: Asked, rule: RouteRule, roster: Roster, choice: Choice) -> tuple[Placement, str]:
    explanation: dict[str, Any] = {"candidates": choice.candidates, "pick": roster.pick}
    if choice.at_opening is not None:
        explanation["at_opening"] = choice.at_opening.isoformat()
    if choice.member is None:
        placement = Placement(one.lead_id, rule.key, "queue", roster, awaits_turn=True)
        why = "Nobody could take it now; it waits for the first who can"
    else:
        member = choice.member
        person = Person(member.user_id, member.email, member.name)
        placement = Placement(one.lead_id, rule.key, "turn", roster, person)
        why = f"{member.name}’s turn"
    placement.explanation = explanation
    return placement, why


def _passed(rule: RouteRule, why: str, *, holds: bool = False) -> dict[str, Any]:
    return {"key": rule.key, "label": rule.label, "holds": holds, "why": why}


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


def rule_to(roster_key: str, *, kind: str, key: str, label: str) -> RouteRule:
    """A routing rule made for one lead, such as a person sending it to another team."""
    return RouteRule(key, label, kind, roster_key, overflow=False, when=None)


def explained(placements: Iterable[Placement]) -> list[str]:
    """The explanations as JSON text, in order."""
    return [statements.dumps(placement.explanation) for placement in placements]
