"""What a study of lift finds, as values that can be kept as JSON and read back."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from reviews.measures.intervals import LEAST, Share, share

OUTCOMES = ("accepted", "opportunity", "won")

LEAST_YES = 5
"""Under so many that came to the outcome, or that did not, two shares are not compared."""

LEAST_EITHER = 30
"""So many that came to the outcome, and so many that did not, weights are learned from."""

LEAST_PER_CLAUSE = 5
"""And so many of the rarer of the two for each clause that is weighed."""

LEAST_JUDGED = 20
"""So many of either a score is judged on."""

RAISES, LOWERS, NOTHING, UNSURE = "raises", "lowers", "nothing", "unsure"
"""What can be said of a clause, the others held still."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A fit criterion or signal of the definition, with the points it gives today."""

    section: str
    key: str
    label: str
    points: float


@dataclass(frozen=True, slots=True)
class Relative:
    """How many times as often the outcome came with a clause as without it; None: not to be told.

    Of those to whom the clause applies. `is_filled`: a cell was empty, so that a half was added to
    each.
    """

    with_yes: int
    with_n: int
    without_yes: int
    without_n: int
    value: float | None = None
    low: float = 0.0
    high: float = 0.0
    is_filled: bool = False

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases, and outcomes, to say anything."""
        enough = min(self.with_n, self.without_n) >= LEAST
        yes = self.with_yes + self.without_yes
        return enough and LEAST_YES <= yes <= self.with_n + self.without_n - LEAST_YES

    @property
    def held(self) -> Share:
        return share(self.with_yes, self.with_n)

    @property
    def failed(self) -> Share:
        return share(self.without_yes, self.without_n)

    @property
    def is_sure(self) -> bool:
        return self.value is not None and (self.low > 1 or self.high < 1)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The odds of the outcome with a clause, or one more of a signal, as a multiple of those
    without; the other clauses held still."""

    value: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Row:
    """One clause. `adjusted` and `suggested` are None where it could not be weighed, and `why`
    says so."""

    clause: Clause
    relative: Relative
    adjusted: Adjusted | None
    suggested: int | None
    why: str = ""

    @property
    def is_gone(self) -> bool:
        """Whether it is suggested to take the clause out."""
        return self.suggested == 0


@dataclass(frozen=True, slots=True)
class Auc:
    """How often a score puts one that came to the outcome above one that did not, of so many."""

    value: float
    low: float
    high: float
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class Band:
    """Hand-overs of like prospects: what was expected of them on average, and what came."""

    expected: float
    yes: int
    n: int

    @property
    def real(self) -> Share:
        return share(self.yes, self.n)

    @property
    def is_off(self) -> bool:
        """Whether what came is surely other than what was expected."""
        return self.real.is_enough and not self.real.low <= self.expected <= self.real.high


@dataclass(frozen=True, slots=True)
class Judged:
    """How well a set of points tells, on hand-overs that it was not learned from."""

    auc: Auc
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """One outcome. `learned` and `judged_n`: how many the weights were learned from, and how many
    were kept for judging. `better`: how much more the suggestion's AUC is than today's, with its
    interval. `why`: why there is no suggestion, where there is none."""

    outcome: str
    n: int
    yes: int
    too_young: int
    undecided: int
    horizon_days: float
    looked_at: int
    rows: tuple[Row, ...]
    learned: int = 0
    judged_n: int = 0
    today: Judged | None = None
    suggestion: Judged | None = None
    better: tuple[float, float, float] | None = None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @property
    def base(self) -> Share:
        return share(self.yes, self.n)

    @property
    def may_be_drafted(self) -> bool:
        """Whether points other than today's are suggested."""
        return any(
            row.suggested is not None and row.suggested != row.clause.points for row in self.rows
        )


def examined(kept: dict[str, Any]) -> Examined:
    """What was kept as JSON."""
    better = kept["better"]
    return Examined(
        **{
            **kept,
            "rows": tuple(_row(row) for row in kept["rows"]),
            "today": _judged(kept["today"]),
            "suggestion": _judged(kept["suggestion"]),
            "better": tuple(better) if better else None,
        }
    )


def _row(kept: dict[str, Any]) -> Row:
    adjusted = kept["adjusted"]
    return Row(
        clause=Clause(**kept["clause"]),
        relative=Relative(**kept["relative"]),
        adjusted=Adjusted(**adjusted) if adjusted else None,
        suggested=kept["suggested"],
        why=kept["why"],
    )


def _judged(kept: dict[str, Any] | None) -> Judged | None:
    if kept is None:
        return None
    return Judged(Auc(**kept["auc"]), tuple(Band(**band) for band in kept["bands"]))
