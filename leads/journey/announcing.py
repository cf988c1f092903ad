"""Announcing: the letters that follow from what happened, written in the same transaction.

Nothing is sent here; `leads.sending` posts what is written. `once` names a letter, so that the
same one is never written twice. The statement that writes them asks what each reader switched on
or off; what nobody wants is not written, and nothing goes outside to a person who left.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from handoff import statements
from leads.models import Message
from leads.wording.kinds import kind_of

ASKED = {
    "kind": "text",
    "about": "text",
    "channel": "text",
    "by_itself": "boolean",
    "stays": "boolean",
    "recipient_id": "bigint",
    "lead_id": "bigint",
    "handoff_id": "bigint",
    "subject": "text",
    "body": "text",
    "at": "timestamptz",
}

WRITE = f"""
INSERT INTO leads_message (id, once, channel, kind, webhook_id, recipient_id, lead_id, handoff_id,
    subject, body, state, attempts, next_attempt_at, written_at, sent_at, error)
SELECT gen_random_uuid(), g.kind || ':' || g.about || ':' || g.channel || ':' || g.recipient_id,
    g.channel, g.kind, w.id, g.recipient_id, g.lead_id, g.handoff_id, g.subject, g.body::jsonb,
    CASE g.channel WHEN 'in_app' THEN 'sent' ELSE 'waiting' END, 0,
    CASE g.channel WHEN 'in_app' THEN NULL ELSE g.at END, g.at,
    CASE g.channel WHEN 'in_app' THEN g.at END, ''
FROM unnest({", ".join(f"%s::{kind}[]" for kind in ASKED.values())}) AS g ({", ".join(ASKED)})
JOIN handoff_user u ON u.id = g.recipient_id
LEFT JOIN leads_preference p ON p.user_id = g.recipient_id
LEFT JOIN leads_webhook w ON w.person_id = g.recipient_id AND w.active AND g.channel = 'chat'
WHERE (g.stays OR g.by_itself <> coalesce(g.kind || ':' || g.channel = ANY(p.changed), false))
    AND (g.channel <> 'chat' OR w.id IS NOT NULL) AND (g.channel = 'in_app' OR u.is_active)
ON CONFLICT (once) DO NOTHING"""


@dataclass(frozen=True)
class Letter:
    """One thing to tell one person, wherever they want to hear of it. `about` names the
    occasion."""

    kind: str
    about: str
    recipient_id: int
    subject: str
    at: dt.datetime
    lead_id: int | None = None
    handoff_id: int | None = None
    body: dict[str, Any] = field(default_factory=dict)


def announce(letters: Iterable[Letter]) -> None:
    """Write the letters into the outbox, one message for each channel their reader has on; those
    written before are passed over."""
    rows = [row for letter in letters for row in _rows(letter)]
    if rows:
        statements.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])


def _rows(letter: Letter) -> Iterable[tuple[Any, ...]]:
    kind, body = kind_of(letter.kind), statements.dumps(letter.body)
    for channel in kind.offered:
        yield (
            letter.kind,
            letter.about,
            Message.Channel(channel).value,
            channel in kind.by_itself,
            kind.stays and channel == "in_app",
            letter.recipient_id,
            letter.lead_id,
            letter.handoff_id,
            letter.subject,
            body,
            letter.at,
        )
