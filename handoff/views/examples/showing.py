"""Examples with what became of them, ready to be drawn."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handoff import examples, publishing, rules
from handoff.causes import Cause, causes
from handoff.labels import document_of, humanise
from handoff.models import DecideRule, DefinitionVersion, Reason, Team, Track
from handoff.models.definition import Document
from handoff.rules.faults import Fault
from handoff.rules.sentences import field_name
from handoff.words import number

PLACE = re.compile(r"definition\.examples\[(\d+)\]\.?")

Names = Mapping[str, Mapping[str, str]]
Base = tuple[str, Document]
State = DefinitionVersion.State


@dataclass(frozen=True)
class Line:
    """One thing that comes out otherwise: what was expected, and what came, in words."""

    what: str
    wanted: str
    came: str


@dataclass(frozen=True)
class Shown:
    """One example. `state`: passes, differs, wrong (it cannot be read) or waiting (the definition
    cannot be run). `by`: the rule and scores that made the difference; `because`: what changed it
    since the live version, in a sentence."""

    place: int
    kind: str
    name: str
    why: str
    expected: str
    state: str
    lines: tuple[Line, ...] = ()
    by: str = ""
    because: str = ""
    faults: tuple[str, ...] = ()
    decision: Any = None

    @property
    def icon(self) -> str:
        icons = {"passes": "circle-check", "differs": "x", "wrong": "alert-circle"}
        return icons.get(self.state, "hourglass")


@dataclass(frozen=True)
class Board:
    """All examples of a version. `blocked`: faults elsewhere, for which none can be run."""

    rows: tuple[Shown, ...]
    blocked: tuple[Fault, ...]

    @property
    def right(self) -> int:
        return len(self.passing)

    @property
    def passing(self) -> list[Shown]:
        return [row for row in self.rows if row.state == "passes"]

    @property
    def differing(self) -> list[Shown]:
        return [row for row in self.rows if row.state != "passes"]

    @property
    def said(self) -> str:
        """“12 of 14 come out right”."""
        if not self.rows:
            return "None yet"
        if self.blocked:
            return f"{len(self.rows)}, not run"
        return f"{self.right} of {len(self.rows)} come out right"


def board_of(version: DefinitionVersion, *, at: dt.datetime) -> Board:
    """The examples of a version, run as of `at`."""
    return board(version.document(), names_of(version), at=at, base=base_of(version))


def base_of(version: DefinitionVersion) -> Base | None:
    """The live version, where this one may take over from it."""
    if version.state not in (State.DRAFT, State.TRIAL):
        return None
    live = DefinitionVersion.objects.live().first()
    return (str(live), document_of(live.pk)) if live else None


def board(document: Document, names: Names, *, at: dt.datetime, base: Base | None = None) -> Board:
    """As `board_of`, of a document that need not be stored; `base`: what it is to take over from,
    its name and document."""
    rows: list[Document] = list(document.get("examples") or ())
    parsed = publishing.read_document(document)
    faults: dict[int, list[str]] = {}
    blocked = []
    for fault in parsed.faults:
        if found := PLACE.match(fault.place):
            said = f"{fault.place[found.end() :]} {fault.message}".strip()
            faults.setdefault(int(found[1]), []).append(said)
        else:
            blocked.append(fault)
    definition = parsed.definition
    if faults and not blocked:
        whole = [row for place, row in enumerate(rows) if place not in faults]
        definition = publishing.read_document({**document, "examples": whole}).definition
    came = iter(examples.run(definition, at=at) if definition is not None else ())
    shown: list[Shown] = []
    for place, row in enumerate(rows):
        if place in faults:
            shown.append(_shown(place, row, "wrong", names, faults=tuple(faults[place])))
        elif definition is None:
            shown.append(_shown(place, row, "waiting", names))
        else:
            shown.append(_came(place, row, next(came), names))
    if definition is not None and base is not None:
        shown = _because(shown, definition, base, at=at)
    return Board(tuple(shown), tuple(blocked))


def _because(
    shown: list[Shown], definition: rules.Definition, base: Base, *, at: dt.datetime
) -> list[Shown]:
    """The same examples, those that differ with what changed them."""
    called, document = base
    places = [place for place, one in enumerate(shown) if one.state == "differs"]
    readable = [one.place for one in shown if one.state != "wrong"]
    asked = [definition.examples[readable.index(place)] for place in places]
    found = causes(document, definition.document, asked, at=at)
    told = list(shown)
    for place, cause in zip(places, found, strict=True):
        told[place] = replace(told[place], because=_told(cause, called))
    return told


def _told(cause: Cause, called: str) -> str:
    """“It comes out right in v7. What turns it: Fit, Size: points 50 → 20.”"""
    if not cause.was_right:
        return ""
    turned = ". Also: ".join(cause.changes) or "several changes together"
    return f"It comes out right in {called}. What turns it: {turned}."


def names_of(version: DefinitionVersion) -> Names:
    """What the keys an example may expect are called."""
    sections = {"rule": "decide", "tier": "tiers", "route": "route", "motion": "motions"}
    names: dict[str, dict[str, str]] = {
        name: {row.key: row.label or humanise(row.key) for row in getattr(version, section).all()}
        for name, section in sections.items()
    }
    return names | {
        "status": {key: str(label) for key, label in DecideRule.Status.choices},
        "team": dict(Team.objects.values_list("key", "name")),
        "reason": dict(Reason.objects.values_list("key", "label")),
        "track": dict(Track.objects.values_list("key", "label")),
    }


def in_words(name: str, value: Any, names: Names) -> str:
    """A value that may be expected, in words."""
    if value is None:
        return f"no {name}"
    if name == "missing":
        listed = ", ".join(field_name(str(one)).lower() for one in value)
        return f"missing {listed}" if value else "nothing missing"
    if isinstance(value, int | float):
        return number(float(value))
    return names.get(name, {}).get(value) or humanise(str(value))


def expected_in_words(expect: Mapping[str, Any], names: Names) -> str:
    """“Sales ready, Hand-raiser, SDR North America”."""
    told = []
    for name in sorted(expect, key=examples.TOLD_FIRST.index):
        said = in_words(name, expect[name], names)
        told.append(f"{name} {said}" if name in ("fit", "intent") else said)
    return ", ".join(told)


def came_in_words(decision: rules.Decision, names: Names) -> dict[str, str]:
    """All that came out and may be expected, in words; what did not come out is empty."""
    line = examples.line_of(decision)
    said = {name: line[name] for name in examples.TOLD_FIRST}
    told = {name: in_words(name, value, names) if value else "" for name, value in said.items()}
    told["missing"] = told["missing"].removeprefix("missing ") or "nothing"
    return told


def _shown(place: int, row: Mapping[str, Any], state: str, names: Names, **more: Any) -> Shown:
    expect = row.get("expect") if isinstance(row.get("expect"), dict) else {}
    known = {key: value for key, value in (expect or {}).items() if key in examples.TOLD_FIRST}
    return Shown(
        place,
        str(row.get("kind") or "example"),
        str(row.get("name") or ""),
        str(row.get("why") or ""),
        expected_in_words(known, names),
        state,
        **more,
    )


def _came(place: int, row: Mapping[str, Any], came: examples.Outcome, names: Names) -> Shown:
    if came.decision is None:
        return _shown(place, row, "wrong", names, faults=(came.why,))
    lines = tuple(
        Line(one.name, in_words(one.name, one.wanted, names), in_words(one.name, one.came, names))
        for one in came.wrong
    )
    line = came.decision.as_line()
    by = f"{in_words('rule', line['rule'], names)}: fit {number(line['fit'])}"
    by += f", intent {number(line['intent'])}"
    if line["missing"]:
        by += f", {in_words('missing', line['missing'], names)}"
    state = "passes" if came.passes else "differs"
    return _shown(place, row, state, names, lines=lines, by=by, decision=came.decision)
