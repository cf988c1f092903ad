"""How well a score tells, on hand-overs that it never saw.

AUC by ranks, ties counted half; its variance, and that of the difference of two on the same cases,
as DeLong, DeLong and Clarke-Pearson 1988; the interval of one is made of log odds, so that it stays
within 0 and 1. Bands are fifths of what was expected.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from reviews.measures.intervals import CONFIDENCE

from .adjusted import Vector
from .results import Auc, Band

BANDS = 5
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


def auc(scores: Vector, yes: NDArray[np.bool_]) -> Auc:
    """The AUC with its interval. There must be some of either."""
    above, below = _placements(scores, yes)
    value = float(above.mean())
    counts = len(above), len(below)
    error = np.sqrt(_variance(above) / len(above) + _variance(below) / len(below))
    if not 0 < value < 1 or error == 0:
        return Auc(value, value, value, *counts)
    middle, half = np.log(value / (1 - value)), Z * error / (value * (1 - value))
    low, high = (float(1 / (1 + np.exp(-end))) for end in (middle - half, middle + half))
    return Auc(value, low, high, *counts)


def better(before: Vector, after: Vector, yes: NDArray[np.bool_]) -> tuple[float, float, float]:
    """How much more the AUC of the second is than that of the first, and the interval."""
    was, now = _placements(before, yes), _placements(after, yes)
    value = float(now[0].mean() - was[0].mean())
    above, below = (one - other for one, other in zip(now, was, strict=True))
    half = Z * float(np.sqrt(_variance(above) / len(above) + _variance(below) / len(below)))
    return value, value - half, value + half


def bands(expected: Vector) -> NDArray[np.int16]:
    """Which band each belongs to, from 0; those of one expectation stay together."""
    if not len(expected):
        return np.empty(0, dtype=np.int16)
    edges = np.unique(np.quantile(expected, np.arange(1, BANDS) / BANDS))
    place = np.searchsorted(edges, expected, side="right")
    _, dense = np.unique(place, return_inverse=True)
    return dense.astype(np.int16)


def in_bands(
    places: NDArray[np.int16], expected: Vector, yes: NDArray[np.bool_]
) -> tuple[Band, ...]:
    """The bands, the least expected of first."""
    found = []
    for place in range(int(places.max(initial=-1)) + 1):
        here = places == place
        found.append(Band(float(expected[here].mean()), int(yes[here].sum()), int(here.sum())))
    return tuple(found)


def _placements(scores: Vector, yes: NDArray[np.bool_]) -> tuple[Vector, Vector]:
    """Of each that came to the outcome, the part of the others it is above; and the reverse."""
    ranks = _ranks(scores)
    positives, negatives = scores[yes], scores[~yes]
    above = (ranks[yes] - _ranks(positives)) / len(negatives)
    below = 1 - (ranks[~yes] - _ranks(negatives)) / len(positives)
    return above, below


def _ranks(values: Vector) -> Vector:
    """Ranks from 1, those of ties their mean."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Vector = ((last - counts + 1 + last) / 2)[place]
    return ranks


def _variance(values: Vector) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
