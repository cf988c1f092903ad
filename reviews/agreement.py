"""How far people agree on verdicts, beyond what chance alone would do. Pure.

Krippendorff's alpha for names (Krippendorff 2011): 1 is full agreement, 0 what chance would give,
below 0 less than that. Votes may be missing; “cannot tell” is none. Its interval is the middle 95 %
of what it is when the leads are drawn anew, with replacement: people vote on leads, so leads are
what chance has a hand in. Draws in which everybody says the same have no alpha and are left out.
"""

import functools
import hashlib
import random
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import krippendorff

MARKETING, SALES = "marketing", "sales"

LEAST = 8
"""Under so many leads with two verdicts or more, agreement is not worth saying: of a sample of ten
this lets two go without."""

SHOWN = 4
"""Under so many leads not even a figure is shown: drawn anew, one lead is always itself, and its
interval would look sure of nothing."""

DRAWS = 1000
MIDDLE = 0.95

Unit = tuple[Hashable, ...]
"""The verdicts on one lead, in any order; without those that are missing."""

Counts = list[list[int]]


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote. `lead`: whatever tells leads apart; `met`: None for “cannot tell”."""

    lead: int
    side: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha with its interval. `leads` have two verdicts or more, `votes` are verdicts on those.
    `value` is None where nothing can be said: no such lead, or everybody always said the same."""

    value: float | None
    low: float
    high: float
    leads: int
    votes: int

    @property
    def is_shown(self) -> bool:
        """Whether there is a figure worth showing, with how much it is sure of."""
        return self.value is not None and self.leads >= SHOWN

    @property
    def is_enough(self) -> bool:
        return self.value is not None and self.leads >= LEAST

    @property
    def is_unanimous(self) -> bool:
        """Whether every verdict was the same, so that there is nothing to correct for chance."""
        return self.value is None and self.leads > 0

    @property
    def is_beyond_chance(self) -> bool:
        return self.is_enough and self.low > 0


def among(ballots: Iterable[Ballot], *, seed: str) -> Agreement:
    """Agreement of everybody who voted."""
    by_lead: dict[int, list[bool]] = {}
    for one in ballots:
        if one.met is not None:
            by_lead.setdefault(one.lead, []).append(one.met)
    return measured(tuple(tuple(by_lead[lead]) for lead in sorted(by_lead)), seed=seed)


def between(ballots: Iterable[Ballot], *, seed: str) -> Agreement:
    """Agreement of the two teams: each one's majority is its verdict, none where it is split
    evenly. Operations, who belong to neither, are left out."""
    said: dict[int, dict[str, list[bool]]] = {}
    for one in ballots:
        if one.met is not None and one.side in (MARKETING, SALES):
            said.setdefault(one.lead, {}).setdefault(one.side, []).append(one.met)
    units = [
        tuple(met for votes in said[lead].values() if (met := majority(votes)) is not None)
        for lead in sorted(said)
    ]
    return measured(tuple(units), seed=seed)


def majority(verdicts: Sequence[bool]) -> bool | None:
    """What more than half of them say; None where as many say the one as the other."""
    for_it = sum(verdicts)
    return None if 2 * for_it == len(verdicts) else 2 * for_it > len(verdicts)


@functools.lru_cache(maxsize=512)
def measured(units: tuple[Unit, ...], *, seed: str) -> Agreement:
    """Alpha over some leads' verdicts, with an interval that is the same for the same seed. What
    was measured once is kept: a screen asks again every few seconds."""
    paired = [unit for unit in units if len(unit) > 1]
    votes = sum(map(len, paired))
    counts = _counts(paired)
    value = _alpha(counts)
    if value is None:
        return Agreement(None, -1.0, 1.0, len(paired), votes)
    low, high = _interval(counts, seed)
    return Agreement(value, min(low, value), max(high, value), len(paired), votes)


def _counts(units: Sequence[Unit]) -> Counts:
    """A row for each lead: how often each verdict was given of it."""
    verdicts = list(dict.fromkeys(verdict for unit in units for verdict in unit))
    told = [Counter(unit) for unit in units]
    return [[one[verdict] for verdict in verdicts] for one in told]


def _alpha(counts: Counts) -> float | None:
    """None where every verdict is the same, or there is none."""
    given = sum(any(column) for column in zip(*counts, strict=True))
    if given < 2:
        return None
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def _interval(counts: Counts, seed: str) -> tuple[float, float]:
    """The middle of what alpha is over leads drawn anew; from −1 to 1 where hardly any draw has
    one."""
    found = sorted(_redrawn(counts, seed))
    if len(found) < DRAWS / 2:
        return -1.0, 1.0
    tail = (1 - MIDDLE) / 2
    last = len(found) - 1
    return found[round(tail * last)], found[round((1 - tail) * last)]


def _redrawn(counts: Counts, seed: str) -> Iterator[float]:
    # Of `random`, only the sequence of random() for a whole number is promised not to change.
    chance = random.Random(int(hashlib.sha256(seed.encode()).hexdigest(), 16))
    leads = len(counts)
    for _ in range(DRAWS):
        value = _alpha([counts[int(chance.random() * leads)] for _ in range(leads)])
        if value is not None:
            yield value
