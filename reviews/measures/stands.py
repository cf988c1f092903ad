"""How a hand-over stands to every share of the catalogue, as one small number. SQL.

Hand-overs that are alike to every share have the same number, so a share is judged of the numbers
there can be, by its own words, and never of each row.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handoff import statements

from .catalogue import Rate

Aspects = Mapping[str, tuple[Any, ...]]
"""What may be looked at, and what each can be; the first, where it is none of the others."""

ASPECTS: Aspects = {
    "answer": ("waiting", "accepted", "rejected", "no_response", "returned"),
    "sales": ("open", "kept", "missed"),
    "outcome": ("", "open", "won", "lost"),
    "incomplete": (False, True),
    "qualified": (False, True),
}
"""What a share of the catalogue may look at."""

JUDGED = """SELECT {asked} FROM unnest({places}) WITH ORDINALITY AS r({names}, place)
ORDER BY place"""


def count_of(aspects: Aspects) -> int:
    """How many numbers there can be."""
    return math.prod(map(len, aspects.values()))


def number_of(aspects: Aspects) -> str:
    """Of a row: which of them it is. Each aspect is worked out once, which `CASE` with conditions
    would do for every one of them."""
    weight, parts = count_of(aspects), []
    for name, values in aspects.items():
        weight //= len(values)
        cases = [
            f"WHEN {_said(value)} THEN {place * weight}"
            for place, value in enumerate(values)
            if place
        ]
        parts.append(f"CASE {name} {' '.join(cases)} ELSE 0 END")
    return " + ".join(parts)


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"'{value}'"


def said_of(aspects: Aspects, expressions: Sequence[str]) -> list[tuple[Any, ...]]:
    """For each of the numbers a line: what each of the expressions, at least one, is of it."""
    kinds = ("boolean[]" if True in values else "text[]" for values in aspects.values())
    text = JUDGED.format(
        asked=", ".join(expressions),
        places=", ".join(f"%s::{kind}" for kind in kinds),
        names=", ".join(aspects),
    )
    every = zip(*product(*aspects.values()), strict=True)
    return statements.fetch(text, [list(values) for values in every])


def judged_of(aspects: Aspects, conditions: Sequence[str]) -> NDArray[np.int64]:
    """For each of the numbers a line: whether each of the conditions holds of it."""
    if not conditions:
        return np.zeros((count_of(aspects), 0), np.int64)
    asked = [f"coalesce({one}, false)::int" for one in conditions]
    return np.array(said_of(aspects, asked), np.int64)


NUMBER, COUNT = number_of(ASPECTS), count_of(ASPECTS)
"""Over a row of `promises.ROWS`."""


def judged(rates: Sequence[Rate]) -> NDArray[np.int64]:
    """For each of the numbers a line: of each share whether it counts it, and whether it is of
    it."""
    asked = [part for one in rates for part in (f"({one.among}) AND {one.counts}", one.among)]
    return judged_of(ASPECTS, asked)
