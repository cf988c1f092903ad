"""Two runs of the same question side by side, of the leads that are in both."""

from collections import Counter
from dataclasses import dataclass

from handoff import statements
from reviews.measures.intervals import Difference
from reviews.models import Backtest

from .finding import READY, Counted, Finding, shift_of

CROSSED = """SELECT a.was_status, a.would_status, b.would_status, a.answer, a.reason, a.outcome,
    count(*)
FROM reviews_backtestlead a JOIN reviews_backtestlead b ON b.lead_id = a.lead_id
WHERE a.backtest_id = %s AND b.backtest_id = %s GROUP BY 1, 2, 3, 4, 5, 6"""


@dataclass(frozen=True)
class Beside:
    """What each of two runs says of the same leads; `between`: from the one's status to the
    other's."""

    mine: Finding
    theirs: Finding
    between: list[Counted]

    @property
    def crossed(self) -> Counter[tuple[str, str]]:
        """How many leads have these statuses under the one and under the other."""
        found: Counter[tuple[str, str]] = Counter()
        for row in self.between:
            found[row.was, row.would] += row.n
        return found

    def shift(self, answer: str) -> Difference | None:
        """How much larger the share of an answer is under the other, of leads sales ready."""
        return shift_of(
            self.between,
            answer,
            before=lambda row: row.was == READY,
            after=lambda row: row.would == READY,
        )


def beside(found: Backtest, other: Backtest) -> Beside:
    """Both runs, of the leads in both: new ones may have come between them."""
    rows = statements.fetch(CROSSED, [found.pk, other.pk])
    mine = [(was, one, *told) for was, one, _, *told in rows]
    theirs = [(was, two, *told) for was, _, two, *told in rows]
    return Beside(
        mine=Finding({"outcomes": mine}, found.weeks),
        theirs=Finding({"outcomes": theirs}, found.weeks),
        between=[Counted(one, two, *told) for _, one, two, *told in rows],
    )
