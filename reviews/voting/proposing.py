"""A higher bar, proposed from a lead that should not have passed. Pure.

A clause that asks for at least so much of a number is raised to the next round figure that the lead
does not reach. Other clauses have no such bar; what becomes of them is for people to write.

A clause is named as the version that judged the lead had it. In the document that is changed it is
found again by its row, its field and the number it asked for, never by its place.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from handoff.models.definition import Document
from handoff.rules.sentences import field_name
from handoff.words import number

SECTIONS = {"fit": "fit", "rule": "decide"}
SCORES = ("fit", "intent")
HIGHEST = 100.0
"""No score is above it."""

STEPS = (1, 1.5, 2, 3, 5, 7.5, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a section that asks for more: `was` and `asks` are the bar before and after."""

    section: str
    place: int
    row: Document
    about: str
    was: float
    asks: float

    @property
    def says(self) -> str:
        """“Employees from 200 instead of 100”."""
        return f"{field_name(self.about)} from {number(self.asks)} instead of {number(self.was)}"


@dataclass(frozen=True, slots=True)
class Gone:
    """A clause that the document does not ask for any more, in words."""

    says: str


def raised(
    judged_by: Document,
    document: Document,
    clause: str,
    value_of: Callable[[str], float | None],
) -> Bar | Gone | None:
    """What `document` has to ask, of a clause of the version that judged, so that the lead does not
    reach it. Gone where the document asks for something else there by now; None where the clause
    has no bar, the lead's value is not known, or it does not reach the bar already. `value_of`: a
    field, as the judgement saw it."""
    section, key, conditions = _asked(judged_by, clause)
    for condition in conditions:
        about, was = condition.get("field"), condition.get("at_least")
        value = value_of(about) if about else None
        if about is None or was is None or value is None or value < was:
            continue
        asks = next_bar(value, is_score=about in SCORES)
        if asks is not None and asks <= condition.get("at_most", asks):
            return _in_place(document, section, key, condition, asks)
    return None


def _asked(judged_by: Document, clause: str) -> tuple[str, str, list[Document]]:
    """The section, the key of the row, and the conditions that a clause stands for."""
    kind, _, rest = clause.partition(".")
    section = SECTIONS.get(kind, "")
    key, place = rest.rsplit(".", 1) if kind == "rule" and "." in rest else (rest, "")
    row: Document = next((one for one in judged_by.get(section, []) if one["key"] == key), {})
    conditions = conditions_of(row)
    return section, key, conditions[int(place) : int(place) + 1] if place else conditions


def _in_place(
    document: Document, section: str, key: str, condition: Document, asks: float
) -> Bar | Gone:
    """The same condition of the same row of a document, asking for more."""
    about, was = condition["field"], condition["at_least"]
    rows = document.get(section, [])
    at = next((n for n, row in enumerate(rows) if row["key"] == key), None)
    there = conditions_of(rows[at]) if at is not None else []
    if at is None or condition not in there:
        return Gone(f"{field_name(about)} at least {number(was)}")
    spot = there.index(condition)
    changed = [*there[:spot], {**condition, "at_least": asks}, *there[spot + 1 :]]
    return Bar(section, at, with_conditions(rows[at], changed), about, float(was), asks)


def next_bar(value: float, *, is_score: bool) -> float | None:
    """The next round figure above a value: of a score the next five, else 100, 150, 200, 300, 500,
    750, 1,000 and so on; None where a score has nothing above it."""
    if is_score:
        bar = 5.0 * (math.floor(value / 5) + 1)
        return bar if bar <= HIGHEST else None
    if value < 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(step * power for step in (*STEPS, 15) if step * power > value))


def conditions_of(row: Document) -> list[Document]:
    """The conditions of a row, whether it needs all of them or any."""
    when = row.get("when") or []
    if isinstance(when, dict):
        return list(when.get("all") or when.get("any") or [])
    return list(when)


def with_conditions(row: Document, conditions: list[Document]) -> Document:
    """The row with other conditions, of which as many are needed as before."""
    when = row.get("when")
    changed = dict.fromkeys(when, conditions) if isinstance(when, dict) else conditions
    return {**row, "when": changed}
