"""What marketing promises besides the hand-over: missing context, and answers to sales. SQL.

Counted by hand-over, over the rows of `promises`: one on which such a promise was missed once is
missed; kept where it was met and never missed; while it runs it counts for nothing.
"""

import datetime as dt
from dataclasses import dataclass

from handoff import statements

from .intervals import Share, share
from .promises import Question

KINDS = {
    "context": "Missing context completed in time",
    "returned": "Returned leads answered in time",
}

COUNTED = """
SELECT kind, count(*) FILTER (WHERE NOT missed AND met), count(*) FILTER (WHERE missed)
FROM (
    SELECT c.kind, bool_or(c.breached_at IS NOT NULL) AS missed, bool_or(c.state = 'met') AS met
    FROM ({rows}) r JOIN leads_clock c ON c.handoff_id = r.id
    WHERE c.kind IN ('context', 'returned') GROUP BY c.kind, c.handoff_id
) counted GROUP BY kind ORDER BY kind"""


@dataclass(frozen=True)
class Besides:
    """One of these promises: how many hand-overs it was kept and missed on."""

    kind: str
    label: str
    kept: int
    missed: int

    @property
    def counted(self) -> int:
        return self.kept + self.missed

    @property
    def share(self) -> Share:
        return share(self.kept, self.counted)


def besides(question: Question, *, at: dt.datetime) -> list[Besides]:
    """The promises that a hand-over of the question has a verdict on."""
    rows, values = question.rows(at=at)
    counted = statements.fetch(COUNTED.format(rows=rows), values)
    return [Besides(kind, KINDS[kind], kept, missed) for kind, kept, missed in counted]
