"""Of many times the half and the ninth tenth, group by group. Pure.

The k-th smallest is told, exactly, by sorting; nothing is estimated.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from .intervals import CONFIDENCE, share

SPREAD = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) / 2
"""The ends of the half's interval lie at the ranks n/2 ± z·√n/2, taken outwards (Conover 1999)."""
LEAST, BITS = -(2**31), 33
"""No time is shorter, and none longer than 2³¹ seconds."""


@dataclass(frozen=True, slots=True)
class Times:
    """So many seconds half of `n` took at most, and nine in ten; `low` and `high` are the ends of
    the half's interval. None of nobody."""

    n: int
    median: int | None = None
    ninth: int | None = None
    low: int | None = None
    high: int | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to say anything."""
        return share(0, self.n).is_enough


def ranked(groups: NDArray[np.int64], seconds: NDArray[np.int64], count: int) -> list[Times]:
    """The times of each of `count` groups, numbered from 0 on."""
    inside = (groups << BITS) + (seconds - LEAST)
    inside.sort()
    inside &= (1 << BITS) - 1
    made, start = [], 0
    for n in np.bincount(groups, minlength=count).tolist():
        made.append(_times(inside[start : start + n], n))
        start += n
    return made


def _times(inside: NDArray[np.int64], n: int) -> Times:
    if not n:
        return Times(0)
    ranks = (
        -(-n // 2),
        -(-9 * n // 10),
        max(1, math.floor(n / 2 - SPREAD * math.sqrt(n))),
        min(n, math.ceil(n / 2 + SPREAD * math.sqrt(n)) + 1),
    )
    return Times(n, *(int(inside[rank - 1]) + LEAST for rank in ranks))
