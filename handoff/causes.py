"""Which change makes an example come out differently than it did in the version before.

Each change since that version is taken back alone, and each is made alone in that version; what
either way turns the outcome is named. All of it is asked in one statement.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff import rules

from . import examples
from .differences import ORDERED, SECTIONS, Difference, differences
from .rules.definition import Example

Document = Mapping[str, Any]

ASKED = tuple(section for section in SECTIONS if section not in ("examples", "tiers"))
"""Sections that decide what becomes of a lead; a tier’s clocks do not."""

MOST = 24
"""Of more changes than this none is singled out."""


@dataclass(frozen=True)
class Change:
    """One change between two definitions: a row of a section, its order (no key), or the required
    context as a whole."""

    section: str
    key: str = ""


@dataclass(frozen=True)
class Cause:
    """Why an example differs. `was_right`: it came out right in the version before. `changes`: the
    sentences of what turns it; empty where only several together do."""

    was_right: bool
    changes: tuple[str, ...] = ()


def causes(
    base: Document, draft: Document, asked: Sequence[Example], *, at: dt.datetime
) -> list[Cause]:
    """The cause for each of the examples, which all differ in `draft`. Documents are whole
    definitions; `base` and `draft` can be read."""
    changed = list(_changes(base, draft))
    before = _read(base)
    if before is None or not asked or not changed or len(changed) > MOST:
        return [Cause(was_right=False) for _ in asked]
    tried = [
        (one, is_back, read)
        for one in changed
        for is_back, document in ((True, taken(draft, base, one)), (False, taken(base, draft, one)))
        if (read := _read(document)) is not None
    ]
    right, *rights = _right(asked, [before, *(read for *_, read in tried)], at=at)
    said = _said(base, draft)
    found = []
    for place, was_right in enumerate(right):
        turned: dict[bool, list[Change]] = {True: [], False: []}
        for (one, is_back, _), came in zip(tried, rights, strict=True):
            if came[place] == is_back:
                turned[is_back].append(one)
        named = turned[True] or turned[False]
        found.append(Cause(was_right, tuple(said[one] for one in named) if was_right else ()))
    return found


def _right(
    asked: Sequence[Example], definitions: Sequence[rules.Definition], *, at: dt.datetime
) -> list[list[bool]]:
    """For each definition, whether each example comes out right by it."""
    came = rules.judge_by_each([example.as_row() for example in asked], definitions, at)
    return [
        [
            examples.outcome_of(example, result).passes
            for example, result in zip(asked, results, strict=True)
        ]
        for results in came
    ]


def taken(document: Document, other: Document, change: Change) -> dict[str, Any]:
    """A document in which one change says what another document says of it."""
    if change.section == "required":
        return {**document, "required": list(other.get("required") or ())}
    rows = list(document.get(change.section) or ())
    theirs = list(other.get(change.section) or ())
    made = _row_taken(rows, theirs, change.key) if change.key else _ordered_as(rows, theirs)
    return {**document, change.section: made}


def _row_taken(rows: list[Any], theirs: list[Any], key: str) -> list[Any]:
    keys, their_keys = [row["key"] for row in rows], [row["key"] for row in theirs]
    if key not in their_keys:
        return [row for row in rows if row["key"] != key]
    row = theirs[their_keys.index(key)]
    if key in keys:
        return [row if mine["key"] == key else mine for mine in rows]
    before = [one for one in their_keys[: their_keys.index(key)] if one in keys]
    place = keys.index(before[-1]) + 1 if before else 0
    return [*rows[:place], row, *rows[place:]]


def _ordered_as(rows: list[Any], theirs: list[Any]) -> list[Any]:
    """The rows both have in the order of theirs; the others stay in their places."""
    mine = {row["key"]: row for row in rows}
    in_order = iter([mine[row["key"]] for row in theirs if row["key"] in mine])
    shared = {row["key"] for row in theirs}
    return [next(in_order) if row["key"] in shared else row for row in rows]


def _changes(base: Document, draft: Document) -> Iterator[Change]:
    """The changes that may turn an outcome, each once."""
    found = (_change(one) for one in differences(base, draft))
    yield from dict.fromkeys(one for one in found if one is not None)


def _change(one: Difference) -> Change | None:
    if one.section == "required":
        return Change("required")
    if one.section not in ASKED or (not one.key and one.section not in ORDERED):
        return None
    return Change(one.section, one.key)


def _said(base: Document, draft: Document) -> dict[Change, str]:
    """What each change says; of one that says several things, all of them."""
    said: dict[Change, list[str]] = {}
    for one in differences(base, draft):
        if (change := _change(one)) is not None:
            said.setdefault(change, []).append(str(one).rstrip("."))
    return {change: "; ".join(told) for change, told in said.items()}


def _read(document: Document) -> rules.Definition | None:
    """The definition, without its examples; None where it does not hold together."""
    whole = {**document, "examples": []}
    return rules.parse(whole, teams=None, reasons=None, tracks=None).definition
