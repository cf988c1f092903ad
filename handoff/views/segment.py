"""For whom something is asked: conditions built by picking, read from a form and shown again.

The controls are those of a row in the definition room (templates/handoff/_segment.html).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from handoff import segments
from handoff.models.definition import Document
from handoff.rules.faults import Fault, Faulty

from .room.picking import REDRAWING, ConditionView, Option, conditions_of, options_of, redrawn
from .room.reading import Sent, Typed, row_of

SECTION = "fit"
"""A segment is a fit row, and may name what one may."""

PLACE = re.compile(r"when(?:\.all|\.any)?\[(\d+)\]")
MODES = [("all", "all of these hold"), ("any", "any of these holds")]
MOST = 20


@dataclass(frozen=True)
class Segment:
    """What a form says of whom. `when`: as a playbook file writes it, None for everybody. `faults`
    stand at their conditions, but for a form that is only drawn again: it may be half filled in."""

    when: Any
    conditions: list[ConditionView]
    modes: list[Option]
    faults: list[Fault]

    @property
    def lists(self) -> list[str]:
        """The fields whose real values are offered, each once."""
        return list(dict.fromkeys(one.values_of for one in self.conditions if one.values_of))


def is_redrawing(sent: Sent) -> bool:
    """Whether the form is only to be shown again."""
    return any(name in sent for name in REDRAWING)


def read(sent: Sent, document: Document) -> Segment:
    """The segment that a form spells out, conditions without a subject left out; `document` is the
    definition whose motions and signals it may name."""
    typed = redrawn(sent)
    numbers = list(dict.fromkeys(typed.getlist("c")))[:MOST]
    typed.setlist("c", numbers)
    used = [number for number in numbers if typed.get(f"c{number}-subject")]
    when, faults = _when(typed, used, document)
    places = {index: numbers.index(number) for index, number in enumerate(used)}
    mode = "any" if typed.get("mode") == "any" else "all"
    shown = {} if is_redrawing(sent) else _by_condition(faults, places)
    return Segment(
        when=when,
        conditions=conditions_of(SECTION, typed, shown, document),
        modes=options_of(MODES, mode),
        faults=faults,
    )


def _when(typed: Typed, used: list[str], document: Document) -> tuple[Any, list[Fault]]:
    told = typed.copy()
    told.setlist("c", used)
    row, faults = row_of("motions", told)
    when = row.get("when")
    if not faults:
        try:
            segments.read(when, document)
        except Faulty as wrong:
            faults = wrong.faults
    return when, faults


def _by_condition(faults: Iterable[Fault], places: dict[int, int]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in faults:
        place = PLACE.match(fault.place)
        if place and int(place[1]) in places:
            found.setdefault(f"when[{places[int(place[1])]}]", []).append(fault.message)
    return found
