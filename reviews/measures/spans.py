"""The rows of a question, of the time before it and week by week, in one reading."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from .promises import Question
from .reading import Columns, Numbers, Which, read

WEEK = "week"
WEEKS = 12
"""So many weeks a trend shows, the last of them unfinished perhaps."""

SIDE = """CASE WHEN p.made_at >= %s AND p.made_at < %s THEN 'now'
        WHEN p.made_at >= %s AND p.made_at < %s THEN 'before' END"""
OF_WEEK = "nullif(width_bucket(p.made_at, %s::timestamptz[]), 0)"
"""The same of a row `p`, for who counts in a statement of their own."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What was read. Which rows the question is of, and which were made in the time just before, of
    the same length; `week`: in which of the `weeks` each was made, from 0 on, -1 in none of them.
    A week is named by its Monday, as ISO has it."""

    rows: Columns
    now: Which
    before: Which
    week: Numbers
    weeks: tuple[str, ...]


def spans(
    question: Question,
    columns: Mapping[str, str],
    *,
    by: Sequence[str] = (),
    at: dt.datetime,
    zone: str,
) -> Spans:
    """The `columns` of the rows, grouped by dimensions (see `reading`)."""
    mondays, before = weeks_of(question, zone=zone), question.before
    whole = question.within(min(before.since, mondays[0]), question.until)
    edges = [*mondays, before.since, before.until, question.since, question.until]
    rows = read(whole, columns, by=by, edges=edges, at=at)
    week = rows.place([*mondays, question.until])
    return Spans(
        rows,
        rows.between(question.since, question.until),
        rows.between(before.since, before.until),
        np.where(week < WEEKS, week, -1),
        tuple(f"{monday:%Y-%m-%d}" for monday in mondays),
    )


def weeks_of(question: Question, *, zone: str) -> list[dt.datetime]:
    """The Mondays of the weeks that a trend shows, the last the week in which the question ends."""
    last = (question.until - dt.timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    monday = last.date() - dt.timedelta(days=last.weekday())
    days = [monday - dt.timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    return [dt.datetime.combine(day, dt.time(), ZoneInfo(zone)) for day in days]
