"""The half, the ninth tenth and the ends of the half's interval are the values at their ranks."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reviews.measures.ranking import Times, ranked, spread_of

SECONDS = st.integers(-(2**31) + 1, 2**31 - 1)
FEW = st.lists(st.lists(SECONDS | st.integers(-2, 2), max_size=60), min_size=1, max_size=5)


def by_hand(values, looked_at=1):
    """Each rank looked up in the sorted values, counted from 1."""
    inside, n = sorted(values), len(values)
    if not n:
        return Times(0)
    upto = range(1, n + 1)
    half = next(rank for rank in upto if 2 * rank >= n)
    ninth = next(rank for rank in upto if 10 * rank >= 9 * n)
    among = ends(inside, spread_of(looked_at)) if looked_at > 1 else None
    return Times(n, inside[half - 1], inside[ninth - 1], *ends(inside, spread_of(1)), among)


def ends(inside, spread):
    n = len(inside)
    reach, upto = spread * math.sqrt(n), range(1, n + 1)
    low = next(rank for rank in upto if rank >= math.floor(n / 2 - reach))
    high = next((rank for rank in upto if rank > math.ceil(n / 2 + reach)), n)
    return inside[low - 1], inside[high - 1]


@given(groups=FEW, looked_at=st.integers(1, 9), dice=st.randoms(use_true_random=False))
def test_of_each_group_by_itself_whatever_the_order(groups, looked_at, dice):
    rows = [(place, value) for place, values in enumerate(groups) for value in values]
    dice.shuffle(rows)
    columns = np.array(rows, np.int64).reshape(len(rows), 2)
    found = ranked(columns[:, 0], columns[:, 1], len(groups), looked_at=looked_at)
    assert found == [by_hand(one, looked_at) for one in groups]
