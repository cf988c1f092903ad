"""When what could not be sent is tried again.

Source: trust.md, attempts at 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, with jitter.
"""

import datetime as dt
import random
from typing import Any

from leads.models import Message
from leads.models.message import MessageQuerySet

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
"""How long after a failed attempt the next follows; after the last the message is given up."""

LONGEST = WAITS[-1]
HELD = dt.timedelta(minutes=2)
"""For how long a claimed message is nobody else's: longer than any attempt may take."""


def after_failure(
    message: Message, error: str, *, at: dt.datetime, not_before: dt.timedelta | None = None
) -> dict[str, Any]:
    """The columns of a message whose latest attempt failed at `at`. `not_before`: what the other
    side asked us to wait, honoured up to a day."""
    gone = message.attempts > len(WAITS)
    wait = WAITS[min(message.attempts, len(WAITS)) - 1] * random.uniform(0.9, 1.1)  # noqa: S311
    if not_before is not None:
        wait = max(wait, min(not_before, LONGEST))
    return {
        "error": error[:2000],
        "state": Message.State.DEAD if gone else Message.State.WAITING,
        "next_attempt_at": None if gone else at + wait,
    }


def hold(message: Message, until: dt.datetime) -> bool:
    """Put a claimed message back until quiet hours are over, as if it had not been tried; whether
    it still waited."""
    waiting = Message.objects.filter(pk=message.pk, state=Message.State.WAITING)
    attempts = max(0, message.attempts - 1)
    return bool(waiting.update(attempts=attempts, next_attempt_at=until, held_until=until))


def send_again(messages: MessageQuerySet, *, at: dt.datetime) -> int:
    """Give what was given up, or was sent before, another round of attempts under the same id; how
    many. What is told inside the application only is left alone."""
    over = (Message.State.DEAD, Message.State.SENT)
    again = messages.filter(state__in=over).exclude(channel=Message.Channel.IN_APP)
    return again.order_by().update(
        state=Message.State.WAITING, attempts=0, next_attempt_at=at, error=""
    )
