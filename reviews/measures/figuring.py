"""Figures of the catalogue, of one or many, by one dimension and by week, now and before.

The rows are read once (`reading`); how each stands to every share is one small number (`stands`),
and times are ranked (`ranking`), so that whatever is asked of them is arithmetic on few columns.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .behind import Behind, handoffs
from .catalogue import Rate, Time
from .dimensions import DIMENSIONS, NONE
from .durations import ranked_times
from .intervals import Difference, Share, difference, share
from .promises import Question
from .ranking import Times
from .reading import Columns, Numbers, Which, named
from .spans import WEEKS, spans
from .stands import COUNT, NUMBER, judged

__all__ = ["Figure", "Row", "Times", "Told", "behind", "keys_of", "moved", "told"]

Measures = Sequence[Rate | Time]

STAND = "stand"

Figure = Share | Times


@dataclass(frozen=True, slots=True)
class Row:
    """The figures, by key of their measure, of one team, source, week, … or of all together.
    `key`: how an address names it; `handed`: its hand-overs."""

    figures: dict[str, Figure]
    key: str = ""
    name: str = ""
    handed: int = 0

    def __getitem__(self, key: str) -> Figure:
        return self.figures[key]

    @property
    def is_none(self) -> bool:
        return self.key == NONE


@dataclass(frozen=True, slots=True)
class Told:
    """What a question comes to. `rows`: by the dimension asked for, most hand-overs first; `before`
    of the time just before, of the same length, and `rows_before` by key; `weeks` in order."""

    all: Row
    before: Row
    rows: tuple[Row, ...]
    rows_before: dict[str, Row]
    weeks: tuple[Row, ...]


def moved(before: Figure, after: Figure) -> Difference | None:
    """How much larger a figure became, shares as parts of one and times in seconds; None where one
    is of nobody. The interval of a difference of two medians is made of theirs as that of two
    shares is, and holds for as many times as were looked at together."""
    if isinstance(before, Share) and isinstance(after, Share):
        return difference(before, after)
    if not (isinstance(before, Times) and isinstance(after, Times)):
        raise TypeError("A share is not compared with a time.")
    if None in (before.median, after.median):
        return None
    one, other = _ends(before), _ends(after)
    value = other[1] - one[1]
    low = math.hypot(other[1] - other[0], one[2] - one[1])
    high = math.hypot(other[2] - other[1], one[1] - one[0])
    return Difference(value, value - low, value + high)


def _ends(times: Times) -> tuple[int, int, int]:
    low, high = times.among or (times.low or 0, times.high or 0)
    return low, times.median or 0, high


def told(
    question: Question, measures: Measures, *, by: str = "", at: dt.datetime, zone: str
) -> Told:
    """The figures of all together, by week, and by a dimension where one is named; weeks begin on
    Monday in `zone` and are the WEEKS up to the end of the question."""
    found = spans(question, _columns(measures), by=[by] if by else [], at=at, zone=zone)
    rows = found.rows
    counting = _Counting(rows, measures)
    one, keys = np.zeros_like(rows.group), keys_of(rows.keys, by)
    (now,), (was,) = counting.rows(found.now, one, 1), counting.rows(found.before, one, 1)
    parts = dict(_called(counting.rows(found.now, rows.group, len(keys)), keys)) if by else {}
    earlier = dict(_called(counting.rows(found.before, rows.group, len(keys)), keys)) if by else {}
    weeks = counting.rows(found.week >= 0, found.week, WEEKS)
    return Told(
        now,
        was,
        tuple(sorted(parts.values(), key=lambda row: (-row.handed, row.key))),
        earlier,
        tuple(replace(row, key=key) for row, key in zip(weeks, found.weeks, strict=True)),
    )


def _columns(measures: Measures) -> dict[str, str]:
    tells_shares = any(isinstance(one, Rate) for one in measures)
    times = {one.key: one.column for one in measures if isinstance(one, Time)}
    return {STAND: NUMBER if tells_shares else "0", **times}


class _Counting:
    """The figures of some rows that were read, group by group."""

    def __init__(self, read_rows: Columns, measures: Measures) -> None:
        self._numbers = read_rows.numbers
        self._measures = measures
        self._judged = judged([one for one in measures if isinstance(one, Rate)])

    def rows(self, which: Which, groups: Numbers, count: int) -> list[Row]:
        """A row for each of `count` groups, numbered from 0 on, of the rows that are chosen."""
        chosen = groups[which]
        alike = np.bincount(chosen * COUNT + self._numbers[STAND][which], minlength=count * COUNT)
        alike = alike.reshape(count, COUNT)
        handed, sums = alike.sum(1).tolist(), (alike @ self._judged).tolist()
        times = {
            one.key: ranked_times(self._numbers[one.key], groups, count, which=which)
            for one in self._timed
        }
        return [
            Row({**self._shares(sums[place]), **_of(times, place)}, handed=handed[place])
            for place in range(count)
        ]

    @property
    def _timed(self) -> Iterator[Time]:
        return (one for one in self._measures if isinstance(one, Time))

    def _shares(self, sums: Sequence[int]) -> dict[str, Figure]:
        rates = [one for one in self._measures if isinstance(one, Rate)]
        pairs = zip(rates, sums[::2], sums[1::2], strict=True)
        return {one.key: share(counted, n) for one, counted, n in pairs}


def _of(times: Mapping[str, Sequence[Times]], place: int) -> dict[str, Figure]:
    return {key: found[place] for key, found in times.items()}


def keys_of(groups: Sequence[tuple[Any, ...]], by: str) -> list[tuple[str, str]]:
    """Key and name of each group that was read, by its value of a dimension."""
    values = [value for (value,) in groups] if by else []
    if not by or not DIMENSIONS[by].joined:
        return [(NONE if value is None else str(value), "") for value in values]
    names = named({by: [value for value in values if value is not None]})
    return [names.get((by, value), (NONE, "")) for value in values]


def _called(rows: Sequence[Row], keys: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Row]]:
    """Those of anybody, each with its key."""
    for row, (key, name) in zip(rows, keys, strict=True):
        if row.handed:
            yield key, replace(row, key=key, name=name)


def behind(
    question: Question, measure: Rate | Time, *, all_of_them: bool, at: dt.datetime
) -> Behind[int]:
    """The hand-overs (by primary key) that a figure counts, or with `all_of_them` those it is of,
    the newest first."""
    rows, values = question.rows(at=at)
    if isinstance(measure, Time):
        wanted = f"{measure.column} IS NOT NULL"
    else:
        wanted = measure.among if all_of_them else f"({measure.among}) AND {measure.counts}"
    return handoffs(f"SELECT * FROM ({rows}) r WHERE {wanted}", values)
