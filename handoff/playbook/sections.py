"""The sections of a playbook file beside the definition: what each row holds, and its faults."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from handoff.checklists import FIRST_STEP
from handoff.models.reason import LONGEST_REST
from handoff.rules.faults import Report, kind_of, one_of, shown

from .rows import RowReader, once, read_rows

LONG = 300
SERVED = ("languages", "territories", "products", "motions")
"""Of whom a member takes leads."""
SERVED_LENGTH = 100

KINDS = ("sdr", "ae", "qualification", "marketing")
PICKS = ("round_robin", "least_loaded", "pull")
MOMENTS = (
    "reject", "return", "reassign", "dispose", "disqualify",
    "no_response", "bad_fit", "nurture", "duplicate", "recycled",
)  # fmt: skip
"""When a reason may be given. Where one names a disposition, that disposition asks for a reason."""
DESTINATIONS = ("nurture", "requalify", "reroute", "merge", "disqualify")
CADENCES = ("weekly", "monthly", "quarterly")
STEP_KEYS = "key from route tiers checklist confirms"


@dataclass(frozen=True)
class Member:
    """A person in a team. None: no limit, the team's calendar; an empty tuple: serves all."""

    email: str
    name: str
    weight: int
    max_open: int | None
    max_per_day: int | None
    calendar: str | None
    languages: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    motions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Team:
    """A team; its queue has the same key."""

    key: str
    name: str
    kind: str
    calendar: str
    responsible: str
    pick: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Reason:
    """A reason code, the moments it is given at, and where it sends the lead."""

    key: str
    label: str
    moments: tuple[str, ...]
    teaches: str
    goes_to: str
    needs_note: bool
    needs_date: bool
    active: bool
    steps: tuple[str, ...] = ()
    """In which hand-overs it may be given; none named: in every one."""


@dataclass(frozen=True)
class Track:
    """A nurture track; `owner` is an email, `rest_weeks` how long a lead without a date rests."""

    key: str
    label: str
    theme: str
    owner: str | None
    rest_weeks: int | None = None


@dataclass(frozen=True)
class Stage:
    """A stage of the shared path: the role that owns it and the next action."""

    key: str
    label: str
    owner: str
    next: str


@dataclass(frozen=True)
class AreaOwner:
    """Who looks after an area of the agreement; `owner` is an email."""

    area: str
    owner: str
    cadence: str


@dataclass(frozen=True)
class Step:
    """A hand-over of the path; `route` and `tiers` as in a definition. `checklist`: what must be
    known before a lead enters it; `confirms`: what whoever takes it finds out. The first step, the
    hand-over of marketing, comes from nowhere and has neither routing nor tiers of its own."""

    key: str
    comes_from: str
    route: tuple[Mapping[str, Any], ...]
    tiers: tuple[Mapping[str, Any], ...]
    checklist: str | None
    confirms: str | None


def read_teams(raw: Any, calendars: Collection[str] | None, report: Report) -> tuple[Team, ...]:
    def member(row: Mapping[str, Any], place: str) -> Member:
        keys = f"email name weight max_open max_per_day calendar {' '.join(SERVED)}"
        reader = RowReader(row, place, report, keys)
        return Member(
            reader.email("email", needed=True),
            reader.text("name"),
            reader.count("weight", 0, 1) or 0,
            reader.count("max_open", 1, None),
            reader.count("max_per_day", 1, None),
            reader.reference("calendar", calendars, needed=False) or None,
            *(reader.texts(name, SERVED_LENGTH) for name in SERVED),
        )

    def team(row: Mapping[str, Any], place: str) -> Team:
        reader = RowReader(row, place, report, "key name kind calendar responsible pick members")
        members = reader.rows("members", member)
        once([one.email for one in members], f"{place}.members", "email", report)
        if not members:
            report.doubtful(place, "nobody is in this team")
        return Team(
            key=(key := reader.key()),
            name=reader.text("name", key) or key,
            kind=reader.choice("kind", KINDS, None),
            calendar=reader.reference("calendar", calendars, needed=True),
            responsible=reader.email("responsible", needed=True),
            pick=reader.choice("pick", PICKS, "round_robin"),
            members=members,
        )

    teams = read_rows(raw, "teams", report, team)
    once([one.key for one in teams], "teams", "key", report)
    return teams


def read_reasons(raw: Any, report: Report) -> tuple[Reason, ...]:
    def moments(reader: RowReader) -> tuple[str, ...]:
        given = reader.raw.get("for", [])
        given = [given] if isinstance(given, str) else given
        if not isinstance(given, list):
            reader.wrong("for", f"must be a list, not {kind_of(given)}")
            return ()
        for index, one in enumerate(given):
            if one not in MOMENTS:
                reader.wrong(f"for[{index}]", f"unknown moment {shown(one)}; {one_of(MOMENTS)}")
        return tuple(dict.fromkeys(map(str, given)))

    def reason(row: Mapping[str, Any], place: str) -> Reason:
        keys = "key label for steps teaches goes_to needs_note needs_date active"
        reader = RowReader(row, place, report, keys)
        return Reason(
            key=(key := reader.key()),
            label=reader.text("label", key) or key,
            moments=moments(reader),
            teaches=reader.text("teaches", most=LONG),
            goes_to=reader.choice("goes_to", DESTINATIONS, None) if row.get("goes_to") else "",
            needs_note=reader.flag("needs_note", False),
            needs_date=reader.flag("needs_date", False),
            active=reader.flag("active", True),
            steps=reader.texts("steps", 64),
        )

    reasons = read_rows(raw, "reasons", report, reason)
    once([one.key for one in reasons], "reasons", "key", report)
    return reasons


def read_tracks(raw: Any, report: Report) -> tuple[Track, ...]:
    def track(row: Mapping[str, Any], place: str) -> Track:
        reader = RowReader(row, place, report, "key label theme owner rest_weeks")
        key = reader.key()
        owner = reader.email("owner", needed=False) or None
        rest = reader.count("rest_weeks", 1, None)
        if rest is not None and rest > LONGEST_REST:
            reader.wrong("rest_weeks", f"is at most {LONGEST_REST}")
        return Track(key, reader.text("label", key) or key, reader.text("theme"), owner, rest)

    tracks = read_rows(raw, "tracks", report, track)
    once([one.key for one in tracks], "tracks", "key", report)
    return tracks


def read_stages(raw: Any, report: Report) -> tuple[Stage, ...]:
    def stage(row: Mapping[str, Any], place: str) -> Stage:
        reader = RowReader(row, place, report, "key label owner next")
        key = reader.key()
        label = reader.text("label", key) or key
        return Stage(key, label, reader.text("owner", most=64), reader.text("next", most=LONG))

    stages = read_rows(raw, "stages", report, stage)
    once([one.key for one in stages], "stages", "key", report)
    return stages


def read_owners(raw: Any, report: Report) -> tuple[AreaOwner, ...]:
    def area_owner(row: Mapping[str, Any], place: str) -> AreaOwner:
        reader = RowReader(row, place, report, "area owner cadence")
        return AreaOwner(
            reader.key("area"),
            reader.email("owner", needed=True),
            reader.choice("cadence", CADENCES, "quarterly"),
        )

    owners = read_rows(raw, "owners", report, area_owner)
    once([one.area for one in owners], "owners", "area", report)
    return owners


def read_steps(raw: Any, checklists: Collection[str] | None, report: Report) -> tuple[Step, ...]:
    """The hand-overs of the path. What their `route` and `tiers` say is judged by the rules."""

    def step(row: Mapping[str, Any], place: str) -> Step:
        is_first = row.get("key") == FIRST_STEP
        keys = "key checklist confirms" if is_first else STEP_KEYS
        reader = RowReader(row, place, report, keys)
        return Step(
            key=reader.key(),
            comes_from="" if is_first else reader.key("from"),
            route=() if is_first else reader.rows("route", lambda one, _: one),
            tiers=() if is_first else reader.rows("tiers", lambda one, _: one),
            checklist=reader.reference("checklist", checklists, needed=False) or None,
            confirms=reader.reference("confirms", checklists, needed=False) or None,
        )

    steps = read_rows(raw, "steps", report, step)
    once([one.key for one in steps], "steps", "key", report)
    known = {FIRST_STEP} | {one.key for one in steps}
    for index, one in enumerate(steps):
        if one.comes_from and one.comes_from not in known:
            expected = one_of(sorted(known))
            report.wrong(f"steps[{index}].from", f"there is no step “{one.comes_from}”; {expected}")
    return steps
