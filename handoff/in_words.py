"""A definition as people read it, section by section; the names of teams and reasons passed in."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from handoff.rules import HANDED_OVER, STATUSES, Condition, Definition
from handoff.rules.definition import CLOCKS, DecideRule, RouteRule, SignalRow, Tier
from handoff.rules.sentences import field_name, sentence, value_name
from handoff.unknowns import Unknown, counting_what_is_missing, unknowns

from .cases import Case, Names, case_of, within
from .labels import humanise
from .promised import CLOCK_NAMES, marketing_promises, minutes, missed, reassigned
from .words import count_of, number

FOLLOWS = {
    "sales_ready": "handed over to sales",
    "needs_qualification": "handed over to be qualified first",
    "existing_account": "handed over to whoever holds the account",
    "nurture": "kept with marketing and nurtured",
    "disqualified": "kept out of every queue",
    "duplicate": "kept out of every queue until merged",
}
"""What becomes of a lead of each status."""


@dataclass(frozen=True)
class Line:
    """One row: its place from 1, its key and name, what it says, and what is to be said beside."""

    place: int
    key: str
    name: str
    said: str
    more: tuple[str, ...] = ()
    points: str = ""


@dataclass(frozen=True)
class Status:
    """A status with the rules that lead to it, and what becomes of such a lead."""

    key: str
    name: str
    follows: str
    rules: list[Line]


@dataclass(frozen=True)
class Promise:
    """A tier: a time for each clock in words, and what happens when it is missed."""

    key: str
    name: str
    hours: str
    clocks: list[str]
    remind: str
    missed: list[str]
    rules: list[str]
    reassigned: str = ""


@dataclass(frozen=True)
class UnknownLine:
    """A field and what follows when it is unknown, a sentence each."""

    field: str
    required: bool
    follows: list[str]


@dataclass(frozen=True)
class Spelled:
    """Spells a definition out. `statuses`, `teams`, `reasons`, `tracks`: names by key."""

    definition: Definition
    statuses: Names
    teams: Names
    reasons: Names = field(default_factory=dict)
    tracks: Names = field(default_factory=dict)

    @property
    def by_status(self) -> list[Status]:
        """The rules by what they lead to, sales-ready first."""
        rules = self.rules
        return [
            Status(key, self.statuses.get(key, key), FOLLOWS[key], chosen)
            for key in STATUSES
            if (
                chosen := [
                    line
                    for line, rule in zip(rules, self.definition.decide, strict=True)
                    if rule.status == key
                ]
            )
        ]

    @property
    def motions(self) -> list[Line]:
        return [self._line(place, row) for place, row in enumerate(self.definition.motions, 1)]

    @property
    def fit(self) -> list[Line]:
        """What makes a lead fit."""
        return [line for line in self._fit() if not line.points.startswith("−")]

    @property
    def exclusions(self) -> list[Line]:
        """What takes points away."""
        return [line for line in self._fit() if line.points.startswith("−")]

    def _fit(self) -> list[Line]:
        motions = self._names(self.definition.motions)
        lines = []
        for place, row in enumerate(self.definition.fit, 1):
            only = (f"only for {motions[row.motion]}",) if row.motion in motions else ()
            line = self._line(place, row, more=only)
            lines.append(Line(place, line.key, line.name, line.said, only, number(row.points)))
        return lines

    @property
    def signals(self) -> list[Line]:
        motions = self._names(self.definition.motions)
        return [
            Line(place, row.key, _name(row), _fading(row, motions), (), number(row.points))
            for place, row in enumerate(self.definition.signals, 1)
        ]

    @property
    def rules(self) -> list[Line]:
        """The status rules in order, with where each leads."""
        return [
            self._line(place, rule, more=tuple(self._leads_to(rule)))
            for place, rule in enumerate(self.definition.decide, 1)
        ]

    @property
    def route(self) -> list[Line]:
        return [
            self._line(place, row, more=(self.taker(row),))
            for place, row in enumerate(self.definition.route, 1)
        ]

    @property
    def promises(self) -> list[Promise]:
        return [self._promise(tier) for tier in self.definition.tiers]

    @property
    def clocks(self) -> list[str]:
        return [CLOCK_NAMES[clock] for clock in CLOCKS]

    @property
    def marketing(self) -> list[str]:
        """Marketing's half, a sentence for each promise it makes."""
        return marketing_promises(self.definition.marketing)

    @property
    def required(self) -> list[str]:
        return [field_name(name) for name in self.definition.required]

    @property
    def examples(self) -> list[Case]:
        names = {
            "status": self.statuses,
            "tier": self._names(self.definition.tiers),
            "rule": self._names(self.definition.decide),
            "route": self._names(self.definition.route),
            "team": self.teams,
            "motion": self._names(self.definition.motions),
            "reason": self.reasons,
            "track": self.tracks,
        }
        return [
            case_of(place, one, names, self._signals)
            for place, one in enumerate(self.definition.examples, 1)
        ]

    @property
    def unknown(self) -> list[UnknownLine]:
        """What follows when a field is unknown; what is required, or changes something."""
        fit = self._names(self.definition.fit)
        rules = self._names(self.definition.decide)
        routes = self._names(self.definition.route)
        motions = self._names(self.definition.motions)
        lines = []
        for one in unknowns(self.definition):
            if one.changes_nothing and not one.required:
                continue
            follows = list(_follows(one, fit, rules, routes, motions))
            lines.append(UnknownLine(field_name(one.field), one.required, follows))
        return lines

    @property
    def counting_missing(self) -> list[Line]:
        """The rules that ask how much is missing."""
        counting = counting_what_is_missing(self.definition)
        decide = self.definition.decide
        return [self._line(decide.index(rule) + 1, rule) for rule in counting]

    def taker(self, row: RouteRule) -> str:
        """Who gets it by a routing rule."""
        if row.to_kind == "owner_of":
            return f"the owner of the {row.to_key}, if there is one"
        name = self.teams.get(row.to_key, humanise(row.to_key))
        taker = f"the queue of {name}" if row.to_kind == "queue" else name
        if row.sticky:
            taker += " (a returning lead goes back to who had it)"
        return f"{taker}, else the next rule" if row.overflow else taker

    def _line(self, place: int, row: Any, more: tuple[str, ...] = ()) -> Line:
        return Line(place, row.key, _name(row), self._said(row), more)

    def _said(self, row: Any) -> str:
        """The row's conditions within a sentence; "" where it always holds."""
        if row.when is None:
            return ""
        parts = [sentence(self._named(one), self._signals) for one in row.when.conditions]
        return (" and " if row.when.mode == "all" else " or ").join(map(within, parts))

    def _named(self, one: Condition) -> Condition:
        """A condition about a key of the definition, with the name of what it is a key of."""
        names: dict[str, Names] = {
            "status": self.statuses,
            "tier": self._names(self.definition.tiers),
            "motion": self._names(self.definition.motions),
        }
        if one.is_signal or one.subject not in names:
            return one
        tests = tuple((op, renamed(value, names[one.subject])) for op, value in one.tests)
        return replace(one, tests=tests)

    @property
    def _signals(self) -> dict[str, str]:
        return self.definition.signal_labels

    def _names(self, rows: Any) -> dict[str, str]:
        return {row.key: _name(row) for row in rows}

    def _leads_to(self, rule: DecideRule) -> list[str]:
        tiers = {tier.key: tier for tier in self.definition.tiers}
        more = [self.statuses.get(rule.status, rule.status)]
        if rule.tier:
            more.append(f"tier {_name(tiers[rule.tier]) if rule.tier in tiers else rule.tier}")
        if rule.reason:
            more.append(f"reason: {self.reasons.get(rule.reason, humanise(rule.reason))}")
        if rule.track:
            more.append(f"track: {self.tracks.get(rule.track, humanise(rule.track))}")
        if rule.approve and rule.status in HANDED_OVER:
            more.append("after a marketing person’s yes")
        return more

    def _promise(self, tier: Tier) -> Promise:
        return Promise(
            key=tier.key,
            name=_name(tier),
            hours="every hour of the week" if tier.hours == "always" else "business hours",
            clocks=[minutes(tier.clocks.get(clock)) for clock in CLOCKS],
            remind=minutes(tier.remind_before) if tier.remind_before else "",
            missed=missed(tier),
            reassigned=reassigned(tier),
            rules=[_name(rule) for rule in self.definition.decide if rule.tier == tier.key],
        )


def renamed(operand: Any, names: Names) -> Any:
    """A key, or several, by name."""
    if isinstance(operand, tuple):
        return tuple(renamed(one, names) for one in operand)
    return names.get(operand, operand) if isinstance(operand, str) else operand


def _fading(row: SignalRow, motions: Names) -> str:
    parts = []
    if row.half_life_days:
        parts.append(f"halves every {_every(row.half_life_days)}")
    if row.cap:
        parts.append(f"the newest {row.cap} count" if row.cap > 1 else "counts once")
    if row.sources:
        sources = ", ".join(value_name("source", one) for one in row.sources)
        parts.append(f"only from {sources}")
    if row.motion:
        parts.append(f"only for {motions.get(row.motion, row.motion)}")
    return ", ".join(parts)


def _every(days: float) -> str:
    return "day" if days == 1 else f"{number(days)} days"


def _follows(
    one: Unknown, fit: Names, rules: Names, routes: Names, motions: Names
) -> Iterator[str]:
    """Sentences on one unknown field."""
    if one.lost:
        what = _listed(one.lost, fit)
        yield f"{what} {'gives' if len(one.lost) == 1 else 'give'} 0 ({number(one.points)} points)."
    if one.kept:
        what = _listed(one.kept, fit)
        yield f"{what} {'takes' if len(one.kept) == 1 else 'take'} nothing away."
    if one.signals:
        what = count_of(len(one.signals), "signal")
        yield f"{what} from certain sources {'does' if len(one.signals) == 1 else 'do'} not count."
    if one.motions:
        what = count_of(len(one.motions), "motion")
        yield f"{what} cannot hold: {_listed(one.motions, motions)}."
    if one.given:
        yield f"{_listed(one.given, fit)} may count all the same."
    if one.reached:
        yield f"{_listed(one.reached, rules)} may still decide."
    if one.passed:
        what = count_of(len(one.passed), "status rule")
        yield f"{what} cannot hold: {_listed(one.passed, rules)}."
    if one.routed:
        what = count_of(len(one.routed), "routing rule")
        yield f"{what} cannot hold: {_listed(one.routed, routes)}."
    if one.leans:
        yield _resting("criterion" if len(one.leans) == 1 else "criteria", one.leans, fit)
    if one.rests:
        yield _resting("status rule" if len(one.rests) == 1 else "status rules", one.rests, rules)
    if one.changes_nothing:
        yield "Only counts as missing; no rule asks for it."


def _resting(what: str, keys: tuple[str, ...], names: Names) -> str:
    rests = "rests on what else it asks" if len(keys) == 1 else "rest on what else they ask"
    return f"The {what} {_listed(keys, names)} {rests}."


def _listed(keys: tuple[str, ...], names: Names) -> str:
    return ", ".join(f"“{names.get(key, key)}”" for key in keys)


def _name(row: Any) -> str:
    return str(row.label) if row.label else humanise(row.key)
