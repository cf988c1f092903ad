"""One outcome examined: every clause by itself, with the others held still, and today's points
beside the ones suggested.

Cases come in the order of time. Weights, and what a score is worth in chances, are learned from the
earlier part; both sets of points are judged on the later one, which nothing was learned from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reviews.measures.intervals import LEAST

from . import judging, weights
from .adjusted import Learned, Matrix, Vector, learn
from .relative import relative, z_for
from .results import (
    LEAST_EITHER,
    LEAST_JUDGED,
    LEAST_PER_CLAUSE,
    LOWERS,
    NOTHING,
    RAISES,
    UNSURE,
    Adjusted,
    Clause,
    Examined,
    Judged,
    Relative,
    Row,
)

LEARNED_FROM = 0.7
"""The earlier part of the cases, of which weights are learned."""

NOT_APPLIED = -1
"""Stands for a clause that is not for this lead, such as one of another motion."""

ONE = 100
"""Counts are in hundredths: a criterion that holds is 100, a touch fades from there."""

HARDLY = 1.25
"""Odds that surely differ by less than this factor are no reason to give points."""


@dataclass(frozen=True)
class Cases:
    """What held of each hand-over, in hundredths by clause, and whether it came to the outcome;
    the earliest first. `besides`: columns held still that give no points."""

    counts: NDArray[np.int16]
    yes: NDArray[np.bool_]
    besides: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.yes)


@dataclass(frozen=True)
class Left:
    """How many hand-overs were left out: too young to be told of, or open still."""

    too_young: int
    undecided: int
    horizon_days: float


@dataclass(frozen=True)
class Bands:
    """The band of each judged case, by today's points and by the suggested ones."""

    today: NDArray[np.int16]
    suggestion: NDArray[np.int16]


NO_BANDS = Bands(np.empty(0, dtype=np.int16), np.empty(0, dtype=np.int16))


def examine(
    outcome: str, clauses: Sequence[Clause], cases: Cases, left: Left
) -> tuple[Examined, Bands]:
    """What the cases say of each clause, and the bands of the later part of them."""
    counted = [_compared(cases, place) for place in range(len(clauses))]
    looked_at = sum(1 for one in counted if one.is_enough)
    compared = [
        relative(one.with_yes, one.with_n, one.without_yes, one.without_n, looked_at=looked_at)
        for one in counted
    ]
    cut = int(len(cases) * LEARNED_FROM)
    found = Examined(
        outcome=outcome,
        n=len(cases),
        yes=int(cases.yes.sum()),
        too_young=left.too_young,
        undecided=left.undecided,
        horizon_days=left.horizon_days,
        looked_at=looked_at,
        learned=cut,
        judged_n=len(cases) - cut,
        rows=tuple(
            Row(clause, one, None, None, _unweighed(one))
            for clause, one in zip(clauses, compared, strict=True)
        ),
    )
    weighed = _weighed(cases, cut, counted)
    if why := _too_few(cases.yes[:cut], cases.yes[cut:], len(weighed)):
        return replace(found, why=why), NO_BANDS
    return _weigh(found, clauses, cases, weighed)


def _weigh(
    found: Examined, clauses: Sequence[Clause], cases: Cases, weighed: list[int]
) -> tuple[Examined, Bands]:
    """What is found, with every weight learned from the earlier part and judged on the later."""
    cut, late = found.learned, cases.yes[found.learned :]
    adjusted = _adjusted(cases, cut, weighed)
    effects = {
        place: 0.0 if one.verdict == NOTHING else float(np.log(one.value))
        for place, one in adjusted.items()
        if one.verdict != UNSURE
    }
    points = weights.suggested(clauses, effects)
    rows = tuple(
        replace(row, adjusted=adjusted[n], suggested=points.get(n))
        if n in adjusted
        else replace(row, why=row.why or "not enough data")
        for n, row in enumerate(found.rows)
    )
    today = _as_chances(_score(clauses, cases, {}), cases.yes, cut)
    then = _as_chances(_score(clauses, cases, points), cases.yes, cut)
    bands = Bands(judging.bands(today), judging.bands(then))
    whole = replace(
        found,
        rows=rows,
        today=Judged(judging.auc(today, late), judging.in_bands(bands.today, today, late)),
        suggestion=Judged(judging.auc(then, late), judging.in_bands(bands.suggestion, then, late)),
        better=judging.better(today, then, late),
    )
    return whole, bands


def _compared(cases: Cases, place: int) -> Relative:
    """With and without a clause, of those to whom it applies."""
    column = cases.counts[:, place]
    held, failed = column > 0, column == 0
    return Relative(
        with_yes=int(cases.yes[held].sum()),
        with_n=int(held.sum()),
        without_yes=int(cases.yes[failed].sum()),
        without_n=int(failed.sum()),
    )


def _weighed(cases: Cases, cut: int, counted: Sequence[Relative]) -> list[int]:
    """The places of the clauses that can be weighed: told of enough, in the earlier part too."""
    places = []
    for place, one in enumerate(counted):
        column = cases.counts[:cut, place]
        if one.is_enough and min((column > 0).sum(), (column == 0).sum()) >= LEAST:
            places.append(place)
    return places


def _too_few(early: NDArray[np.bool_], late: NDArray[np.bool_], clauses: int) -> str:
    """Why no weights are learned, in words; empty where there is enough."""
    rarer = min(int(early.sum()), int((~early).sum()))
    least = max(LEAST_EITHER, LEAST_PER_CLAUSE * clauses)
    if not clauses:
        return "no clause both holds and fails often enough"
    if rarer < least:
        return f"{least} of either outcome are needed to weigh {clauses} clauses; there are {rarer}"
    rarer = min(int(late.sum()), int((~late).sum()))
    if rarer < LEAST_JUDGED:
        return f"{LEAST_JUDGED} of either outcome are needed to judge; there are {rarer}"
    return ""


def _adjusted(cases: Cases, cut: int, weighed: list[int]) -> dict[int, Adjusted]:
    columns = _columns(cases, weighed)[:cut]
    learned = learn(columns, cases.yes[:cut])
    z = z_for(len(weighed))
    return {place: _effect(learned, at, z) for at, place in enumerate(weighed)}


def _columns(cases: Cases, weighed: list[int]) -> Matrix:
    """What is held still: the clauses, where clauses apply, and what else is given."""
    counts = cases.counts[:, weighed]
    applies = {mask.tobytes(): mask for mask in (counts != NOT_APPLIED).T if not mask.all()}
    whether = [mask.astype(np.int16)[:, None] for mask in applies.values()]
    return np.hstack([np.maximum(counts, 0), *whether, cases.besides])


def _effect(learned: Learned, at: int, z: float) -> Adjusted:
    middle, half = ONE * learned.weights[at], ONE * z * learned.errors[at]
    low, value, high = (float(np.exp(end)) for end in (middle - half, middle, middle + half))
    return Adjusted(value, low, high, _verdict(low, high))


def _verdict(low: float, high: float) -> str:
    if low > 1 / HARDLY and high < HARDLY:
        return NOTHING
    if low > 1:
        return RAISES
    return LOWERS if high < 1 else UNSURE


def _unweighed(one: Relative) -> str:
    if one.is_enough:
        return ""
    if not one.with_n:
        return "never held"
    if not one.without_n:
        return "always held"
    return "not enough data"


def _score(clauses: Sequence[Clause], cases: Cases, points: dict[int, int]) -> Matrix:
    """Fit and intent of each case, as the definition sums and limits them."""
    given = [points.get(n, clause.points) for n, clause in enumerate(clauses)]
    scores = np.zeros((len(cases), 2))
    for column, section in enumerate(("fit", "signals")):
        for n, clause in enumerate(clauses):
            if clause.section == section:
                scores[:, column] += given[n] * np.maximum(cases.counts[:, n], 0) / ONE
    return np.clip(scores, 0.0, 100.0)


def _as_chances(score: Matrix, yes: NDArray[np.bool_], cut: int) -> Vector:
    """What the scores of the later part are worth, by what they were worth in the earlier."""
    return learn(score[:cut], yes[:cut]).predicted(score[cut:])
