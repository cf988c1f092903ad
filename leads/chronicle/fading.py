"""What intent is worth at another moment, and what changed it.

The formula is that of contracts.md §3 "Scores"; the law itself is one SQL statement
(`handoff.rules.compile`), and a test holds this against it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leads.models import Touchpoint

DAY = 86_400.0
SHOWN = 0.05
"""The least difference that shows at one decimal."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a score between two moments: what `faded`, what came as `new`."""

    then: float
    now: float
    faded: float
    new: float

    @property
    def shows(self) -> bool:
        return abs(self.now - self.then) >= SHOWN


def worth(
    document: Mapping[str, Any],
    touchpoints: Iterable[Touchpoint],
    *,
    source: str,
    motion: str | None,
    at: dt.datetime,
) -> dict[str, float]:
    """Points of each signal row of a definition's `document` at a moment, by key, unrounded."""
    moments: dict[str, list[dt.datetime]] = {}
    for one in touchpoints:
        if one.occurred_at <= at and one.recorded_at <= at:
            moments.setdefault(one.signal, []).append(one.occurred_at)
    found = {}
    for row in document.get("signals", ()):
        mine = moments.get(row.get("signal") or row["key"])
        if mine and _holds(row, source, motion):
            found[row["key"]] = float(row["points"]) * _fresh(row, mine, at)
    return found


def change(
    then: Mapping[str, float], now: Mapping[str, float], *, kept: float, total: float
) -> Change:
    """From the intent `kept` at hand-over to `total` now. `then` and `now` are points by row: a row
    that lost has faded, one that gained has seen something new."""
    keys = {*then, *now}
    moved = [now.get(key, 0.0) - then.get(key, 0.0) for key in keys]
    return Change(
        kept,
        total,
        faded=-sum(points for points in moved if points < 0),
        new=sum(points for points in moved if points > 0),
    )


def clamped(points: Mapping[str, float]) -> float:
    """A score: the sum of its parts, between 0 and 100."""
    return min(100.0, max(0.0, sum(points.values())))


def _holds(row: Mapping[str, Any], source: str, motion: str | None) -> bool:
    sources = [one.casefold() for one in row.get("sources") or ()]
    wanted = row.get("motion")
    return (not sources or source.casefold() in sources) and (not wanted or wanted == motion)


def _fresh(row: Mapping[str, Any], moments: Sequence[dt.datetime], at: dt.datetime) -> float:
    """How many whole deeds a row's newest are worth, older ones halved as it says."""
    newest = sorted(moments, reverse=True)[: row.get("cap") or None]
    half_life = row.get("half_life_days")
    if not half_life:
        return float(len(newest))
    return sum(0.5 ** ((at - one).total_seconds() / (half_life * DAY)) for one in newest)
