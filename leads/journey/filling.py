"""Texts with places such as `{{ first_name }}`: read, checked and filled. Pure.

Only the names below are known and nothing is computed, so that whoever writes a text can reach no
more than they say. What is put into a place is never looked at for places again.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

NAMES: dict[str, str] = {
    "first_name": "their first name",
    "last_name": "their last name",
    "full_name": "first and last name",
    "role": "what they do",
    "company": "their company",
    "country": "their country",
    "employees": "people in the company",
    "email": "their email",
    "phone": "their phone",
    "problem": "their problem, in their words",
    "timing": "when it shall be solved",
    "product_interest": "what they are interested in",
    "trigger_sentence": "what they did that counts most",
    "journey": "what they did, a line each",
    "campaign": "the campaign, as you call it",
    "offer": "what they were offered",
    "offer_promise": "what the offer promises",
    "question": "the first question of the brief",
    "goal": "the brief’s goal for the first touch",
    "unknown": "what is not known yet",
    "status": "what the definition decided",
    "fit": "fit, 0 to 100",
    "intent": "intent, 0 to 100",
    "next_step": "the next step, with its date",
    "owner_name": "whose lead it is",
    "owner_email": "their address",
    "my_name": "who fills the text",
}
"""What a place may be called, and what comes there."""

PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
BRACES = re.compile(r"\{\{|\}\}")
RUNS = re.compile(r"\{{2,}|\}{2,}")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """What cannot be read, where (both from 1), and why."""

    line: int
    column: int
    why: str

    def __str__(self) -> str:
        return f"Line {self.line}, character {self.column}: {self.why}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its places filled. `gaps`: the names of which nothing is known; each stands in
    the text as `[name?]`."""

    text: str
    gaps: tuple[str, ...]


def misplaced(text: str) -> list[Misplaced]:
    """Every place that is none: an unknown name, or braces without their partners."""
    found: list[tuple[int, str]] = []
    rest = text
    for place in PLACE.finditer(text):
        if place[1] not in NAMES:
            found.append((place.start(), _unknown(place[1])))
        rest = rest[: place.start()] + " " * len(place[0]) + rest[place.end() :]
    found += [
        (one.start(), f"“{one[0]}” belongs around a name, such as {{{{ first_name }}}}.")
        for one in BRACES.finditer(rest)
    ]
    return [_at(text, start, why) for start, why in sorted(found)]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """`text` with the values in their places. Never raises; no pair of braces is left, whatever
    the text or a value holds."""
    gaps: dict[str, None] = {}

    def put(place: re.Match[str]) -> str:
        value = values.get(place[1], "").strip()
        if not value:
            gaps[place[1]] = None
        return value or f"[{place[1].replace('_', ' ')}?]"

    return Filled(RUNS.sub(lambda run: run[0][0], PLACE.sub(put, text)), tuple(gaps))


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), NAMES, n=1, cutoff=0.5)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"“{name}” is no name that can be filled.{meant}"


def _at(text: str, start: int, why: str) -> Misplaced:
    before = text[:start]
    line = before.count("\n")
    return Misplaced(line + 1, start - (before.rfind("\n") + 1) + 1, why)
