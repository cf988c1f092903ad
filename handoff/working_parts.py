"""A calendar cut into parts of 28 days, each with its openings and closings, for the database.

Knows no model. In a part, `edges` are seconds from its beginning on, by turns an opening and a
closing; `sums` say how much working time had passed at each of them.
"""

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .calendars import DAY_US, EPOCH, SECOND_US, Calendar, day_of

PART_DAYS = 28
PART_US = PART_DAYS * DAY_US
FIRST = 587
BEGINNING = EPOCH + dt.timedelta(days=FIRST * PART_DAYS)
"""The first part begins on 1 January 2015; what happened earlier is in no part."""
LEAST_LAST = 795
"""The part that holds 1 January 2031: so far every calendar is laid out at least."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part, counted from 1970 on in UTC. `before`: seconds worked since the first one."""

    number: int
    before: int
    edges: tuple[int, ...]
    sums: tuple[int, ...]


def parts_of(calendar: Calendar, last: int) -> tuple[Part, ...]:
    """The parts from FIRST up to `last`."""
    return _parts(replace(calendar, key="", days={}), last)


@functools.lru_cache(maxsize=32)
def _parts(calendar: Calendar, last: int) -> tuple[Part, ...]:
    made, before = [], 0
    for number in range(FIRST, last + 1):
        edges = tuple(_edges(calendar, number))
        calendar.days.clear()
        sums, worked = [], 0
        for opens, closes in zip(edges[::2], edges[1::2], strict=True):
            sums += [worked, worked + closes - opens]
            worked = sums[-1]
        made.append(Part(number, before, edges, tuple(sums)))
        before += worked
    return tuple(made)


def _edges(calendar: Calendar, number: int) -> Iterator[int]:
    """Openings and closings in order; windows that touch are one."""
    begin, closes = number * PART_US, None
    for day in range(number * PART_DAYS, (number + 1) * PART_DAYS):
        for stretch in day_of(calendar, day):
            if stretch.why:
                continue
            if closes != stretch.start:
                if closes is not None:
                    yield (closes - begin) // SECOND_US
                yield (stretch.start - begin) // SECOND_US
            closes = stretch.end
    if closes is not None:
        yield (closes - begin) // SECOND_US
