"""How soon the first touch came, against what became of the lead. SQL.

By the clock on the wall, of hand-overs that were touched. Bands of whole minutes, the quickest
first; where one has too few, it is told together with the next.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

from handoff import statements

from .behind import Behind, handoffs
from .intervals import LEAST, Difference, Share, difference, share
from .promises import Question

EDGES = (0, 5, 15, 30, 60, 120, 240, 480, 1440, 4320, 10_080)
"""From so many minutes on; up to the next, without it. A touch before the hand-over is at once."""

BECAME = {
    "qualified": ("Qualified", "qualified"),
    "opportunity": ("Opportunity", "outcome <> ''"),
    "won": ("Won", "outcome = 'won'"),
}
"""What is counted of each band: what it is called, and of a row of `promises.ROWS` what it is."""
MINUTE = 60

COUNTED = """
SELECT width_bucket(greatest(to_touch, 0), %s::int[]), count(*), {counts}
FROM ({rows}) r WHERE to_touch IS NOT NULL GROUP BY 1 ORDER BY 1"""


@dataclass(frozen=True)
class Band:
    """First touches that came from `least` minutes on, before `most` (None: no end); how many, and
    of those how many became each of BECAME, in order."""

    least: int
    most: int | None
    n: int
    counts: tuple[int, ...]

    @cached_property
    def shares(self) -> dict[str, Share]:
        """By key of BECAME."""
        return {key: share(count, self.n) for key, count in zip(BECAME, self.counts, strict=True)}


def bands(question: Question, *, at: dt.datetime) -> list[Band]:
    """Those that have enough hand-overs each; one alone where there are few."""
    return merged(_apart(question, at=at))


def bands_like(found: Sequence[Band], question: Question, *, at: dt.datetime) -> list[Band]:
    """The bands of another question, with the edges of those found."""
    apart = _apart(question, at=at)
    return [
        reduce(
            _together,
            (one for one in apart if band.least <= one.least < (band.most or math.inf)),
        )
        for band in found
    ]


def _apart(question: Question, *, at: dt.datetime) -> list[Band]:
    """Every band, however few it has."""
    rows, values = question.rows(at=at)
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for _, condition in BECAME.values())
    seconds = [edge * MINUTE for edge in EDGES]
    found = statements.ask(COUNTED.format(rows=rows, counts=counts), [seconds, *values])
    by_place = {place: (n, tuple(said)) for place, n, *said in found}
    ends: list[int | None] = [*EDGES[1:], None]
    empty = (0, (0,) * len(BECAME))
    return [
        Band(least, most, *by_place.get(place, empty))
        for place, (least, most) in enumerate(zip(EDGES, ends, strict=True), 1)
    ]


def merged(all_bands: Sequence[Band]) -> list[Band]:
    """Neighbours put together until each has LEAST at least. Pure."""
    made: list[Band] = []
    for band in all_bands:
        if made and made[-1].n < LEAST:
            made[-1] = _together(made[-1], band)
        else:
            made.append(band)
    if len(made) > 1 and made[-1].n < LEAST:
        last = made.pop()
        made[-1] = _together(made[-1], last)
    return [band for band in made if band.n]


def _together(one: Band, other: Band) -> Band:
    counts = tuple(a + b for a, b in zip(one.counts, other.counts, strict=True))
    return Band(one.least, other.most, one.n + other.n, counts)


def quickest_beside_the_rest(found: Sequence[Band], became: str) -> Difference | None:
    """How much larger the share of the quickest band is than that of all later ones together; None
    where there is only one. Raises KeyError for what is not counted."""
    if len(found) < 2:
        return None
    rest = found[1]
    for band in found[2:]:
        rest = _together(rest, band)
    return difference(rest.shares[became], found[0].shares[became])


def behind(
    question: Question, least: int, most: int | None, became: str, *, at: dt.datetime
) -> Behind[int]:
    """The hand-overs (by primary key) of a band, or those of it that became something, the newest
    first. Raises KeyError for what is not counted."""
    rows, values = question.rows(at=at)
    wanted = ["to_touch IS NOT NULL", "greatest(to_touch, 0) >= %s"]
    given: list[Any] = [least * MINUTE]
    if most is not None:
        wanted.append("greatest(to_touch, 0) < %s")
        given.append(most * MINUTE)
    if became:
        wanted.append(BECAME[became][1])
    text = f"SELECT * FROM ({rows}) r WHERE {' AND '.join(wanted)}"
    return handoffs(text, [*values, *given])
