"""How sure a share is, and a difference of shares. Pure.

Wilson's score interval for one share (Wilson 1927) and Newcombe's hybrid of two of them for a
difference (Newcombe 1998, method 10); both hold for small numbers and near 0 and 1, and for one
look. `lasting` holds for any number of looks.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

LEAST = 20
"""Under so many cases a share is not worth saying."""

CONFIDENCE = 0.95

HALVINGS = 40
"""So often is the stretch halved in which a bound is looked for."""


def confidence_of(looked_at: int) -> float:
    """How sure each of so many intervals must be, for all of them to hold at once at CONFIDENCE
    (Bonferroni)."""
    return 1 - (1 - CONFIDENCE) / looked_at


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n`, with its interval; all as parts of one. Of nobody the interval is 0 to 1."""

    count: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        return self.count / self.n if self.n else None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to say anything."""
        return self.n >= LEAST


@dataclass(frozen=True, slots=True)
class Difference:
    """The second share less the first, with its interval."""

    value: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether chance alone hardly explains it."""
        return self.low > 0 or self.high < 0


def share(count: int, n: int, *, confidence: float = CONFIDENCE) -> Share:
    """A share with Wilson's interval at `confidence`, both sides together.

    Raises ValueError where `count` is not among `n`: the two were counted of different things.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no share: what is counted must be among the {n}.")
    if n == 0:
        return Share(0, 0, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    part, spread = count / n, z * z / n
    middle = (part + spread / 2) / (1 + spread)
    half = z * math.sqrt(part * (1 - part) / n + spread / (4 * n)) / (1 + spread)
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == n else min(1.0, middle + half)
    return Share(count, n, low, high)


def lasting(count: int, n: int, *, confidence: float = CONFIDENCE) -> Share:
    """A share with an interval that holds at every look at once, for whoever looks again and again.

    The confidence sequence of a beta-binomial mixture (Ville 1939, Robbins 1970): all p for which
    (n + 1) · C(n, count) · p^count · (1 − p)^(n − count) > 1 − confidence. Of endless series of
    cases, each independently counted with the same chance, at most 1 − confidence ever leave that
    chance outside. Wider than `share`, whose interval holds for one look. Raises ValueError as
    `share` does.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no share: what is counted must be among the {n}.")
    if n == 0:
        return Share(0, 0, 0.0, 1.0)
    ways = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
    least = math.log(1 - confidence) - math.log(n + 1) - ways

    def is_held(p: float) -> bool:
        return count * math.log(p) + (n - count) * math.log1p(-p) > least

    part = count / n
    low = 0.0 if count == 0 else _edge(is_held, 0.0, part)
    high = 1.0 if count == n else _edge(is_held, 1.0, part)
    return Share(count, n, low, high)


def _edge(is_held: Callable[[float], bool], outside: float, inside: float) -> float:
    """Where `is_held` turns between the two; the outer of the last two points."""
    for _ in range(HALVINGS):
        middle = (outside + inside) / 2
        if is_held(middle):
            inside = middle
        else:
            outside = middle
    return outside


def shift(kept: Share, left: Share, came: Share) -> Difference | None:
    """How much larger a share becomes where some cases leave, some come and the others are kept.

    The two shares are of mostly the same cases, so they are no independent samples: their
    difference is a weighted sum of the three groups, which are, and its interval is made of their
    intervals (Zou and Donner 2008). None where a share is of nobody.
    """
    before, after = kept.n + left.n, kept.n + came.n
    if not before or not after:
        return None
    weights = (kept.n / after - kept.n / before, -left.n / before, came.n / after)
    value, low, high = 0.0, 0.0, 0.0
    for weight, part in zip(weights, (kept, left, came), strict=True):
        ends = sorted((weight * part.low, weight * part.high))
        middle = weight * (part.value or 0.0)
        value += middle
        low = math.hypot(low, middle - ends[0])
        high = math.hypot(high, ends[1] - middle)
    return Difference(value, value - low, value + high)


def difference(before: Share, after: Share) -> Difference | None:
    """How much larger `after` is than `before`, by the intervals of both; None where one is of
    nobody."""
    if before.value is None or after.value is None:
        return None
    value = after.value - before.value
    low = math.hypot(after.value - after.low, before.high - before.value)
    high = math.hypot(after.high - after.value, before.value - before.low)
    return Difference(value, value - low, value + high)
