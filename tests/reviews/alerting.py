"""What tests of alerts need: hand-overs of a source, answered by sales."""

import datetime as dt
from typing import Any

from leads.models import Handoff
from reviews.models import Alert
from tests import factories as make
from tests.factories import MONDAY

DAY = dt.timedelta(days=1)
NOW = MONDAY + 2 * DAY


def answered(
    rejected: int,
    accepted: int,
    *,
    source: str | None = "webinar",
    fit: float = 80.0,
    days: float = 1,
    **columns: Any,
) -> list[Handoff]:
    """So many hand-overs of a source, made two days and answered `days` before NOW."""
    made_at = NOW - (days + 1) * DAY
    ended = NOW - days * DAY
    no = {"rejected": True, "ended_at": ended, **columns}
    yes = {"state": "accepted", "accepted_at": ended, **columns}
    shapes = [no] * rejected + [yes] * accepted
    return [_handed(source, fit, made_at, shape) for shape in shapes]


def _handed(source: str | None, fit: float, made_at: dt.datetime, shape: dict[str, Any]) -> Handoff:
    judgement = make.JudgementFactory(source=source, fit=fit)
    return make.HandoffFactory(
        judgement=judgement, lead=judgement.lead, made_at=made_at, triggered_at=made_at, **shape
    )


def an_alert(**columns: Any) -> Alert:
    """An open alert of Webinar, as the worker keeps it."""
    figures = {"threshold": 25, "days": 28, "rejected": 41, "answered": 100}
    figures |= {"low": 0.319, "high": 0.508}
    opened = {f"opened_{name}": value for name, value in figures.items()}
    known = {"dimension": "source", "key": "webinar", "name": "Webinar"}
    moments = {"opened_at": NOW - DAY, "looked_at": NOW}
    return Alert.objects.create(**{**known, **figures, **opened, **moments, **columns})
