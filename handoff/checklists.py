"""What is asked about a lead before it moves on: the questions of a checklist, and their answers.

Pure: knows no table. A question is kept as a mapping `{key, label, required, help, kind, choices,
facts, call}`, of which key and label must be there; a file and the tables write it alike.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import words
from .rules.fields import FACTS

FIRST_STEP = "sdr"
"""The hand-over from marketing; further steps come from one before."""

KINDS = ("text", "choice", "yes_no", "date", "number", "fact")
"""How a question is answered; a `fact` is known from the lead, or said by a person."""
IN_WORDS = {
    "text": "in words",
    "yes_no": "yes or no",
    "date": "a date",
    "number": "a number",
    "fact": "known from the lead",
}
LONGEST = 1000
"""Characters of an answer."""
YES_NO = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True)
class Item:
    """One question. `facts`: fields of the lead that answer it once all of them are known; `call`:
    a note of a call that reached them has to tell it, until it is known."""

    key: str
    label: str
    required: bool = True
    help: str = ""
    kind: str = "text"
    choices: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    call: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """As it is kept: nothing that is the default but whether it is required."""
        row: dict[str, Any] = {"key": self.key, "label": self.label, "required": self.required}
        if self.help:
            row["help"] = self.help
        if self.kind != "text":
            row["kind"] = self.kind
        for name in ("choices", "facts"):
            if said := getattr(self, name):
                row[name] = list(said)
        return {**row, "call": True} if self.call else row

    @property
    def in_words(self) -> str:
        """How it is answered: “one of Yes, Perhaps”, “a date”."""
        if self.kind == "choice":
            return f"one of {', '.join(self.choices)}"
        return IN_WORDS[self.kind]

    def shown(self, value: str) -> str:
        """An answer as a person reads it."""
        if self.kind == "yes_no":
            return YES_NO.get(value, value)
        if self.kind == "date":
            try:
                day = dt.date.fromisoformat(value)
            except ValueError:
                return value
            return f"{day.day} {day:%b %Y}"
        return value

    def read(self, text: str) -> str:
        """What somebody answered, as it is kept; empty where they said nothing.

        Raises ValueError with a sentence where it is no answer of this kind.
        """
        said = " ".join(text.split()) if self.kind != "text" else text.strip()
        if not said:
            return ""
        if wrong := words.not_kept(said, longest=LONGEST):
            raise ValueError(wrong)
        match self.kind:
            case "choice" if said not in self.choices:
                raise ValueError(f"Choose one of: {', '.join(self.choices)}.")
            case "yes_no":
                return _yes_or_no(said)
            case "date":
                return _day(said)
            case "number":
                return _number(said)
        return said


def _yes_or_no(said: str) -> str:
    if said.lower() not in YES_NO:
        raise ValueError("Say yes or no.")
    return said.lower()


def _day(said: str) -> str:
    try:
        return dt.date.fromisoformat(said).isoformat()
    except ValueError:
        raise ValueError("That is no date. Write 2026-12-24.") from None


def _number(said: str) -> str:
    try:
        value = float(said.replace(",", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("That is no number.")
    return f"{value:.15g}"


def items_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    """The questions of a checklist as it is kept."""
    return tuple(
        Item(
            key=row["key"],
            label=row.get("label") or row["key"],
            required=row.get("required", True),
            help=row.get("help", ""),
            kind=row.get("kind", "text"),
            choices=tuple(row.get("choices", ())),
            facts=tuple(row.get("facts", ())),
            call=row.get("call", False),
        )
        for row in rows
    )


ASKABLE = frozenset(FACTS) - {"duplicate", "reentry", "submissions"}
"""Fields of a lead that may answer a question."""
