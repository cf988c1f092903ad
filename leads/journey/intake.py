"""Received: what came in is stored as it came, before anybody judges it, and then understood.

Source: contracts.md §2, “A lead in a request”. `store` is the first commit of the journey; it never
depends on rules. `understand` reads a payload into an `Enquiry`, or says everything that is wrong.
"""

import datetime as dt
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from handoff import statements
from leads.models import Delivery

from .reading import Enquiry, Problem, Refused, Touch, is_whole, moment, read_lead, wrong_text

__all__ = [
    "Enquiry",
    "Envelope",
    "Problem",
    "Refused",
    "Stored",
    "Touch",
    "moment",
    "quarantine",
    "store",
    "understand",
]

BIGGEST = 1024 * 1024
"""Bytes of one lead's JSON; more is kept cut off, in quarantine."""

COLUMNS = {
    "source": "text",
    "key": "text",
    "channel": "text",
    "kind": "text",
    "payload": "jsonb",
    "raw": "bytea",
    "origin": "text",
    "historical": "boolean",
    "received_at": "timestamptz",
    "state": "text",
    "attempts": "smallint",
    "error": "text",
    "outcome": "text",
    "api_key_id": "bigint",
    "person_id": "bigint",
    "batch_id": "bigint",
    "row": "integer",
    "notes": "text[]",
}

TRY_AGAIN = """(source, key) DO UPDATE SET batch_id = EXCLUDED.batch_id, "row" = EXCLUDED."row",
    payload = EXCLUDED.payload, raw = EXCLUDED.raw, received_at = EXCLUDED.received_at,
    state = EXCLUDED.state, error = EXCLUDED.error, attempts = 0, retry_at = NULL
WHERE leads_delivery.state = 'quarantined' AND EXCLUDED.batch_id IS NOT NULL"""
"""A row that went to quarantine is tried again when its file is imported again."""


@dataclass(frozen=True)
class Envelope:
    """A payload and where it comes from. `error`: why it cannot be read, known beforehand."""

    source: str
    key: str
    payload: Any
    channel: str
    origin: str = "form"
    kind: str = Delivery.Kind.LEAD
    historical: bool = False
    api_key_id: int | None = None
    person_id: int | None = None
    batch_id: int | None = None
    row: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Stored:
    """A kept payload. `repeated`: the same source and key was kept before."""

    delivery_id: int
    repeated: bool


def understand(payload: Any, *, received_at: dt.datetime) -> Enquiry:
    """A lead request, read and normalised. Raises Refused with all problems at once."""
    return read_lead(payload, received_at=received_at)


def store(envelopes: Sequence[Envelope], *, at: dt.datetime) -> list[Stored]:
    """Keep payloads, in one statement and one commit; what became of each, in order.

    One that was kept before under the same source and key is not kept twice.
    """
    first: dict[tuple[str, str], Envelope] = {}
    for envelope in envelopes:
        first.setdefault((envelope.source, envelope.key), envelope)
    with transaction.atomic():
        rows = statements.insert(
            "leads_delivery",
            COLUMNS,
            [_row(envelope, at) for envelope in first.values()],
            on_conflict=TRY_AGAIN,
            returning="source, key, id",
        )
    fresh = {(source, key): delivery_id for source, key, delivery_id in rows}
    known = _known([name for name in first if name not in fresh])
    stored, seen = [], set(known)
    for envelope in envelopes:
        name = (envelope.source, envelope.key)
        stored.append(Stored(fresh.get(name) or known[name], name in seen))
        seen.add(name)
    return stored


def _known(names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    if not names:
        return {}
    rows = statements.fetch(
        "SELECT d.source, d.key, d.id FROM unnest(%s::text[], %s::text[]) AS g(source, key)"
        " JOIN leads_delivery d ON d.source = g.source AND d.key = g.key",
        [[source for source, _ in names], [key for _, key in names]],
    )
    return {(source, key): delivery_id for source, key, delivery_id in rows}


def _row(envelope: Envelope, at: dt.datetime) -> tuple[Any, ...]:
    text, raw, error = _kept(envelope.payload)
    error = envelope.error or error
    state = Delivery.State.QUARANTINED if error else Delivery.State.STORED
    return (
        envelope.source,
        envelope.key,
        str(envelope.channel),
        str(envelope.kind),
        text,
        raw,
        envelope.origin,
        envelope.historical,
        at,
        state.value,
        0,
        error,
        "",
        envelope.api_key_id,
        envelope.person_id,
        envelope.batch_id,
        envelope.row,
        "{}",
    )


def _kept(payload: Any) -> tuple[str | None, bytes | None, str]:
    """The payload as JSON text; or, where the database cannot hold it, its bytes and why."""
    try:
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=str)
    except (RecursionError, ValueError) as error:
        return None, None, f"The payload cannot be kept as JSON: {error}."
    if "NaN" in text or "Infinity" in text:
        text = json.dumps(_finite(payload), ensure_ascii=False, default=str)
    if (wrong := _unkeepable(payload, text)) is not None:
        whole = json.dumps(payload, separators=(",", ":"), default=str)
        return None, whole.encode()[:BIGGEST], wrong
    return text, None, ""


def _unkeepable(payload: Any, text: str) -> str | None:
    if len(text) > BIGGEST // 4 and len(text.encode(errors="replace")) > BIGGEST:
        return "The lead is larger than 1 MiB; its beginning is kept."
    if "\\u0000" in text or not (text.isascii() or is_whole(text)):
        return next((str(problem) for problem in wrong_text(payload)), None)
    return None


def _finite(value: Any) -> Any:
    """The value with what is no JSON number (NaN, infinities) as its text."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def quarantine(errors: Iterable[tuple[int, str]], *, at: dt.datetime) -> None:
    """Set stored deliveries aside, each with what is wrong with it; they can be replayed."""
    rows = list(errors)
    if rows:
        statements.execute(
            "UPDATE leads_delivery d SET state = 'quarantined', error = given.error,"
            " retry_at = NULL FROM unnest(%s::bigint[], %s::text[]) AS given(id, error)"
            " WHERE d.id = given.id AND d.state = 'stored'",
            [[delivery_id for delivery_id, _ in rows], [error for _, error in rows]],
        )
