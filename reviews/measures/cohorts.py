"""Of what was handed over in a week, how much got so far within so many days. SQL.

A week is too young for a number of days until its last hand-over has had them.
"""

import datetime as dt
from dataclasses import dataclass

from handoff import statements

from .behind import Behind, handoffs
from .intervals import Share, share
from .promises import Question
from .spans import OF_WEEK, weeks_of

WITHIN = (7, 14, 30, 90)
"""Days from the hand-over on."""

REACHES = {
    "accepted": ("Accepted", "answer IN ('accepted', 'no_response') AND to_accept"),
    "touched": ("First touch", "to_touch"),
    "opportunity": ("Opportunity", "outcome <> '' AND to_deal"),
    "won": ("Won", "outcome = 'won' AND to_close"),
}
"""What is called how, and which seconds of a row say when it came, with what else it has to be."""

COUNTED = """
SELECT week, count(*), {counts} FROM ({rows}) r WHERE week IS NOT NULL GROUP BY week"""


@dataclass(frozen=True)
class Cohort:
    """A week from its Monday on: how many were handed over, and of those how many came so far
    within each of WITHIN; None where the week is too young to tell."""

    monday: dt.datetime
    handed: int
    shares: tuple[Share | None, ...]


def condition_of(reach: str, days: int) -> str:
    """What a row of `promises.ROWS` is that got so far within so many days. Raises KeyError for
    what there is not."""
    return f"{REACHES[reach][1]} <= {days * 86_400:d}"


def cohorts(question: Question, reach: str, *, at: dt.datetime, zone: str) -> list[Cohort]:
    """The weeks up to the end of the question, in order; weeks begin on Monday in `zone`."""
    mondays = weeks_of(question, zone=zone)
    rows, values = question.within(mondays[0], question.until).rows(
        at=at, also=f"{OF_WEEK} AS week,"
    )
    counts = ", ".join(f"count(*) FILTER (WHERE {condition_of(reach, n)})" for n in WITHIN)
    text = COUNTED.format(rows=rows, counts=counts)
    found = {week: said for week, *said in statements.ask(text, [mondays, *values])}
    return [
        _cohort(monday, found.get(place, [0] * (1 + len(WITHIN))), question, at)
        for place, monday in enumerate(mondays, 1)
    ]


def _cohort(monday: dt.datetime, said: list[int], question: Question, at: dt.datetime) -> Cohort:
    handed, *counts = said
    end = min(monday + dt.timedelta(weeks=1), question.until)
    shares = tuple(
        share(count, handed) if end + dt.timedelta(days=days) <= at else None
        for days, count in zip(WITHIN, counts, strict=True)
    )
    return Cohort(monday, handed, shares)


def behind(question: Question, reach: str, days: int, *, at: dt.datetime) -> Behind[int]:
    """The hand-overs (by primary key) of a question that got so far within so many days."""
    rows, values = question.rows(at=at)
    return handoffs(f"SELECT * FROM ({rows}) r WHERE {condition_of(reach, days)}", values)
