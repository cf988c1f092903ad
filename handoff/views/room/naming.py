"""What a row is called: the key of a new one; whether its name still says what it does. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from handoff.models.definition import Document
from handoff.rules.fields import number
from handoff.words import number as figure

from .telling import Names, conditions_told, labels_in, plain, told

NOT_IN_KEY = re.compile(r"[^a-z0-9]+")
BETWEEN_DIGITS = re.compile(r"(?<=\d),(?=\d)")
LONGEST = 48
IN_NAME = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")
"""A number that stands in a name as a word of its own."""


def fresh_key(section: str, row: Document, document: Document) -> str:
    """A key made of the row’s name, else of what it says, that no other row of the section has."""
    rows = document.get(section) or []
    said = row.get("label") or row.get("signal") or _sentence(section, row, document)
    whole = BETWEEN_DIGITS.sub("", said)
    plain_letters = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode()
    stem = NOT_IN_KEY.sub("_", plain_letters.lower()).strip("_") or section
    if len(stem) > LONGEST:
        stem = stem[: LONGEST + 1].rpartition("_")[0] or stem[:LONGEST]
    taken = {one["key"] for one in rows}
    numbered = (f"{stem}_{count}" for count in range(2, len(rows) + 3))
    return next(key for key in (stem, *numbered) if key not in taken)


def _sentence(section: str, row: Document, document: Document) -> str:
    names = Names(**labels_in(document))
    if section == "tiers":
        return plain(told(section, {**row, "key": ""}, names))
    said = conditions_told(section, row.get("when"), names) or "everyone else"
    if section == "route":
        return f"{' '.join(row['to'].values())} {said}"
    return f"{row['status']} {said}" if section == "decide" else said


@dataclass(frozen=True)
class Misnamed:
    """A name that says other figures or values than its rule; `better` would fit."""

    said: str
    better: str


def misnamed(section: str, row: Document, before: Document | None, names: Names) -> Misnamed | None:
    """Whether a row’s name still says what its rule said before, or figures its rule does not.

    `before`: the row as it was when it got its name; None where that is not known.
    """
    name = str(row.get("label") or "")
    if not name or (before is not None and before.get("label") != name):
        before = None
    if not name or (before is not None and list(_values(before)) == list(_values(row))):
        return None
    stale = _stale(name, row, before)
    if not stale:
        return None
    better = _reworded(name, stale, row, before)
    if not better:
        said = conditions_told(section, row.get("when"), names)
        better = said[:1].upper() + said[1:]
    return Misnamed(" and ".join(f"“{one}”" for one in stale), better)


def _stale(name: str, row: Document, before: Document | None) -> list[str]:
    """The words of a name that its rule does not bear out."""
    now = {_folded(value) for value in _values(row)}
    said = list(dict.fromkeys(IN_NAME.findall(name)))
    if before is None:
        asked = any(isinstance(value, int | float) for value in _values(row.get("when") or ()))
        wrong = all(number(one) not in now for one in said)
        return said if said and asked and wrong else []
    gone = {_folded(value) for value in _values(before)} - now
    texts = [
        value for value in _values(before) if isinstance(value, str) and _folded(value) in gone
    ]
    in_name = [one for one in dict.fromkeys(texts) if re.search(_word(one), name, re.IGNORECASE)]
    return [one for one in said if number(one) in gone] + in_name


def _reworded(name: str, stale: list[str], row: Document, before: Document | None) -> str:
    """The name with the new values in it; "" where they have no counterpart."""
    mine = list(_values(row.get("when") or ()))
    if before is None:
        figures = [value for value in mine if isinstance(value, int | float)]
        pairs = dict(zip(stale, figures, strict=True)) if len(stale) == len(figures) else {}
    else:
        old = list(map(_folded, _values(before.get("when") or ())))
        counterparts = dict(zip(old, mine, strict=True)) if len(old) == len(mine) else {}
        keys = {one: number(one) if IN_NAME.fullmatch(one) else _folded(one) for one in stale}
        pairs = {one: counterparts[key] for one, key in keys.items() if key in counterparts}
    if len(pairs) != len(stale):
        return ""
    longest_first = sorted(stale, key=len, reverse=True)
    wanted = re.compile("|".join(map(_word, longest_first)), re.IGNORECASE)
    shown = {_folded(one): _shown(value) for one, value in pairs.items()}
    return wanted.sub(lambda found: shown[_folded(found[0])], name)


def _values(value: Any) -> Iterator[Any]:
    """What a row compares with and gives, in order; no keys, no names."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in ("key", "label", "field", "signal", "known"):
                yield from _values(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _values(one)
    elif isinstance(value, int | float | str) and not isinstance(value, bool):
        yield value


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _word(text: str) -> str:
    return rf"(?<!\w){re.escape(text)}(?!\w)"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else figure(float(value))
