"""Reading a whole playbook file: every fault of every section at once, each with its place.

Reads no table: keys that exist elsewhere, such as in the database, are told by `Known`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handoff import rules
from handoff.calendars import Calendar, CalendarError, calendar_from
from handoff.rules.faults import Fault, Report, kind_of

from . import questions, rows, sections
from .yaml12 import read_with_lines

SECTIONS = (
    "calendars",
    "teams",
    "reasons",
    "tracks",
    "stages",
    "owners",
    "checklists",
    "steps",
    "definition",
)
MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Known:
    """Keys that a file may name without holding them."""

    calendars: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    tracks: frozenset[str] = frozenset()
    checklists: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PlaybookFile:
    """What a file says. With `faults` it is not to be used; `warnings` never refuse it.

    `document` is the file as it stands; `definition` is None where the file holds none.
    """

    calendars: dict[str, Calendar] = field(default_factory=dict)
    teams: tuple[sections.Team, ...] = ()
    reasons: tuple[sections.Reason, ...] = ()
    tracks: tuple[sections.Track, ...] = ()
    stages: tuple[sections.Stage, ...] = ()
    owners: tuple[sections.AreaOwner, ...] = ()
    checklists: tuple[questions.Checklist, ...] = ()
    steps: tuple[sections.Step, ...] = ()
    definition: rules.Parsed | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)

    def told(self, fault: Fault) -> str:
        """A fault or warning as a line for people: “line 12, teams[0].kind: …”."""
        place = fault.place
        while place and place not in self.lines:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        where = [f"line {self.lines[place]}"] if place else []
        where += [fault.place] if fault.place else []
        return f"{', '.join(where)}: {fault.message}" if where else fault.message


def read(
    path: str | Path,
    *,
    needs: Collection[str] = (),
    only: Collection[str] = SECTIONS,
    known: Known | None = None,
) -> PlaybookFile:
    """The playbook file at `path`; what is wrong with it, or with opening it, is in `faults`.

    `needs`: sections that must be there. `only`: sections to look at. `known`: keys that may be
    named though the file does not hold them; where None, a key is checked only against a section
    that the file has.
    """
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            return _unreadable(f"{path} is larger than {MOST_BYTES // 1_000_000} MB")
        text = Path(path).read_bytes()
    except OSError as error:
        return _unreadable(f"{path} cannot be opened: {error.strerror or error}")
    return read_text(text, needs=needs, only=only, known=known)


def read_text(
    text: str | bytes,
    *,
    needs: Collection[str] = (),
    only: Collection[str] = SECTIONS,
    known: Known | None = None,
) -> PlaybookFile:
    """As `read`, of a text."""
    try:
        document, lines = read_with_lines(text)
    except ValueError as error:
        return _unreadable(str(error))
    if not isinstance(document, dict):
        return _unreadable(f"a playbook is a mapping of sections, not {kind_of(document)}")
    report = Report()
    for name in document:
        if name not in SECTIONS:
            expected = ", ".join(SECTIONS)
            report.wrong(name, f"unknown section “{name}”; expected one of {expected}")
    for name in needs:
        if document.get(name) is None:
            report.wrong("", f"the section “{name}” is missing")
    looked_at = {name: value for name, value in document.items() if name in only}
    return _read_sections(looked_at, lines, known, report)


def _unreadable(message: str) -> PlaybookFile:
    return PlaybookFile(faults=(Fault("", message),))


def _read_sections(
    document: Mapping[str, Any], lines: Mapping[str, int], known: Known | None, report: Report
) -> PlaybookFile:
    calendars, calendar_keys = _read_calendars(document.get("calendars"), report)

    def keys(section: str, own: Collection[str]) -> Collection[str] | None:
        if known is not None:
            return frozenset(own) | getattr(known, section)
        return frozenset(own) if document.get(section) is not None else None

    teams = sections.read_teams(document.get("teams"), keys("calendars", calendar_keys), report)
    reasons = sections.read_reasons(document.get("reasons"), report)
    tracks = sections.read_tracks(document.get("tracks"), report)
    checklists = questions.read_checklists(document.get("checklists"), report)
    checklist_keys = keys("checklists", [one.key for one in checklists])
    steps = sections.read_steps(document.get("steps"), checklist_keys, report)
    team_keys = keys("teams", [one.key for one in teams])
    definition = None
    if document.get("definition") is not None:
        definition = rules.parse(
            document["definition"],
            teams=team_keys,
            reasons=keys("reasons", [one.key for one in reasons]),
            tracks=keys("tracks", [one.key for one in tracks]),
        )
        report.faults += definition.faults
        report.warnings += definition.warnings
    law = definition.definition if definition else None
    if law is not None:
        _look_at_motions(teams, {motion.key for motion in law.motions}, report)
    _look_at_steps(steps, law, team_keys, report)
    return PlaybookFile(
        calendars=calendars,
        teams=teams,
        reasons=reasons,
        tracks=tracks,
        stages=sections.read_stages(document.get("stages"), report),
        owners=sections.read_owners(document.get("owners"), report),
        checklists=checklists,
        steps=steps,
        definition=definition,
        document=document,
        faults=tuple(report.faults),
        warnings=tuple(report.warnings),
        lines=lines,
    )


def _look_at_steps(
    steps: Iterable[sections.Step],
    law: rules.Definition | None,
    teams: Collection[str] | None,
    report: Report,
) -> None:
    """Routing and tiers of the further steps, read by the rules."""
    for index, step in enumerate(steps):
        if step.comes_from:
            route, tiers = list(step.route), list(step.tiers)
            parsed = rules.parse_step(law, route, tiers, teams=teams, place=f"steps[{index}]")
            report.faults += parsed.faults
            report.warnings += parsed.warnings


def _look_at_motions(
    teams: Iterable[sections.Team], motions: Collection[str], report: Report
) -> None:
    """A member who serves a motion that the file's definition has not would get no lead of it;
    another version may have it, so this is only a doubt."""
    for place, team in enumerate(teams):
        for index, member in enumerate(team.members):
            for motion in member.motions:
                if motion not in motions:
                    where = f"teams[{place}].members[{index}].motions"
                    report.doubtful(where, f"the definition has no motion “{motion}”")


def _read_calendars(raw: Any, report: Report) -> tuple[dict[str, Calendar], list[str]]:
    """The calendars that can be read, by key, and the keys of all, so that a calendar with a
    fault is not called missing too."""
    read: dict[str, Calendar] = {}

    def calendar(row: Mapping[str, Any], place: str) -> str:
        key = rows.RowReader(row, place, report, " ".join(map(str, row))).key()
        try:
            made = calendar_from({**row, "key": key or "unnamed"})
            read.setdefault(key, made)
        except CalendarError as error:
            for inner, message in error.faults:
                report.wrong(f"{place}.{inner}", message)
        return key

    keys = list(rows.read_rows(raw, "calendars", report, calendar))
    rows.once(keys, "calendars", "key", report)
    return read, keys
