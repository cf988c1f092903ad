"""Telling of alerts that opened: one letter for all of one look, and the webhooks that asked.

No alert is of one team, so a webhook that is told of one team's hand-overs only hears of none.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from handoff.models import User
from handoff.permissions import told_of_approvals
from leads import catalogue
from leads.journey import relaying
from leads.journey.announcing import Letter, announce
from leads.models import Message, Webhook
from leads.wording import subjects
from reviews.models import Alert, Meeting, Participant

KIND = "alert_opened"


def tell(opened: Sequence[Alert], *, at: dt.datetime) -> None:
    """Write of alerts, in the transaction in which they opened, to marketing operations and to
    whoever takes part in the next joint reviews."""
    if not opened:
        return
    announce(_letter(opened, reader, at) for reader in _readers())
    listening = Webhook.objects.told_of(catalogue.ALERT).of_every_team()
    letters = [_event(webhook, one, at) for webhook in listening for one in opened]
    Message.objects.bulk_create(letters, ignore_conflicts=True)


def _readers() -> list[int]:
    seats = Participant.objects.taking_part().filter(meeting__in=Meeting.objects.ahead())
    invited = User.objects.filter(is_active=True, pk__in=seats.values("user"))
    return sorted({*told_of_approvals(), *invited.values_list("pk", flat=True)})


def _letter(opened: Sequence[Alert], reader: int, at: dt.datetime) -> Letter:
    first = opened[0]
    many = len(opened) > 1
    return Letter(
        kind=KIND,
        about=str(first.pk),
        recipient_id=reader,
        subject=subjects.alert_opened([one.name for one in opened], threshold=first.threshold),
        at=at,
        body={
            "path": reverse("reviews:alerts") if many else first.get_absolute_url(),
            "lines": [{"says": sentence(one), "path": one.get_absolute_url()} for one in opened],
        },
    )


def sentence(alert: Alert) -> str:
    """What an alert says of the moment it opened."""
    share = alert.opened_rejected / alert.opened_answered
    return (
        f"{alert.name}: sales rejected {alert.opened_rejected:,} of {alert.opened_answered:,}"
        f" answered in {alert.opened_days} days, {share:.0%}"
        f" ({100 * alert.opened_low:.0f} to {100 * alert.opened_high:.0f}%)."
    )


def _event(webhook: Webhook, alert: Alert, at: dt.datetime) -> Message:
    letter = relaying.written(webhook, catalogue.ALERT, _data(alert), str(alert), at=at)
    letter.once = f"hook-{webhook.pk}:{catalogue.ALERT}:{alert.pk}"
    return letter


def _data(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.pk,
        "dimension": alert.dimension or None,
        "key": alert.key or None,
        "name": alert.name,
        "rejected": alert.opened_rejected,
        "answered": alert.opened_answered,
        "low": round(alert.opened_low, 4),
        "high": round(alert.opened_high, 4),
        "threshold": alert.opened_threshold / 100,
        "days": alert.opened_days,
        "definition": alert.version.number if alert.version else None,
    }
