"""How much of what was answered lately sales rejected: all together, and part by part. SQL.

The share is that of `catalogue.REJECTION`; whose it is differs: here what was *answered* in a
stretch of time, whenever it was handed over, so that an alert hears what sales says now. Of
marketing's hand-over, without the imported past; what was handed over more than a year before the
stretch is not looked for.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handoff import statements
from handoff.models import User

from .answers import WORKED
from .behind import Behind
from .catalogue import IS_ANSWERED, REJECTION
from .dimensions import DIMENSIONS
from .intervals import Share, share
from .promises import EVERYBODYS, NONE, Question

WATCHABLE = ("source", "fit", "intent", "campaign", "offer", "motion")
"""By what rejections may be watched: never by person or team."""

YEAR = dt.timedelta(days=366)

ANSWERED_AT = f"""made_at + make_interval(secs => CASE WHEN answer = '{WORKED[0]}'
    THEN coalesce(to_accept, to_end) ELSE coalesce(to_end, to_accept) END)"""

OF_SPAN = f"{IS_ANSWERED} AND {ANSWERED_AT} >= %s AND {ANSWERED_AT} < %s"

COUNTED = f"""
SELECT part.dimension, part.key, count(*) FILTER (WHERE {REJECTION.counts}), count(*)
FROM ({{rows}}) p CROSS JOIN LATERAL (VALUES {{parts}}) part (dimension, key)
WHERE {OF_SPAN} GROUP BY 1, 2"""

REASONS = f"""
SELECT reason.label, count(*) FROM ({{rows}}) r
JOIN handoff_reason reason ON reason.id = r.reason_id
WHERE {REJECTION.counts} AND {OF_SPAN} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s"""

BEHIND = f"SELECT id FROM ({{rows}}) r WHERE {{wanted}} AND {OF_SPAN}"
LATEST_FIRST = f"{ANSWERED_AT} DESC, id DESC"


@dataclass(frozen=True, slots=True)
class Part:
    """Hand-overs of one key of a dimension; all together where both are empty."""

    dimension: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """What was answered from `since` until before `until`."""

    since: dt.datetime
    until: dt.datetime

    @property
    def ends(self) -> tuple[dt.datetime, dt.datetime]:
        """Its ends, as a statement takes them."""
        return self.since, self.until

    def question(self, part: Part, viewer: User) -> Question:
        """The hand-overs of a part that can have been answered in it."""
        narrowed: dict[str, Any] = {part.dimension: part.key} if part.dimension else {}
        return Question(self.since - YEAR, self.until, viewer, **narrowed)


def shares(span: Span, dimensions: Sequence[str]) -> dict[Part, Share]:
    """The share rejected of all together and of every part of the dimensions that had an answer,
    in one statement; all together is always there."""
    rows, values = span.question(Part(), EVERYBODYS).rows(at=span.until)
    parts = ["('', '')"]
    for name in dimensions:
        parts.append(f"('{name}', coalesce(({DIMENSIONS[name].column})::text, '{NONE}'))")
    text = COUNTED.format(rows=rows, parts=", ".join(parts))
    found = {Part(): share(0, 0)}
    for dimension, key, rejected, answered in statements.ask(text, [*values, *span.ends]):
        found[Part(dimension, key)] = share(rejected, answered)
    return found


def reasons(span: Span, part: Part, *, most: int) -> list[tuple[str, int]]:
    """For what a part was rejected: label and number, the most frequent first."""
    rows, values = span.question(part, EVERYBODYS).rows(at=span.until)
    text = REASONS.format(rows=rows)
    return [(label, count) for label, count in statements.ask(text, [*values, *span.ends, most])]


def behind(span: Span, part: Part, viewer: User, *, all_of_them: bool) -> Behind[int]:
    """The hand-overs (by primary key) of a part that sales rejected, or with `all_of_them` those
    it answered, as far as the viewer may see them; the latest answer first."""
    rows, values = span.question(part, viewer).rows(at=span.until)
    wanted = "true" if all_of_them else REJECTION.counts
    text = BEHIND.format(rows=rows, wanted=wanted)
    return Behind(text, [*values, *span.ends], int, order=LATEST_FIRST)
