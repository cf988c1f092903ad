"""Faults and doubts of a definition as people read them: which row, by its name, and what to do.

One way for every page: the room, publishing, trying, backtests and trials.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .labels import humanise
from .models.definition import Document
from .rules.faults import Fault

PLACE = re.compile(r"definition\.(\w+)(?:\[(\d+)\])?\.?(.*)")
QUOTED_KEY = re.compile(r"“([\w-]+)”")
CONDITION = re.compile(r"when(?:\.all|\.any)?\[(\d+)\]")
TITLES = {
    "summary": "Summary",
    "required": "Required context",
    "marketing": "Marketing’s half",
    "motions": "Motions",
    "fit": "Ideal customer",
    "signals": "Signals",
    "decide": "Status rules",
    "tiers": "Response tiers",
    "route": "Routing",
    "examples": "Examples",
}
"""What the sections are called, in reading order."""

NOUNS = {
    "motions": "motion",
    "fit": "criterion",
    "signals": "signal",
    "decide": "status rule",
    "tiers": "tier",
    "route": "routing rule",
    "examples": "example",
}
"""What one row of a section is called."""

PARTS = {
    "key": "Key",
    "label": "Label",
    "points": "Points",
    "motion": "Motion",
    "signal": "Signal",
    "half_life_days": "Half-life",
    "cap": "Newest that count",
    "sources": "Sources",
    "status": "Status",
    "tier": "Tier",
    "reason": "Reason",
    "track": "Track",
    "to": "Goes to",
    "remind_before": "Reminder",
    "on_breach": "When late",
    "on_reassign": "On a change of hands",
    "required": "Required context",
    "marketing": "Marketing’s half",
    "summary": "Summary",
    "examples": "Examples",
}


@dataclass(frozen=True)
class Complaint:
    """A fault or a doubt in words. `where` is the row it is about (“Status rule 8”) and `name`
    what that row is called, or ""; `place` counts from 0, None where it is about no row."""

    text: str
    where: str
    name: str
    anchor: str
    section: str
    place: int | None
    is_fault: bool

    @property
    def heading(self) -> str:
        """“Status rule 8, High intent”; without a row the section."""
        if not self.where:
            return TITLES.get(self.section, "Definition")
        return f"{self.where}, {self.name}" if self.name else self.where

    @property
    def edit(self) -> str:
        """The row as the room's address opens it, `decide-8`; "" for none."""
        editable = self.place is not None and self.section != "examples"
        return f"{self.section}-{self.place + 1}" if editable and self.place is not None else ""

    def __str__(self) -> str:
        return f"{self.heading}: {self.text}"


def complaints_of(
    document: Document, faults: Iterable[Fault], warnings: Iterable[Fault] = ()
) -> list[Complaint]:
    """Faults and doubts of a document, in words, at their places."""
    both = [(one, True) for one in faults] + [(one, False) for one in warnings]
    return [_complaint(document, one, is_fault) for one, is_fault in both]


def _complaint(document: Document, fault: Fault, is_fault: bool) -> Complaint:
    found = PLACE.match(fault.place)
    section, index, rest = found.groups() if found else ("", None, "")
    rows: list[Any] = (document.get(section) or []) if section in NOUNS else []
    place = int(index) if index is not None else None
    labels = {
        row["key"]: row.get("label") or humanise(row["key"])
        for row in rows
        if isinstance(row, dict) and "key" in row
    }
    text = QUOTED_KEY.sub(lambda key: f"“{labels.get(key[1], key[1])}”", fault.message)
    row = rows[place] if place is not None and place < len(rows) else None
    known = row if isinstance(row, dict) else {}
    anchor = f"row-{section}-{known['key']}" if known.get("key") else section
    return Complaint(
        text=worded(Fault(rest or section, text)),
        where="" if place is None else f"{NOUNS.get(section, section)} {place + 1}".capitalize(),
        name=str(known.get("label") or known.get("name") or humanise(known.get("key"))),
        anchor=anchor,
        section=section,
        place=place if row is not None else None,
        is_fault=is_fault,
    )


def worded(fault: Fault) -> str:
    """A fault at a place inside a row as a sentence: “Points: a number is missing.”"""
    if condition := CONDITION.match(fault.place):
        head = f"Condition {int(condition[1]) + 1}: "
    else:
        name = re.split(r"[.\[]", fault.place)[0]
        head = f"{PARTS[name]}: " if name in PARTS else ""
    text = fault.message if head else fault.message[:1].upper() + fault.message[1:]
    return f"{head}{text}".rstrip(".") + "."
