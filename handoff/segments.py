"""Some leads of all, told by conditions: read, put into words, and compiled like any definition.

A segment is the one fit row of a definition that says nothing else, so whatever a fit row may name
(what is known of a lead, its motion, what it did) a segment may name too.
"""

from typing import Any

from handoff import rules

from .models.definition import Document
from .rules.faults import Fault, Faulty

INSIDE = "inside"
"""The rule that decides about leads of the segment."""

PLACE = "definition.fit[0]."


def document_of(when: Any, document: Document) -> Document:
    """A definition whose rule `INSIDE` decides about the leads for which `when` holds (None: all).

    `document` is the version whose motions the conditions may name.
    """
    inside: Document = {"key": INSIDE, "points": 1}
    if when is not None:
        inside["when"] = when
    return {
        "motions": list(document.get("motions") or []),
        "fit": [inside],
        "decide": [
            {"key": INSIDE, "status": "nurture", "when": [{"field": "fit", "at_least": 1}]},
            {"key": "outside", "status": "nurture"},
        ],
        "route": [{"key": "nobody", "to": {"queue": "nobody"}}],
    }


def read(when: Any, document: Document) -> rules.Definition:
    """`document_of`, read. Raises Faulty, its places inside of the conditions."""
    parsed = rules.parse(document_of(when, document), teams=None, reasons=None, tracks=None)
    if parsed.definition is None:
        raise Faulty([Fault(f.place.removeprefix(PLACE), f.message) for f in parsed.faults])
    return parsed.definition


def in_words(when: Any, document: Document) -> str:
    """For whom, for the middle of a sentence: “source is paid search”; "" for everybody.

    Raises Faulty.
    """
    found = read(when, document).fit[0].when
    if found is None:
        return ""
    parts = [rules.sentence(condition) for condition in found.conditions]
    joined = " and " if found.mode == "all" else " or "
    return joined.join(part[:1].lower() + part[1:] for part in parts)
