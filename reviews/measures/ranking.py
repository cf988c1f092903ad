"""Of many times the half and the ninth tenth, group by group. Pure.

The k-th smallest is told, exactly, by sorting; nothing is estimated.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from .intervals import confidence_of, share

LEAST, BITS = -(2**31), 33
"""No time is shorter, and none longer than 2³¹ seconds."""


@dataclass(frozen=True, slots=True)
class Times:
    """So many seconds half of `n` took at most, and nine in ten; `low` and `high` are the ends of
    the half's interval; `among` those of the wider one that holds for all that are looked at
    together, where there are several. None of nobody."""

    n: int
    median: int | None = None
    ninth: int | None = None
    low: int | None = None
    high: int | None = None
    among: tuple[int, int] | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to say anything."""
        return share(0, self.n).is_enough


def ranked(
    groups: NDArray[np.int64], seconds: NDArray[np.int64], count: int, *, looked_at: int = 1
) -> list[Times]:
    """The times of each of `count` groups, numbered from 0 on. `looked_at`: of so many times that
    are looked at together, so that chance has as many tries."""
    ends: list[int] = np.cumsum(np.bincount(groups, minlength=count)).tolist()
    if (groups[1:] >= groups[:-1]).all():
        return ranked_parts(seconds, ends, looked_at=looked_at)
    inside = (groups << BITS) + (seconds - LEAST)
    inside.sort()
    inside &= (1 << BITS) - 1
    inside += LEAST
    return _of_parts(inside, ends, looked_at)


def ranked_parts(
    seconds: NDArray[np.int64], ends: Sequence[int], *, looked_at: int = 1
) -> list[Times]:
    """The same of groups that stand together already, part after part; `ends`: where each ends.
    Parts are sorted one by one, which is quicker."""
    inside = seconds.copy()
    for start, end in pairwise((0, *ends)):
        inside[start:end].sort()
    return _of_parts(inside, ends, looked_at)


def _of_parts(inside: NDArray[np.int64], ends: Sequence[int], looked_at: int) -> list[Times]:
    spreads = [spread_of(one) for one in sorted({1, looked_at})]
    return [_times(inside[start:end], end - start, spreads) for start, end in pairwise((0, *ends))]


@cache
def spread_of(looked_at: int) -> float:
    """How many √n the ends of the half's interval lie from n/2, by their ranks, taken outwards
    (Conover 1999)."""
    return NormalDist().inv_cdf((1 + confidence_of(looked_at)) / 2) / 2


def _times(inside: NDArray[np.int64], n: int, spreads: Sequence[float]) -> Times:
    if not n:
        return Times(0)
    ranks = (-(-n // 2), -(-9 * n // 10), *(end for one in spreads for end in _ends(n, one)))
    half, ninth, low, high, *among = (int(inside[rank - 1]) for rank in ranks)
    return Times(n, half, ninth, low, high, (among[0], among[1]) if among else None)


def _ends(n: int, spread: float) -> tuple[int, int]:
    reach = spread * math.sqrt(n)
    return max(1, math.floor(n / 2 - reach)), min(n, math.ceil(n / 2 + reach) + 1)
