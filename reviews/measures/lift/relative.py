"""With a clause against without it, nothing else held still."""

import dataclasses
import math
from statistics import NormalDist

from reviews.measures.intervals import CONFIDENCE

from .results import Relative


def relative(
    with_yes: int, with_n: int, without_yes: int, without_n: int, *, looked_at: int = 1
) -> Relative:
    """The relative risk with its interval by the log method (Katz 1978), widened for as many
    clauses as were `looked_at` (Bonferroni). An empty cell of those who came to the outcome, or
    nobody who did not, adds a half to every cell (Walter 1975). No value under the stated minimum.
    """
    plain = Relative(with_yes, with_n, without_yes, without_n)
    if not plain.is_enough:
        return plain
    is_filled = 0 in (with_yes, without_yes) or (with_yes, without_yes) == (with_n, without_n)
    more = 0.5 if is_filled else 0.0
    yes, n, other_yes, other_n = (
        count + more for count in (with_yes, with_n, without_yes, without_n)
    )
    middle = math.log(yes / n) - math.log(other_yes / other_n)
    spread = math.sqrt(1 / yes - 1 / n + 1 / other_yes - 1 / other_n)
    half = z_for(looked_at) * spread
    low, high = math.exp(middle - half), math.exp(middle + half)
    return dataclasses.replace(
        plain, value=math.exp(middle), low=low, high=high, is_filled=is_filled
    )


def z_for(looked_at: int) -> float:
    """How many standard errors an interval reaches, so that all of so many hold at once."""
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(looked_at, 1)))
