"""How one rep answers, beside the team: shares, the time to the first touch, and what became of it.

Counted over the rows of `promises`, by the shares of the `catalogue` where it has them. Another
clock of sales is `missed` where it ran out before it was met, or has
run out by now; `kept` where it was met and never ran out; it is `open`, and counts for nothing,
until either is so. Of accept, which starts anew with each change of hands, the newest counts.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handoff import statements

from .behind import Behind, handoffs
from .catalogue import (
    ACCEPTANCE,
    IN_TIME,
    IS_WORKED,
    NO_RESPONSE,
    OPPORTUNITY,
    REJECTION,
    Rate,
)
from .intervals import QUANTILES, Median, Share, median, share
from .promises import Question

LATE = "(c.breached_at IS NOT NULL OR c.state = 'running' AND c.due_at < asked.at)"
NEWEST = f"""(array_agg(CASE WHEN {LATE} THEN 'missed' WHEN c.state = 'met' THEN 'kept'
            ELSE 'open' END ORDER BY c.id DESC) FILTER (WHERE c.kind = '{{kind}}'))[1]"""
ANY = f"""CASE WHEN bool_or({LATE}) FILTER (WHERE c.kind = '{{kind}}') THEN 'missed'
            WHEN bool_or(c.state = 'met') FILTER (WHERE c.kind = '{{kind}}') THEN 'kept'
            ELSE 'open' END"""
CLOCKS = {"accept": NEWEST, "follow_up": ANY, "next_step": ANY}

ROWS = f"""
    SELECT r.id, r.made_at, r.owner_id, r.sales, r.to_touch, r.answer, r.outcome,
        {", ".join(f"clocked.{kind}" for kind in CLOCKS)}
    FROM ({{rows}}) r
    CROSS JOIN (SELECT {{at}}::timestamptz AS at) asked
    LEFT JOIN LATERAL (
        SELECT {", ".join(f"{way.format(kind=kind)} AS {kind}" for kind, way in CLOCKS.items())}
        FROM leads_clock c
        WHERE c.handoff_id = r.id AND c.kind IN ({", ".join(f"'{kind}'" for kind in CLOCKS)})
    ) clocked ON true"""

JUDGED = "{0} IN ('kept', 'missed')"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its name, of which hand-overs it is a part (`among`, and in words `of`), and
    which of them it counts; both SQL over `ROWS`."""

    key: str
    label: str
    of: str
    among: str
    counts: str


def _known(key: str, label: str, one: Rate, of: str) -> Measure:
    """A share of the catalogue, as these pages call it."""
    return Measure(key, label, of, one.among, one.counts)


def _clocked(kind: str, label: str) -> Measure:
    return Measure(kind, label, "with a verdict", JUDGED.format(kind), f"{kind} = 'kept'")


SHARES = (
    _known("accepted", "Accepted", ACCEPTANCE, "answered"),
    _known("rejected", "Rejected", REJECTION, "answered"),
    _known("no_response", "Never responded", NO_RESPONSE, "answered"),
    _clocked("accept", "Answered in time"),
    _known("first_touch", "First touch in time", IN_TIME, "with a verdict"),
    _clocked("follow_up", "Followed up in time"),
    _clocked("next_step", "Next step done in time"),
    Measure("dealt", "Became an opportunity", "worked", IS_WORKED, OPPORTUNITY.counts),
)
TOUCHED = Measure("touched", "Half were touched within", "touched", "to_touch IS NOT NULL", "true")
HANDED = Measure("handed", "Handed over", "handed over", "true", "true")
BY_KEY = {one.key: one for one in (*SHARES, TOUCHED, HANDED)}

COUNTED = """
SELECT owner_id, grouping(owner_id) = 1, count(*),
    {counts}, count(to_touch),
    percentile_disc(ARRAY[{quantiles}]) WITHIN GROUP (ORDER BY to_touch)
FROM ({rows}) counted GROUP BY GROUPING SETS ((), (owner_id))"""


@dataclass(frozen=True)
class Standing:
    """The figures of a person or a team: a share by measure, the time to the first touch in
    seconds, and how many hand-overs there were."""

    handed: int
    shares: dict[str, Share]
    touch: Median | None


NOBODY = Standing(0, {one.key: share(0, 0) for one in SHARES}, None)


@dataclass(frozen=True)
class Standings:
    """The figures of a question as a whole, and of each owner (by primary key) by themselves."""

    all: Standing
    by_owner: dict[int, Standing]


def standings(question: Question, *, at: dt.datetime) -> Standings:
    """All figures of a question, in one statement."""
    rows, values = _rows(question, at)
    counts = ", ".join(
        f"count(*) FILTER (WHERE {one.among} AND {one.counts}), count(*) FILTER (WHERE {one.among})"
        for one in SHARES
    )
    quantiles = ", ".join(map(str, QUANTILES))
    sql = COUNTED.format(rows=rows, counts=counts, quantiles=quantiles)
    whole, by_owner = NOBODY, {}
    for owner, is_all, *columns in statements.fetch(sql, values):
        standing = _standing(columns)
        if is_all:
            whole = standing
        elif owner is not None:
            by_owner[owner] = standing
    return Standings(whole, by_owner)


def behind(
    question: Question, measure: Measure, *, all_of_them: bool, at: dt.datetime
) -> Behind[int]:
    """The hand-overs (by primary key) that a figure counts, or with `all_of_them` those it is a
    part of, the newest first."""
    rows, values = _rows(question, at)
    wanted = measure.among if all_of_them else f"{measure.among} AND {measure.counts}"
    return handoffs(f"SELECT * FROM ({rows}) counted WHERE {wanted}", values)


def _rows(question: Question, at: dt.datetime) -> tuple[str, list[Any]]:
    rows, values = question.rows(at=at)
    return ROWS.format(rows=rows, at="%s"), [*values, at]


def _standing(columns: Sequence[Any]) -> Standing:
    handed, *counts, touched, quantiles = columns
    pairs = zip(SHARES, counts[::2], counts[1::2], strict=True)
    shares = {one.key: share(count, n) for one, count, n in pairs}
    return Standing(handed, shares, median(touched, quantiles))
