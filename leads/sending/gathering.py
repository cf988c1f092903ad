"""What quiet hours held back, brought together: several messages for one reader and one channel
become one when they may go.

Whoever sends calls `gather` first, at the same moment: so what is due together is never claimed one
by one. The rows are locked, not skipped; a second worker finds them gathered. A letter with a file
goes by itself.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import transaction

from leads.models import Message
from leads.wording import subjects
from leads.wording.kinds import GATHERED

from . import chat
from .quiet import held_until

RELATED = ("webhook__team__calendar", "recipient")


def gather(channels: Sequence[Message.Channel], *, at: dt.datetime) -> int:
    """Bring together what was held and may go at `at`; how many letters were written for it."""
    due = Message.objects.held().filter(channel__in=channels, held_until__lte=at)
    due = due.exclude(body__has_key="attachments")
    if not due.order_by().exists():
        return 0
    with transaction.atomic():
        rows = due.select_related(*RELATED).select_for_update(of=("self",))
        found = rows.order_by("channel", "recipient", "webhook", "written_at", "pk")
        groups = [list(group) for _, group in groupby(found, key=_reader)]
        return sum(_brought_together(group, at=at) for group in groups)


def _reader(message: Message) -> tuple[Any, ...]:
    return message.channel, message.recipient_id, message.webhook_id


def _brought_together(group: list[Message], *, at: dt.datetime) -> bool:
    """One letter for several. A single one goes by itself, and so does each while it is quiet."""
    if len(group) < 2 or held_until(group[0], at=at) is not None:
        return False
    first = group[0]
    zone = chat.zone_of(first)
    letter = Message.objects.create(
        once=f"{GATHERED}:{first.pk}",
        channel=first.channel,
        kind=GATHERED,
        webhook=first.webhook,
        recipient=first.recipient,
        subject=subjects.gathered(len(group)),
        body={"letters": [_told(one, zone) for one in group]},
        next_attempt_at=at,
        written_at=at,
    )
    ids = [one.pk for one in group]
    values = {"state": Message.State.GATHERED, "sent_in": letter, "next_attempt_at": None}
    Message.objects.filter(pk__in=ids).update(**values)
    return True


def _told(message: Message, zone: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "subject": message.subject,
        "path": message.path,
        "at": message.written_at.isoformat(),
        "why": message.body.get("why") or "",
    }
    if message.channel == Message.Channel.CHAT:
        told["text"] = chat.line_of(message, zone=zone)
    return told
