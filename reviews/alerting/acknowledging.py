"""Saying of an alert that somebody looks after it."""

import datetime as dt

from handoff.models import User
from handoff.permissions import may_acknowledge_alerts
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.models import Alert


def acknowledge(alert_id: int, *, note: str, actor: User, at: dt.datetime) -> Alert:
    """Note what is done about an open alert; it stays open until its share falls. Raises
    NotAllowed, Invalid, Conflict and Alert.DoesNotExist."""
    if not may_acknowledge_alerts(actor):
        raise NotAllowed("Managers and marketing operations look after alerts.")
    if not note.strip():
        raise Invalid("note", "Say what is done about it.")
    fresh = Alert.objects.filter(pk=alert_id, closed_at=None, acknowledged_at=None)
    kept = {"acknowledged_at": at, "acknowledged_by": actor, "note": note.strip()}
    if not fresh.update(**kept):
        found = Alert.objects.select_related("acknowledged_by").get(pk=alert_id)
        if found.acknowledged_by:
            raise Conflict(f"{found.acknowledged_by} looks after it already.")
        raise Conflict("It has closed meanwhile.")
    return Alert.objects.get(pk=alert_id)
