"""What a joint review is told of alerts: those that opened since the one before."""

import datetime as dt
from typing import Any

from reviews.models import Alert

from .telling import sentence

MOST = 6


def opened(since: dt.datetime, until: dt.datetime) -> list[dict[str, Any]]:
    """Alerts that opened in a time, the latest first, each as a meeting keeps it: what it said
    then, and how it stands."""
    found = Alert.objects.filter(opened_at__gte=since, opened_at__lt=until)
    return [
        {"says": sentence(one), "stands": stands(one), "path": one.get_absolute_url()}
        for one in found.select_related("acknowledged_by")[:MOST]
    ]


def stands(alert: Alert) -> str:
    """“Open, Lena looks after it”, “Closed”."""
    if not alert.is_open:
        return "Closed by itself"
    if alert.acknowledged_by:
        return f"Open, {alert.acknowledged_by} looks after it"
    return "Open, nobody looks after it yet"
