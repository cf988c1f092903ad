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

COUNTED = "SELECT {counts} FROM ({{rows}}) r WHERE {told}".format(
    counts=", ".join(
        f"count(*) FILTER (WHERE NOT {kind}_late), count(*) FILTER (WHERE {kind}_late)"
        for kind in KINDS
    ),
    told=" OR ".join(f"{kind}_late IS NOT NULL" for kind in KINDS),
)


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
    ((*counts,),) = statements.ask(COUNTED.format(rows=rows), values)
    pairs = zip(KINDS, counts[::2], counts[1::2], strict=True)
    return [Besides(kind, KINDS[kind], *two) for kind, *two in pairs if any(two)]
