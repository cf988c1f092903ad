"""How sure a figure a week is. Pure."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from .intervals import CONFIDENCE, LEAST, share


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` in so many `weeks`, and what it is a week, with its interval."""

    count: int
    weeks: float
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.weeks

    @property
    def is_enough(self) -> bool:
        """Whether it is of enough cases and of a whole week at least."""
        return self.count >= LEAST and self.weeks >= 1


def rate(count: int, weeks: float, *, confidence: float = CONFIDENCE) -> Rate:
    """A rate with the score interval of what comes by chance, each by itself (a Poisson count).

    Raises ValueError where there is no time to count in.
    """
    if weeks <= 0:
        raise ValueError("A rate needs a time to count in.")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle, half = count + z * z / 2, z * math.sqrt(count + z * z / 4)
    return Rate(count, weeks, max(0.0, middle - half) / weeks, (middle + half) / weeks)


def differ(before: Rate, after: Rate, *, confidence: float = CONFIDENCE) -> bool:
    """Whether chance alone hardly explains that two rates differ: by chance, each of all cases
    falls into one of the two times as their lengths are."""
    there = share(after.count, before.count + after.count, confidence=confidence)
    expected = after.weeks / (before.weeks + after.weeks)
    return not there.low <= expected <= there.high
