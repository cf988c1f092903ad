"""Announcing: the letters that follow from what happened, written in the same transaction.

Nothing is sent here; `leads.sending` posts what is written. `once` names a letter, so that the
same one is never written twice.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from handoff import statements
from leads.models import Message

COLUMNS = {
    "id": "uuid",
    "once": "text",
    "channel": "text",
    "kind": "text",
    "recipient_id": "bigint",
    "url": "text",
    "lead_id": "bigint",
    "handoff_id": "bigint",
    "subject": "text",
    "body": "jsonb",
    "state": "text",
    "attempts": "smallint",
    "next_attempt_at": "timestamptz",
    "written_at": "timestamptz",
    "sent_at": "timestamptz",
    "error": "text",
}

TO_A_PERSON = (Message.Channel.IN_APP, Message.Channel.EMAIL)


@dataclass(frozen=True)
class Letter:
    """One thing to tell one person, in the application and by email. `about` names the occasion."""

    kind: str
    about: str
    recipient_id: int
    subject: str
    at: dt.datetime
    lead_id: int | None = None
    handoff_id: int | None = None
    body: dict[str, Any] = field(default_factory=dict)


def announce(letters: Iterable[Letter]) -> None:
    """Write the letters into the outbox; those written before are passed over."""
    rows = [_row(letter, channel) for letter in letters for channel in TO_A_PERSON]
    statements.insert("leads_message", COLUMNS, rows, on_conflict="(once) DO NOTHING")


def _row(letter: Letter, channel: Message.Channel) -> tuple[Any, ...]:
    shown = channel == Message.Channel.IN_APP
    return (
        uuid.uuid4(),
        f"{letter.kind}:{letter.about}:{channel}:{letter.recipient_id}",
        channel.value,
        letter.kind,
        letter.recipient_id,
        "",
        letter.lead_id,
        letter.handoff_id,
        letter.subject,
        statements.dumps(letter.body),
        Message.State.SENT.value if shown else Message.State.WAITING.value,
        0,
        None if shown else letter.at,
        letter.at,
        letter.at if shown else None,
        "",
    )
