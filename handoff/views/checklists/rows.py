"""The questions of a checklist as rows of a form: read as they were typed, moved, and judged by the
rules of a playbook file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify

from handoff.checklists import Item
from handoff.playbook.questions import read_item
from handoff.rules.faults import Report

MOST = 30
LONGEST_KEY = 64
TEXTS = ("key", "label", "help", "kind")
FLAGS = ("required", "call")
LISTS = ("choices", "facts")


@dataclass
class Row:
    """One question as it was typed, and what is wrong with it. `key`: empty for a new one."""

    key: str = ""
    label: str = ""
    help: str = ""
    kind: str = "text"
    required: bool = True
    call: bool = False
    choices: str = ""
    facts: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return not (self.label or self.help or self.choices or self.facts)

    @property
    def told(self) -> dict[str, Any]:
        """As a playbook file says it."""
        said: dict[str, Any] = {"key": self.key, "label": self.label, "required": self.required}
        for name, value in (("help", self.help), ("call", self.call), ("facts", list(self.facts))):
            if value:
                said[name] = value
        if self.kind != "text":
            said["kind"] = self.kind
        if names := [one for line in self.choices.splitlines() if (one := line.strip())]:
            said["choices"] = names
        return said


def of_items(items: Sequence[Item]) -> list[Row]:
    """The rows of a checklist as it is kept."""
    return [
        Row(
            one.key,
            one.label,
            one.help,
            one.kind,
            one.required,
            one.call,
            "\n".join(one.choices),
            one.facts,
        )
        for one in items
    ]


def sent(posted: QueryDict) -> list[Row]:
    """The rows of a form, in the order in which they stand on the page."""
    return [_row(posted, place) for place in range(MOST + 1) if f"q{place}-label" in posted]


def _row(posted: QueryDict, place: int) -> Row:
    said: dict[str, Any] = {name: posted.get(f"q{place}-{name}", "").strip() for name in TEXTS}
    said |= {name: f"q{place}-{name}" in posted for name in FLAGS}
    choices = posted.get(f"q{place}-choices", "").strip()
    return Row(**said, choices=choices, facts=tuple(posted.getlist(f"q{place}-facts")))


def done(rows: list[Row], what: str) -> tuple[list[Row], int]:
    """The rows after a button that saves nothing: `add`, or `up`, `down` and `remove` with the
    place of a row; and the place to look at."""
    verb, _, place = what.partition("-")
    if verb == "add":
        return [*rows, Row()], len(rows)
    at = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else len(rows)
    if at >= len(rows):
        return rows, -1
    rest = [row for n, row in enumerate(rows) if n != at]
    if verb == "remove":
        return rest, min(at, len(rest) - 1)
    to = max(0, at - 1) if verb == "up" else at + 1
    rest.insert(to, rows[at])
    return rest, rest.index(rows[at])


def read(rows: Sequence[Row]) -> list[dict[str, Any]] | None:
    """The questions as they are kept; None where something is wrong, which its row then says. New
    questions are given a key, and rows that were left empty are none."""
    taken = {row.key for row in rows if row.key}
    kept: list[dict[str, Any]] = []
    for row in rows:
        if row.is_blank:
            continue
        if not row.key and row.label:
            row.key = _free(slugify(row.label)[: LONGEST_KEY - 4] or "question", taken)
            taken.add(row.key)
        report = Report()
        item = read_item(row.told, "row", report)
        row.faults = [
            _said(one.place.removeprefix("row").lstrip("."), one.message) for one in report.faults
        ]
        if not row.label:
            row.faults = ["Say what is asked."]
        kept.append(item.row)
    keys = [row["key"] for row in kept]
    for row in rows:
        if row.key and keys.count(row.key) > 1:
            row.faults.append("This question is there twice.")
    return None if any(row.faults for row in rows) else kept


def _free(key: str, taken: set[str]) -> str:
    """The key, or the first of its like that nobody has."""
    numbered = (f"{key}-{n}" for n in range(2, MOST + 3))
    return key if key not in taken else next(one for one in numbered if one not in taken)


def _said(name: str, message: str) -> str:
    if message.startswith("needs choices"):
        return "A choice needs two answers or more, one a line."
    if message.startswith("needs facts"):
        return "Say which fields of the lead answer it."
    return f"{NAMES.get(name.partition('[')[0], 'Question')}: {message}."


NAMES: Mapping[str, str] = {
    "label": "Question",
    "help": "Help",
    "kind": "Kind of answer",
    "choices": "Answers",
    "facts": "Fields of the lead",
}
