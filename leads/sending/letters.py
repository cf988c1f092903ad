"""Mail to people.

Before anything is claimed, what quiet hours held is brought together. A letter is claimed by moving
its next attempt ahead, so that two workers do not send it side by side and one that died leaves it
to be sent again.
"""

import datetime as dt
import logging
import smtplib
import time
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from handoff import statements
from leads.models import Message

from .composing import compose
from .gathering import gather
from .quiet import held_until
from .schedule import HELD, after_failure, hold

log = logging.getLogger(__name__)

BATCH = 5
"""So few at once that they are sent, or have failed, before their claim runs out."""

INVITATION = "text/calendar"
"""Some mail programs look for it among the alternatives, others among the files."""

LONGEST_RUN = 15.0
"""Seconds after which no more letters are claimed."""

CLAIM = """
UPDATE leads_message SET attempts = attempts + 1, next_attempt_at = %s WHERE id IN (
    SELECT id FROM leads_message
    WHERE state = 'waiting' AND channel = 'email' AND next_attempt_at <= %s
    ORDER BY next_attempt_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id"""


def send_due(*, at: dt.datetime) -> tuple[int, int]:
    """Send the letters that are due at `at`: how many went out, how many failed. What is left after
    a while waits for the next sweep, so that no claim made at `at` runs out meanwhile."""
    sent = failed = 0
    connection, ends = get_connection(), time.monotonic() + LONGEST_RUN
    gather((Message.Channel.EMAIL,), at=at)
    while ids := [row[0] for row in statements.fetch(CLAIM, [at + HELD, at, BATCH])]:
        for letter in Message.objects.filter(pk__in=ids).select_related("recipient", "lead"):
            until = held_until(letter, at=at)
            if until is not None:
                hold(letter, until)
            elif _send(letter, connection, at=at):
                sent += 1
            else:
                failed += 1
        if time.monotonic() > ends:
            break
    connection.close()
    return sent, failed


def _send(letter: Message, connection: BaseEmailBackend, *, at: dt.datetime) -> bool:
    claimed = Message.objects.filter(pk=letter.pk, state=Message.State.WAITING)
    try:
        connection.open()
        _mail(letter, connection)
    except (smtplib.SMTPException, OSError) as error:
        log.warning("letter %s was not sent: %s", letter.pk, error)
        connection.close()
        claimed.update(**_after(letter, error, at=at))
        return False
    claimed.update(state=Message.State.SENT, sent_at=at, error="")
    return True


def _mail(letter: Message, connection: BaseEmailBackend) -> None:
    if letter.recipient is None:
        raise OSError("nobody to write to")
    made = compose(letter)
    mail = EmailMultiAlternatives(
        subject=made.subject,
        body=made.text,
        to=[letter.recipient.email],
        headers=made.headers,
        connection=connection,
    )
    mail.attach_alternative(made.html, "text/html")
    for one in made.attachments:
        if one.type.startswith(INVITATION):
            mail.attach_alternative(one.text, one.type)
        mail.attach(one.name, one.text, one.type)
    mail.send()


def _after(letter: Message, error: Exception, *, at: dt.datetime) -> dict[str, Any]:
    """What becomes of a letter that failed: refused for good it is given up at once, everything
    else is tried again."""
    told = f"{type(error).__name__}: {error}"
    if not is_for_good(error):
        return after_failure(letter, told, at=at)
    return {"error": told[:2000], "state": Message.State.DEAD, "next_attempt_at": None}


def is_for_good(error: Exception) -> bool:
    """Whether the other side said (5xx) that it takes this letter never, to this address or of this
    content. A sender or sign-in it refuses is our setting to mend, so those are tried again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600
