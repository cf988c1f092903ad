"""Writing down what happened: event rows, chained per lead.

Source: design.md §3 "History". Whoever records has locked the lead's row before (matching does,
and `states.lock`), so that two writers never take the same place in the chain.
"""

import datetime as dt
import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff import statements
from handoff.models import User
from leads.models import Event

from .relaying import RETURNED, also_relay, is_anybody_told

START = "0" * 64
COLUMNS = {
    "lead_id": "bigint",
    "seq": "integer",
    "at": "timestamptz",
    "kind": "text",
    "handoff_id": "bigint",
    "actor_id": "bigint",
    "by": "text",
    "body": "jsonb",
    "salt": "text",
    "body_digest": "text",
    "digest": "text",
}

AND_RELAY = also_relay(
    statements.insert_sql("leads_event", tuple(COLUMNS.items()), returning=RETURNED)
)


@dataclass(frozen=True)
class Happening:
    """One thing that happened, not yet written. `actor` None: the machine, told apart by `by`."""

    lead_id: int
    kind: str
    at: dt.datetime
    handoff_id: int | None = None
    actor: User | None = None
    by: str = ""
    body: dict[str, Any] = field(default_factory=dict)


def record(
    happenings: Sequence[Happening],
    *,
    first_of: Collection[int] = (),
    webhooks: bool | None = None,
) -> None:
    """Append the happenings to their leads' chains, in the order given, and tell the webhooks.

    `first_of`: leads known to have no event yet, whose chain need not be read.
    `webhooks`: whether there are any, where the caller has asked in this transaction.
    """
    if not happenings:
        return
    known = {happening.lead_id for happening in happenings}.difference(first_of)
    heads = defaultdict(lambda: (0, START), _heads(known))
    rows = []
    for happening in happenings:
        seq, previous = heads[happening.lead_id]
        row = _row(happening, seq + 1, previous)
        heads[happening.lead_id] = (seq + 1, row[-1])
        rows.append(row)
    if is_anybody_told() if webhooks is None else webhooks:
        statements.execute(AND_RELAY, [list(column) for column in zip(*rows, strict=True)])
    else:
        statements.insert("leads_event", COLUMNS, rows)


def _row(happening: Happening, seq: int, previous: str) -> tuple[Any, ...]:
    """The columns of an event, its digest last."""
    body, salt = statements.dumps(happening.body), secrets.token_hex(8)
    body_digest = digest_of_body(salt, body)
    actor_id = happening.actor.pk if happening.actor else None
    told = (happening.at, happening.kind, happening.handoff_id, actor_id, happening.by)
    digest = digest_of_row(previous, happening.lead_id, seq, *told, body_digest)
    return (happening.lead_id, seq, *told, body, salt, body_digest, digest)


def _heads(lead_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    wanted = list(lead_ids)
    if not wanted:
        return {}
    rows = statements.fetch(
        "SELECT asked.id, e.seq, e.digest FROM unnest(%s::bigint[]) AS asked(id) CROSS JOIN LATERAL"
        " (SELECT seq, digest FROM leads_event WHERE lead_id = asked.id"
        " ORDER BY seq DESC LIMIT 1) e",
        [wanted],
    )
    return {lead_id: (seq, digest) for lead_id, seq, digest in rows}


def digest_of_body(salt: str, body: str) -> str:
    """SHA-256, hex, of the salted JSON text of a body."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def digest_of_row(previous: str, *columns: Any) -> str:
    """SHA-256, hex, over the digest before and a row's own columns; times in UTC."""
    parts = [
        column.astimezone(dt.UTC).isoformat() if isinstance(column, dt.datetime) else str(column)
        for column in columns
    ]
    return hashlib.sha256("\n".join((previous, *parts)).encode()).hexdigest()


def broken_links(lead_id: int) -> list[int]:
    """Places of a lead's chain that do not follow from the row before; empty when it holds.

    A row whose body was erased (no salt) is checked by its digest alone.
    """
    broken, previous = [], START
    for event in Event.objects.filter(lead=lead_id).order_by("seq"):
        expected = digest_of_row(
            previous,
            event.lead_id,
            event.seq,
            event.at,
            event.kind,
            event.handoff_id,
            event.actor_id,
            event.by,
            event.body_digest,
        )
        body = statements.dumps(event.body)
        rewritten = bool(event.salt) and digest_of_body(event.salt, body) != event.body_digest
        if expected != event.digest or rewritten:
            broken.append(event.seq)
        previous = event.digest
    return broken
