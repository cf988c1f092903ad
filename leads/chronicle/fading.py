"""What intent is worth at a later moment, and what changed it.

Whatever somebody does is judged anew, so between two judgements nothing but time passes: the parts
of the latest one fade, each by its own half-life (contracts.md §3 "Scores"). The law itself is one
SQL statement (`handoff.rules.compile`), and a test holds this against it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handoff.labels import document_of
from leads.models import Judgement

DAY = 86_400.0
LIMIT = "_limit"
"""The part that carries what clamping and rounding leave over."""
LEAST, LEAST_WHOLE = 0.05, 1.0
"""The least differences that show at one decimal, and where scores are whole numbers."""

Points = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an intent between a hand-over (`then`) and a later moment (`now`): what
    `faded`, what came as `new`; `parts` are the points of the later moment, by row."""

    then: float
    now: float
    faded: float
    new: float
    parts: Points

    @property
    def shows(self) -> bool:
        return abs(self.now - self.then) >= LEAST

    @property
    def whole(self) -> float | None:
        """What it is worth now, where that differs by a point or more."""
        return self.now if abs(self.now - self.then) >= LEAST_WHOLE else None


def since(judgement: Judgement, latest: Judgement, *, at: dt.datetime) -> Change:
    """What became `at` a moment of the intent a lead was handed over with (`judgement`), by its
    `latest` judgement."""
    then = _counted(judgement.intent_parts)
    document = document_of(latest.version_id)
    now = faded(latest.intent_parts, document, since=latest.as_of, at=at)
    moved = [now.get(key, 0.0) - then.get(key, 0.0) for key in {*then, *now}]
    total = judgement.intent + _clamped(sum(now.values())) - _clamped(sum(then.values()))
    return Change(
        judgement.intent,
        _clamped(total),
        faded=-sum(points for points in moved if points < 0),
        new=sum(points for points in moved if points > 0),
        parts=now,
    )


def faded(
    parts: Points, document: Mapping[str, Any], *, since: dt.datetime, at: dt.datetime
) -> dict[str, float]:
    """The points of an intent's `parts`, as judged by a definition's `document`, at a later
    moment."""
    days = max(0.0, (at - since).total_seconds() / DAY)
    halves = {row["key"]: row.get("half_life_days") for row in document.get("signals", ())}
    return {
        key: points * 0.5 ** (days / half) if (half := halves.get(key)) else points
        for key, points in _counted(parts).items()
    }


def _counted(parts: Points) -> dict[str, float]:
    return {key: points for key, points in parts.items() if key != LIMIT}


def _clamped(score: float) -> float:
    return min(100.0, max(0.0, score))
