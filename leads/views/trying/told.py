"""The explanation of one lead under one version, as its page draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handoff import words
from leads.views import clock_faces

STATES = {"met": "Met", "unmet": "Not met", "unknown": "Unknown"}
ICONS = {"met": "circle-check", "unmet": "x", "unknown": "help-circle"}


@dataclass(frozen=True)
class Line:
    """One condition: what it asks, whether it is met, and what it saw."""

    sentence: str
    state: str
    saw: str

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def word(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True)
class RowTold:
    """One row: `verdict` says in words what became of it; `chosen`: it decided, or took it."""

    key: str
    label: str
    state: str
    verdict: str
    lines: Sequence[Line]
    points: float = 0.0
    chosen: bool = False
    leads_to: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def word(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True)
class Rules:
    """Rules in order: up to the one that was chosen, and those that come later."""

    title: str
    hint: str
    rows: Sequence[RowTold]

    @property
    def split(self) -> int:
        return next((place for place, row in enumerate(self.rows, 1) if row.chosen), 0)

    @property
    def first(self) -> Sequence[RowTold]:
        return self.rows[: self.split] if self.split else self.rows

    @property
    def later(self) -> Sequence[RowTold]:
        return self.rows[self.split :] if self.split else ()


@dataclass(frozen=True)
class SignalTold:
    """One signal row: its points, and the arithmetic line by line. `done`: the lead did it."""

    key: str
    label: str
    points: float
    lines: Sequence[str]
    done: bool = True


@dataclass(frozen=True)
class Told:
    """The whole explanation of one lead under one version."""

    number: int
    head: dict[str, str]
    fit: float
    intent: float
    fit_rows: Sequence[RowTold]
    signals: Sequence[SignalTold]
    motions: Rules
    decide: Rules
    route: Rules
    taker: str
    candidates: Sequence[dict[str, Any]]
    fault: str
    faces: Sequence[clock_faces.ClockFace]
    approve: bool
    handed_over: bool

    @property
    def never(self) -> list[str]:
        """The signals the lead never gave."""
        return [row.label for row in self.signals if not row.done]


def differences(left: Told, right: Told) -> list[tuple[str, str, str]]:
    """(what, under the one, under the other) of all that comes out otherwise."""
    found = [
        (name, left.head.get(name) or "–", right.head.get(name) or "–")
        for name in dict.fromkeys([*left.head, *right.head])
    ]
    for section in ("fit_rows", "signals"):
        ours, theirs = ({row.key: row for row in getattr(side, section)} for side in (left, right))
        for key in dict.fromkeys([*ours, *theirs]):
            row = ours.get(key) or theirs[key]
            found.append((row.label, _points(ours.get(key)), _points(theirs.get(key))))
    return [(what, one, other) for what, one, other in found if one != other]


def _points(row: RowTold | SignalTold | None) -> str:
    return "not there" if row is None else f"{words.number(row.points)} points"
