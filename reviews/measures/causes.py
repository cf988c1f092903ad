"""Why promises were missed, over the verdicts of `promises`, and how that moves from week to week.

The cause of a miss is the confirmed one, or the suggested one until somebody has confirmed it. A
hand-over that was in time and incomplete is missing data by its nature. `UNSAID` is a miss that the
worker has not come to, or one of an imported past.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from leads.models import Miss

from .behind import Behind
from .promises import HALVES, NONE, Question, Verdict, condition_of, verdicts_of
from .reading import Columns, Numbers, named, read

UNSAID = "unsaid"
CAUSES = {**dict(Miss.Cause.choices), UNSAID: "Not explained"}

TOLD_BY = ("team", "source")
ALIKE = "alike"
CAUSE_OF = {
    "sales": f"CASE WHEN sales = 'missed' THEN coalesce(touch_cause, '{UNSAID}') END",
    "marketing": f"""CASE WHEN marketing = 'missed' THEN coalesce(CASE WHEN late
        THEN handover_cause END, CASE WHEN incomplete THEN 'missing_data' END, '{UNSAID}') END""",
}
"""Why a half was missed, over a row of `promises.ROWS`; NULL where it was not."""
MAY_BE_MISSED = "missed OR due_at IS NOT NULL OR late OR incomplete"
"""All that were missed are among these, and the server knows how many there are of them."""
KINDS = len(CAUSES) + 1
"""Of one half: not missed, or one of CAUSES."""
NUMBERED = " ".join(f"WHEN '{cause}' THEN {place}" for place, cause in enumerate(CAUSES, 1))
NUMBER = f" * {KINDS} + ".join(f"CASE {CAUSE_OF[half]} {NUMBERED} ELSE 0 END" for half in HALVES)
"""How a row stands to both halves, as one number."""


@dataclass(frozen=True)
class Why:
    """One cause: how many misses of each half it explains."""

    cause: str
    label: str
    sales: int
    marketing: int

    @property
    def all(self) -> int:
        return self.sales + self.marketing


def why(question: Question, *, at: dt.datetime) -> list[Why]:
    """Every cause with the misses it explains, most first; those of none are left out."""
    rows = read(question, {ALIKE: NUMBER}, which=MAY_BE_MISSED, at=at)
    (counts,) = _counted(rows, np.zeros_like(rows.group), 1)
    found = [
        Why(cause, label, *(counts.get((half, cause), 0) for half in HALVES))
        for cause, label in CAUSES.items()
        if any((half, cause) in counts for half in HALVES)
    ]
    return sorted(found, key=lambda one: (one.cause == UNSAID, -one.all))


def behind(question: Question, half: str, cause: str, *, at: dt.datetime) -> Behind[Verdict]:
    """The hand-overs of which this half was missed for this cause, the newest first."""
    rows, values = question.rows(at=at)
    missed = f"{condition_of(half, 'missed')} AND {CAUSE_OF[half]} = %s"
    return verdicts_of(f"SELECT * FROM ({rows}) r WHERE {missed}", [*values, cause])


@dataclass(frozen=True)
class Spread:
    """How often each cause explained a miss of each half for one team, source or week; `key` is how
    an address names it."""

    key: str
    counts: dict[tuple[str, str], int]

    @property
    def all(self) -> int:
        return sum(self.counts.values())

    @property
    def cells(self) -> list[tuple[str, int, int]]:
        """Each cause with the misses it explains: of sales, of marketing."""
        return [
            (cause, self.counts.get(("sales", cause), 0), self.counts.get(("marketing", cause), 0))
            for cause in CAUSES
        ]


def spreads(question: Question, *, at: dt.datetime, zone: str) -> dict[str, list[Spread]]:
    """The causes of the misses of both halves by week, team and source; weeks, which begin on
    Monday in `zone`, in order, others with most misses first."""
    mondays = _mondays(question, zone=zone)
    rows = read(question, {ALIKE: NUMBER}, by=TOLD_BY, edges=mondays, which=MAY_BE_MISSED, at=at)
    weeks = [f"{monday:%Y-%m-%d}" for monday in mondays]
    found = {"week": list(_spread(rows, rows.stretch - 1, weeks))}
    for place, by in enumerate(TOLD_BY):
        values = [key[place] for key in rows.keys]
        there = sorted(set(values), key=str)
        groups = np.array([there.index(value) for value in values], np.int64)[rows.group]
        some = _spread(rows, groups, _called(by, there))
        found[by] = sorted(some, key=lambda one: (-one.all, one.key))
    return found


def _called(by: str, values: Sequence[Any]) -> list[str]:
    """How an address names what stands in the rows of a dimension."""
    if by != "team":
        return [NONE if value is None else value for value in values]
    names = named({by: [value for value in values if value is not None]})
    return [names.get((by, value), (NONE, ""))[0] for value in values]


def _spread(rows: Columns, groups: Numbers, keys: Sequence[str]) -> Iterator[Spread]:
    for key, counts in zip(keys, _counted(rows, groups, len(keys)), strict=True):
        if counts:
            yield Spread(key, counts)


def _counted(rows: Columns, groups: Numbers, count: int) -> list[dict[tuple[str, str], int]]:
    """For each of `count` groups, numbered from 0 on, how often each cause explained a miss of each
    half; what explained none is left out."""
    alike = groups * KINDS**2 + rows.numbers[ALIKE]
    counts = np.bincount(alike, minlength=count * KINDS**2).reshape(count, KINDS, KINDS)
    found: list[dict[tuple[str, str], int]] = [{} for _ in range(count)]
    for half, other in zip(HALVES, (2, 1), strict=True):
        for told, (_, *some) in zip(found, counts.sum(other).tolist(), strict=True):
            told |= {(half, cause): n for cause, n in zip(CAUSES, some, strict=True) if n}
    return found


def _mondays(question: Question, *, zone: str) -> list[dt.datetime]:
    """The Mondays from the week in which the question begins to the one in which it ends."""
    here = ZoneInfo(zone)
    first, last = (at.astimezone(here).date() for at in (question.since, question.until))
    monday = first - dt.timedelta(days=first.weekday())
    days = [monday + dt.timedelta(days=n) for n in range(0, (last - monday).days + 1, 7)]
    return [dt.datetime.combine(day, dt.time(), here) for day in days]
