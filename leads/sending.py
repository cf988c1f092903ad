"""Posting what the outbox holds: at least once, later each time it fails, never for ever.

Source: trust.md, attempts at 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. A letter is
claimed by moving its next attempt ahead, so that two workers do not send it side by side and one
that died leaves it to be sent again.
"""

import datetime as dt
import logging
import random
import smtplib
import zoneinfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from handoff import statements
from leads.models import Message

log = logging.getLogger(__name__)

WAITS = (
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=14),
    dt.timedelta(hours=20),
    dt.timedelta(hours=24),
)
"""How long after a failed attempt the next follows; after the last the letter is given up."""

BATCH = 100

CLAIM = """
UPDATE leads_message SET attempts = attempts + 1, next_attempt_at = %s WHERE id IN (
    SELECT id FROM leads_message WHERE state = 'waiting' AND next_attempt_at <= %s
    ORDER BY next_attempt_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id"""

HELD = dt.timedelta(minutes=2)


def send_due(*, at: dt.datetime) -> tuple[int, int]:
    """Send the letters that are due at `at`: how many went out, how many failed."""
    sent = failed = 0
    while ids := [row[0] for row in statements.fetch(CLAIM, [at + HELD, at, BATCH])]:
        letters = Message.objects.filter(pk__in=ids).select_related("recipient")
        with get_connection() as connection:
            for letter in letters:
                if _send(letter, connection, at=at):
                    sent += 1
                else:
                    failed += 1
    return sent, failed


def _send(letter: Message, connection: BaseEmailBackend, *, at: dt.datetime) -> bool:
    try:
        _mail(letter, connection)
    except (smtplib.SMTPException, OSError) as error:
        _put_off(letter, f"{type(error).__name__}: {error}", at=at)
        return False
    Message.objects.filter(pk=letter.pk).update(state=Message.State.SENT, sent_at=at, error="")
    return True


def _mail(letter: Message, connection: BaseEmailBackend) -> None:
    if letter.recipient is None:
        raise OSError("nobody to write to")
    path = f"/leads/{letter.lead_id}/" if letter.lead_id else "/"
    context = {
        "letter": letter,
        "body": {**letter.body, "due_words": _due_words(letter)},
        "address": f"{settings.BASE_URL.rstrip('/')}{path}",
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split())[:200],
        body=render_to_string("email/letter.txt", context),
        to=[letter.recipient.email],
        headers={"Message-ID": f"<{letter.pk}@handoff>", "X-Handoff-Kind": letter.kind},
        connection=connection,
    )
    mail.attach_alternative(render_to_string("email/letter.html", context), "text/html")
    mail.send()


def _due_words(letter: Message) -> str:
    """The deadline as the recipient reads it: which clock, when, in their zone."""
    due = letter.body.get("due")
    if not due or letter.recipient is None:
        return ""
    zone = zoneinfo.ZoneInfo(letter.recipient.zone_name() or "UTC")
    moment = dt.datetime.fromisoformat(due).astimezone(zone)
    clock = str(letter.body.get("clock", "")).replace("_", " ")
    return f"{clock} by {moment:%a %d %b, %H:%M} ({zone.key})".strip()


def _put_off(letter: Message, error: str, *, at: dt.datetime) -> None:
    log.warning("letter %s was not sent: %s", letter.pk, error)
    gone = letter.attempts > len(WAITS)
    wait = WAITS[min(letter.attempts, len(WAITS)) - 1] * random.uniform(0.9, 1.1)  # noqa: S311
    Message.objects.filter(pk=letter.pk).update(
        error=error[:2000],
        state=Message.State.DEAD if gone else Message.State.WAITING,
        next_attempt_at=None if gone else at + wait,
    )


def send_again(letter: Message, *, at: dt.datetime) -> None:
    """Give a letter that was given up another round of attempts."""
    Message.objects.filter(pk=letter.pk, state=Message.State.DEAD).update(
        state=Message.State.WAITING, attempts=0, next_attempt_at=at, error=""
    )
