"""Figures of the catalogue, of one or many, by one dimension and by week, now and before.

The rows are read once (`reading`); how each stands to every share is one small number (`stands`),
and times are ranked (`ranking`), so that whatever is asked of them is arithmetic on few columns.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from .behind import Behind, handoffs
from .catalogue import Rate, Time
from .dimensions import DIMENSIONS, NONE
from .intervals import Difference, Share, difference, share
from .promises import Question
from .ranking import Times, ranked
from .reading import NONE_OF_IT, Columns, Numbers, Which, named, read
from .stands import COUNT, NUMBER, judged

__all__ = ["Figure", "Row", "Times", "Told", "behind", "keys_of", "moved", "told", "weeks_of"]

WEEK = "week"
WEEKS = 12
"""So many weeks a trend shows, the last of them unfinished perhaps."""

Measures = Sequence[Rate | Time]

SIDE = """CASE WHEN p.made_at >= %s AND p.made_at < %s THEN 'now'
        WHEN p.made_at >= %s AND p.made_at < %s THEN 'before' END"""
OF_WEEK = "nullif(width_bucket(p.made_at, %s::timestamptz[]), 0)"

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
    mondays, before = weeks_of(question, zone=zone), question.before
    whole = question.within(min(before.since, mondays[0]), question.until)
    edges = [*mondays, before.since, before.until, question.since, question.until]
    rows = read(whole, _columns(measures), by=[by] if by else [], edges=edges, at=at)
    counting = _Counting(rows, measures)
    is_now = rows.between(question.since, question.until)
    is_before = rows.between(before.since, before.until)
    one, keys = np.zeros_like(rows.group), keys_of(rows, by)
    (now,), (was,) = counting.rows(is_now, one, 1), counting.rows(is_before, one, 1)
    parts = dict(_called(counting.rows(is_now, rows.group, len(keys)), keys)) if by else {}
    earlier = dict(_called(counting.rows(is_before, rows.group, len(keys)), keys)) if by else {}
    week = rows.place([*mondays, question.until])
    weeks = counting.rows((week >= 0) & (week < WEEKS), week, WEEKS)
    return Told(
        now,
        was,
        tuple(sorted(parts.values(), key=lambda row: (-row.handed, row.key))),
        earlier,
        tuple(
            replace(row, key=f"{monday:%Y-%m-%d}")
            for row, monday in zip(weeks, mondays, strict=True)
        ),
    )


def weeks_of(question: Question, *, zone: str) -> list[dt.datetime]:
    """The Mondays of the weeks that a trend shows, the last the week in which the question ends."""
    last = (question.until - dt.timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    monday = last.date() - dt.timedelta(days=last.weekday())
    days = [monday - dt.timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    return [dt.datetime.combine(day, dt.time(), ZoneInfo(zone)) for day in days]


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
        times = {one.key: self._times(one, which, chosen, count) for one in self._timed}
        return [
            Row({**self._shares(sums[place]), **_of(times, place)}, handed=handed[place])
            for place in range(count)
        ]

    @property
    def _timed(self) -> Iterator[Time]:
        return (one for one in self._measures if isinstance(one, Time))

    def _times(self, one: Time, which: Which, chosen: Numbers, count: int) -> list[Times]:
        seconds = self._numbers[one.key][which]
        has_one = seconds != NONE_OF_IT
        return ranked(chosen[has_one], seconds[has_one], count)

    def _shares(self, sums: Sequence[int]) -> dict[str, Figure]:
        rates = [one for one in self._measures if isinstance(one, Rate)]
        pairs = zip(rates, sums[::2], sums[1::2], strict=True)
        return {one.key: share(counted, n) for one, counted, n in pairs}


def _of(times: Mapping[str, Sequence[Times]], place: int) -> dict[str, Figure]:
    return {key: found[place] for key, found in times.items()}


def keys_of(rows: Columns, by: str) -> list[tuple[str, str]]:
    """Key and name of each group that was read."""
    values = [value for (value,) in rows.keys] if by else []
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
