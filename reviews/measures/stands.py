"""How a hand-over stands to every share of the catalogue, as one small number. SQL.

Hand-overs that are alike to every share have the same number, so a share is judged of the numbers
there can be, by its own words, and never of each row.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handoff import statements

from .catalogue import Rate

ASPECTS: dict[str, tuple[Any, ...]] = {
    "answer": ("waiting", "accepted", "rejected", "no_response", "returned"),
    "sales": ("open", "kept", "missed"),
    "outcome": ("", "open", "won", "lost"),
    "incomplete": (False, True),
    "qualified": (False, True),
}
"""What a share may look at, and what it can be; the first, where it is none of the others."""
KINDS = {"incomplete": "boolean[]", "qualified": "boolean[]"}

EVERY = tuple(product(*ASPECTS.values()))
COUNT = len(EVERY)


def _number() -> str:
    weight, parts = COUNT, []
    for name, values in ASPECTS.items():
        weight //= len(values)
        cases = [
            f"WHEN {_said(value)} THEN {place * weight}"
            for place, value in enumerate(values)
            if place
        ]
        parts.append(f"CASE {name} {' '.join(cases)} ELSE 0 END")
    return " + ".join(parts)


def _said(value: Any) -> str:
    return "true" if value is True else f"'{value}'"


NUMBER = _number()
"""Of a row of `promises.ROWS`: which of EVERY it is. Each aspect is worked out once, which `CASE`
with conditions would do for every one of them."""

JUDGED = """SELECT {asked} FROM unnest({places}) WITH ORDINALITY AS r({names}, place)
ORDER BY place"""


def judged(rates: Sequence[Rate]) -> NDArray[np.int64]:
    """For each of EVERY a line: of each share whether it counts it, and whether it is of it."""
    asked = [part for one in rates for part in (f"({one.among}) AND {one.counts}", one.among)]
    if not asked:
        return np.zeros((COUNT, 0), np.int64)
    text = JUDGED.format(
        asked=", ".join(f"({part})::int" for part in asked),
        places=", ".join(f"%s::{KINDS.get(name, 'text[]')}" for name in ASPECTS),
        names=", ".join(ASPECTS),
    )
    found = statements.fetch(text, [list(values) for values in zip(*EVERY, strict=True)])
    return np.array(found, np.int64)
