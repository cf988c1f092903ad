"""What each source and campaign brought: from enquiries to won deals. SQL.

Enquiries count on the day they occurred, from the source and campaign they named; hand-overs on the
day they were made, from those that their judgement saw. So the two need not be the same leads.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from handoff import statements

from .catalogue import ACCEPTANCE, OPPORTUNITY, WIN, Rate
from .dimensions import DIMENSIONS, NONE
from .intervals import Share, share
from .promises import Question

SHARES = (ACCEPTANCE, OPPORTUNITY, WIN)
ASKED_OF_ENQUIRIES = {"source", "campaign", "offer", "trigger", "landing_page"}

HANDED = """
SELECT {source} AS source, {campaign} AS campaign, count(*) AS handed, {sums}
FROM (SELECT r.* FROM ({rows}) r) p GROUP BY 1, 2"""

RECEIVED = """
SELECT {source}, {campaign}, count(*) FROM leads_submission p
WHERE p.occurred_at >= %s AND p.occurred_at < %s AND {conditions}
    AND (%s OR NOT EXISTS (
        SELECT FROM leads_delivery d WHERE d.id = p.delivery_id AND d.historical))
GROUP BY 1, 2"""


@dataclass(frozen=True)
class Line:
    """One source and campaign. `received`: its enquiries, None where they cannot be told."""

    source: str
    campaign: str
    received: int | None = None
    handed: int = 0
    shares: tuple[tuple[Rate, Share], ...] = tuple((one, share(0, 0)) for one in SHARES)


def lines(question: Question, *, at: dt.datetime) -> list[Line]:
    """A line for each pair that brought something, most hand-overs first."""
    brought = _handed(question, at=at)
    came = _received(question)
    found = [
        Line(*pair, None if came is None else came.get(pair, 0), *brought.get(pair, (0, _EMPTY)))
        for pair in {*brought, *(came or {})}
    ]
    return sorted(
        found, key=lambda one: (-one.handed, -(one.received or 0), one.source, one.campaign)
    )


_EMPTY = tuple((one, share(0, 0)) for one in SHARES)
Pair = tuple[str, str]


def _columns() -> dict[str, str]:
    return {name: DIMENSIONS[name].column for name in ("source", "campaign")}


def _handed(
    question: Question, *, at: dt.datetime
) -> dict[Pair, tuple[int, tuple[tuple[Rate, Share], ...]]]:
    rows, values = question.rows(at=at)
    sums = ", ".join(
        f"count(*) FILTER (WHERE ({one.among}) AND {one.counts}),"
        f" count(*) FILTER (WHERE {one.among})"
        for one in SHARES
    )
    found: dict[Pair, tuple[int, tuple[tuple[Rate, Share], ...]]] = {}
    text = HANDED.format(rows=rows, sums=sums, **_columns())
    for source, campaign, handed, *counts in statements.ask(text, values):
        pairs = zip(SHARES, counts[::2], counts[1::2], strict=True)
        shares = tuple((one, share(count, n)) for one, count, n in pairs)
        found[source or NONE, campaign or NONE] = handed, shares
    return found


def _received(question: Question) -> dict[Pair, int] | None:
    """Enquiries by source and campaign; None where the question asks what an enquiry does not tell,
    or the viewer may not know of every lead."""
    if not (question.sees_all and set(question.narrowed) <= ASKED_OF_ENQUIRIES):
        return None
    conditions, values = ["true"], list[Any]()
    for key, asked in question.narrowed.items():
        condition, given = DIMENSIONS[key].narrowing(asked)
        conditions.append(condition)
        values += given
    text = RECEIVED.format(conditions=" AND ".join(conditions), **_columns())
    days = [question.since, question.until]
    found = statements.ask(text, [*days, *values, question.with_past])
    return {(source or NONE, campaign or NONE): count for source, campaign, count in found}
