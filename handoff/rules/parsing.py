"""Reading the `definition` section of a playbook file: all faults at once, each with its place.

Source: contracts.md §3 “Playbook file”.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import definition as shape
from .conditions import is_number, is_writable, signal_key
from .doubts import doubt, doubt_tiers
from .examples import parse_examples
from .faults import Fault, Report, kind_of, one_of, shown
from .fields import CATALOGUE, FACTS, normalise
from .reading import MOST_POINTS, SLUG, Row, RowReader

KEYS = (
    "summary",
    "motions",
    "fit",
    "signals",
    "required",
    "decide",
    "tiers",
    "marketing",
    "route",
    "examples",
)
MOST_DAYS = 1_000_000_000
HOURS = ("business", "always")
TAKERS = ("team", "queue", "owner_of")
OWNERS = ("account", "opportunity")


@dataclass(frozen=True)
class Parsed:
    """What became of a document: a definition, or None where there are faults."""

    definition: shape.Definition | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def parse(
    document: Any,
    *,
    teams: Collection[str] | None,
    reasons: Collection[str] | None,
    tracks: Collection[str] | None,
    place: str = "definition",
) -> Parsed:
    """Read a definition. `teams`, `reasons`, `tracks`: known keys; None leaves them unchecked."""
    report = Report()
    reader = _Reader(report, teams, reasons, tracks)
    found = reader.definition(document, place)
    if found is not None and not report.faults:
        doubt(found, place, report)
    whole = found if not report.faults else None
    return Parsed(whole, tuple(report.faults), tuple(report.warnings))


def parse_step(
    law: shape.Definition | None,
    route: Any,
    tiers: Any,
    *,
    teams: Collection[str] | None,
    place: str,
) -> Parsed:
    """A definition whose routing and tiers are those of a further step, as a file writes them.

    It routes leads of every status. `law` may be None where only the faults are wanted.
    """
    report = Report()
    reader = _Reader(report, teams, None, None)
    tier_rows = reader.rows(tiers or [], f"{place}.tiers", reader.tier)
    reader.tier_keys = frozenset(row.key for row in tier_rows)
    if law is not None:
        reader.motion_keys = frozenset(row.key for row in law.motions)
        own = {rule.tier for rule in law.decide if rule.tier}
        reader.tier_keys |= own
    else:
        reader.motion_keys = reader.tier_keys = None
    route_rows = reader.rows(route or [], f"{place}.route", reader.route)
    reader.last_holds(route_rows, route, f"{place}.route")
    if not report.faults:
        doubt_tiers(tier_rows, place, report)
    if law is None or report.faults:
        return Parsed(None, tuple(report.faults), tuple(report.warnings))
    step = replace(
        law, route=route_rows, tiers=tier_rows or law.tiers, routes_every_status=True, examples=()
    )
    return Parsed(step, (), tuple(report.warnings))


def step_definition(law: shape.Definition, *, route: Any, tiers: Any) -> shape.Definition:
    """The law with a further step's routing rules and tiers. Raises ValueError with all faults."""
    parsed = parse_step(law, route, tiers, teams=None, place="step")
    if parsed.definition is None:
        raise ValueError("; ".join(map(str, parsed.faults)))
    return parsed.definition


class _Reader(RowReader):
    """Reads sections; what is wrong goes to the report."""

    def definition(self, raw: Any, place: str) -> shape.Definition | None:
        if not isinstance(raw, dict):
            self.report.wrong(place, f"must be a mapping, not {kind_of(raw)}")
            return None
        self.report.unknown_keys(raw, KEYS, place)
        self.motion_keys = _keys(raw.get("motions"))
        self.tier_keys = _keys(raw.get("tiers"))

        def rows(name: str, read: Callable[[dict[str, Any], str], Row]) -> tuple[Row, ...]:
            return self.rows(raw.get(name, []), f"{place}.{name}", read)

        decide = rows("decide", self.decide)
        route = rows("route", self.route)
        self.last_holds(decide, raw.get("decide"), f"{place}.decide")
        self.last_holds(route, raw.get("route"), f"{place}.route")
        found = shape.Definition(
            summary=self.text(raw, "summary", place, 300),
            motions=rows("motions", self.motion),
            fit=rows("fit", self.fit),
            signals=rows("signals", self.signal),
            required=self.required(raw.get("required", []), f"{place}.required"),
            decide=decide,
            tiers=rows("tiers", self.tier),
            marketing=self.marketing(raw.get("marketing"), f"{place}.marketing"),
            route=route,
            examples=(),
            document=raw,
        )
        references = {
            "status": frozenset(shape.STATUSES),
            "tier": self.tier_keys,
            "motion": self.motion_keys,
            "team": self.teams,
            "rule": _keys(raw.get("decide")),
            "route": _keys(raw.get("route")),
            "reason": self.reasons,
            "track": self.tracks,
        }
        given = raw.get("examples", [])
        examples = parse_examples(given, f"{place}.examples", references, self.report)
        return replace(found, examples=examples)

    def motion(self, row: dict[str, Any], place: str) -> shape.Motion:
        self.report.unknown_keys(row, ("key", "label", "when"), place)
        return shape.Motion(*self.head(row, place), self.when(row, place, "motions"))

    def fit(self, row: dict[str, Any], place: str) -> shape.FitRow:
        self.report.unknown_keys(row, ("key", "label", "points", "motion", "when"), place)
        return shape.FitRow(
            *self.head(row, place),
            points=self.points(row, place),
            motion=self.known(row, "motion", place, self.motion_keys),
            when=self.when(row, place, "fit"),
        )

    def signal(self, row: dict[str, Any], place: str) -> shape.SignalRow:
        allowed = ["key", "label", "signal", "points", "half_life_days", "cap", "sources", "motion"]
        self.report.unknown_keys(row, allowed, place)
        key, label = self.head(row, place)
        named = signal_key(row.get("signal", key or "-"), f"{place}.signal", self.report)
        half_life = row.get("half_life_days")
        if half_life is not None and not (is_number(half_life) and 0 < half_life <= MOST_DAYS):
            self.report.wrong(
                f"{place}.half_life_days", f"must be a number above 0, not {shown(half_life)}"
            )
            half_life = None
        cap = self.whole(row, "cap", place, least=1, most=MOST_POINTS)
        return shape.SignalRow(
            key=key,
            label=label,
            signal=named or "",
            points=self.points(row, place),
            half_life_days=None if half_life is None else float(half_life),
            cap=cap,
            sources=self.sources(row, place),
            motion=self.known(row, "motion", place, self.motion_keys),
        )

    def sources(self, row: dict[str, Any], place: str) -> tuple[str, ...]:
        raw = row.get("sources")
        if raw is None:
            return ()
        here = f"{place}.sources"
        if not isinstance(raw, list) or not raw:
            self.report.wrong(here, "must be a list of sources; leave it out for every source")
            return ()
        found = []
        for index, one in enumerate(raw):
            said = normalise("source", one) if isinstance(one, str) and is_writable(one) else None
            if said is None:
                self.report.wrong(f"{here}[{index}]", f"must be a source, not {shown(one)}")
            found.append(said or "")
        return tuple(found)

    def decide(self, row: dict[str, Any], place: str) -> shape.DecideRule:
        allowed = ["key", "label", "status", "tier", "reason", "track", "approve", "when"]
        self.report.unknown_keys(row, allowed, place)
        status = row.get("status")
        if status not in shape.STATUSES:
            said = "is missing" if status is None else f"cannot be {shown(status)}"
            self.report.wrong(f"{place}.status", f"{said}; {one_of(shape.STATUSES)}")
        approve = row.get("approve", False)
        if not isinstance(approve, bool):
            self.report.wrong(f"{place}.approve", f"must be true or false, not {shown(approve)}")
        return shape.DecideRule(
            *self.head(row, place),
            status=str(status),
            tier=self.known(row, "tier", place, self.tier_keys),
            reason=self.known(row, "reason", place, self.reasons),
            track=self.known(row, "track", place, self.tracks),
            approve=approve is True,
            when=self.when(row, place, "decide"),
        )

    def tier(self, row: dict[str, Any], place: str) -> shape.Tier:
        more = ("remind_before", "on_breach", "on_reassign")
        allowed = ("key", "label", "hours", *shape.CLOCKS, *more)
        self.report.unknown_keys(row, allowed, place)
        hours = row.get("hours", "business")
        if hours not in HOURS:
            self.report.wrong(f"{place}.hours", f"cannot be {shown(hours)}; {one_of(HOURS)}")
        clocks: dict[str, int | str] = {}
        for clock in shape.CLOCKS:
            if row.get(clock) == shape.SAME_BUSINESS_DAY:
                clocks[clock] = shape.SAME_BUSINESS_DAY
            elif (
                minutes := self.minutes(row, clock, place, f" or {shape.SAME_BUSINESS_DAY}")
            ) is not None:
                clocks[clock] = minutes
        return shape.Tier(
            *self.head(row, place),
            hours=str(hours),
            clocks=clocks,
            remind_before=self.minutes(row, "remind_before", place),
            on_breach=self.on_breach(row.get("on_breach"), f"{place}.on_breach"),
            on_reassign=self.on_reassign(row.get("on_reassign"), f"{place}.on_reassign"),
        )

    def on_reassign(self, raw: Any, place: str) -> dict[str, str]:
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.report.wrong(place, f"must be a mapping of clocks, not {kind_of(raw)}")
            return {}
        self.report.unknown_keys(raw, tuple(shape.ON_REASSIGN), place)
        ways = (shape.RESTART, shape.CARRY_ON)
        for clock, way in raw.items():
            if clock in shape.ON_REASSIGN and way not in ways:
                self.report.wrong(f"{place}.{clock}", f"cannot be {shown(way)}; {one_of(ways)}")
        return {clock: str(raw[clock]) for clock in shape.ON_REASSIGN if clock in raw}

    def on_breach(self, raw: Any, place: str) -> tuple[str, ...] | dict[str, tuple[str, ...]]:
        if raw is None:
            return ()
        if not isinstance(raw, dict):
            return self.actions(raw, place)
        self.report.unknown_keys(raw, shape.CLOCKS, place)
        return {
            clock: self.actions(raw[clock], f"{place}.{clock}")
            for clock in shape.CLOCKS
            if clock in raw
        }

    def actions(self, raw: Any, place: str) -> tuple[str, ...]:
        if not isinstance(raw, list):
            self.report.wrong(place, f"must be a list of actions, not {kind_of(raw)}")
            return ()
        for index, action in enumerate(raw):
            if action not in shape.ACTIONS:
                self.report.wrong(
                    f"{place}[{index}]", f"unknown action {shown(action)}; {one_of(shape.ACTIONS)}"
                )
            elif action in raw[:index]:
                self.report.wrong(f"{place}[{index}]", f"“{action}” is listed twice")
        return tuple(map(str, raw))

    def route(self, row: dict[str, Any], place: str) -> shape.RouteRule:
        self.report.unknown_keys(row, ("key", "label", "to", "overflow", "sticky", "when"), place)
        kind, taker = self.taker(row.get("to"), f"{place}.to")
        overflow = row.get("overflow")
        if overflow not in (None, "next"):
            self.report.wrong(f"{place}.overflow", f"can only be next, not {shown(overflow)}")
        sticky = row.get("sticky")
        if not (sticky is None or isinstance(sticky, bool)):
            self.report.wrong(f"{place}.sticky", f"must be true or false, not {shown(sticky)}")
        elif sticky and kind != "team":
            self.report.wrong(f"{place}.sticky", "can only stand where a team takes the lead")
        return shape.RouteRule(
            *self.head(row, place),
            to_kind=kind,
            to_key=taker,
            overflow=overflow == "next",
            when=self.when(row, place, "route"),
            sticky=sticky is True,
        )

    def taker(self, raw: Any, place: str) -> tuple[str, str]:
        if not isinstance(raw, dict) or len(raw) != 1:
            self.report.wrong(
                place, "must be one of {team: KEY}, {queue: KEY}, {owner_of: account}"
            )
            return "queue", ""
        ((kind, key),) = raw.items()
        if kind not in TAKERS:
            self.report.wrong(f"{place}.{kind}", f"unknown key {shown(kind)}; {one_of(TAKERS)}")
        elif kind == "owner_of":
            if key not in OWNERS:
                self.report.wrong(f"{place}.owner_of", f"cannot be {shown(key)}; {one_of(OWNERS)}")
        elif not isinstance(key, str) or not SLUG.fullmatch(key):
            self.report.wrong(f"{place}.{kind}", f"must be the key of a team, not {shown(key)}")
        elif self.teams is not None and key not in self.teams:
            self.report.wrong(
                f"{place}.{kind}", f"there is no team {shown(key)}; {one_of(sorted(self.teams))}"
            )
        return str(kind), str(key)

    def required(self, raw: Any, place: str) -> tuple[str, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list):
            self.report.wrong(place, f"must be a list of fields, not {kind_of(raw)}")
            return ()
        for index, name in enumerate(raw):
            if not isinstance(name, str) or name not in FACTS:
                self.report.wrong(
                    f"{place}[{index}]", f"unknown field {shown(name)}; {one_of(FACTS)}"
                )
            elif name in raw[:index]:
                self.report.wrong(f"{place}[{index}]", f"“{name}” is listed twice")
            elif CATALOGUE[name].always_known:
                self.report.doubtful(f"{place}[{index}]", f"“{name}” is always known")
        return tuple(map(str, raw))

    def marketing(self, raw: Any, place: str) -> dict[str, int]:
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.report.wrong(place, f"must be a mapping, not {kind_of(raw)}")
            return {}
        self.report.unknown_keys(raw, shape.MARKETING, place)
        minutes = {key: self.minutes(raw, key, place) for key in shape.MARKETING}
        return {key: value for key, value in minutes.items() if value is not None}

    def last_holds(
        self, rows: Sequence[shape.DecideRule] | Sequence[shape.RouteRule], raw: Any, place: str
    ) -> None:
        """The last row as it is written has no conditions, readable or not."""
        known_wrong = any(fault.place.startswith(place) for fault in self.report.faults)
        if not rows and not known_wrong:
            self.report.wrong(place, "needs at least one row")
        elif rows and isinstance(raw[-1], dict) and raw[-1].get("when") is not None:
            self.report.wrong(
                f"{place}[{len(raw) - 1}].when",
                "the last row must have no conditions, so that one row always holds",
            )


def _keys(raw: Any) -> frozenset[str]:
    rows = raw if isinstance(raw, list) else ()
    keys = (row.get("key") for row in rows if isinstance(row, dict))
    return frozenset(key for key in keys if isinstance(key, str))
