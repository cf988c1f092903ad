"""Clocks: a deadline is computed once, in business time, and stored with its receipt.

Source: contracts.md §3 "Tiers and clocks". `assign`, `accept` and `first_touch` start when the
hand-over is made, `follow_up` at the first touch; `promising` tells of marketing's, `chasing` of
the next step. Only a logged touch stops the first-touch clock. The worker writes a breach (see
`breaching`).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from handoff import business_time, statements
from handoff.rules.definition import REMINDED, Tier
from leads.models import Clock
from leads.models.clock import OF_MARKETING

AT_START = ("assign", "accept", "first_touch")
ROUND_THE_CLOCK = business_time.calendar_from(
    {"key": "always", "timezone": "UTC", "hours": {"mon-sun": ["00:00-24:00"]}}
)
"""Where nobody's working time is known."""

COLUMNS = {
    "handoff_id": "bigint",
    "kind": "text",
    "state": "text",
    "version_id": "bigint",
    "tier": "text",
    "hours": "text",
    "minutes": "float8",
    "calendar_id": "bigint",
    "started_at": "timestamptz",
    "due_at": "timestamptz",
    "remind_at": "timestamptz",
    "pauses": "jsonb",
    "receipt": "jsonb",
    "ended_at": "timestamptz",
    "breached_at": "timestamptz",
    "acts": "boolean",
}


@dataclass(frozen=True)
class Deadline:
    """One clock of one hand-over before it is stored. `minutes` None: the same business day."""

    kind: str
    tier: str | None
    hours: str
    minutes: float | None
    calendar_id: int | None
    started_at: dt.datetime
    due_at: dt.datetime
    remind_at: dt.datetime | None
    receipt: str
    pauses: str = "[]"
    ended_at: dt.datetime | None = None

    def row(self, handoff_id: int, version_id: int, *, acts: bool) -> tuple[Any, ...]:
        late = self.ended_at is not None and self.ended_at > self.due_at
        return (
            handoff_id,
            self.kind,
            Clock.State.RUNNING if self.ended_at is None else Clock.State.MET,
            version_id,
            self.tier,
            self.hours,
            self.minutes,
            self.calendar_id,
            self.started_at,
            self.due_at,
            self.remind_at,
            self.pauses,
            self.receipt,
            self.ended_at,
            self.ended_at if late else None,
            acts,
        )


Pauses = Sequence[tuple[dt.datetime, dt.datetime]]


def deadline(
    tier: Tier,
    kind: str,
    *,
    started_at: dt.datetime,
    calendar: business_time.Calendar,
    calendar_id: int | None,
    pauses: Pauses = (),
    ended_at: dt.datetime | None = None,
    note: str = "",
) -> Deadline | None:
    """The deadline a tier sets for a clock, None where it sets none.

    `note` heads the receipt with a stretch of no length, such as why the clock carries on after a
    change of hands. A calendar without working time within a year raises ValueError.
    """
    target = tier.clocks.get(kind)
    if target is None:
        return None
    if target == "same_business_day":
        made = business_time.same_business_day(calendar, started_at)
        minutes = None
    else:
        minutes = float(target)
        made = business_time.due(calendar, started_at, minutes, hours=tier.hours, pauses=pauses)
    remind_at = None
    if tier.remind_before and kind in REMINDED:
        remind_at = business_time.before(calendar, made.due, tier.remind_before, hours=tier.hours)
        if remind_at <= started_at:
            remind_at = None
    here = started_at.astimezone(calendar.zone).isoformat()
    receipt = [{"from": here, "to": here, "minutes": 0, "why": note}] if note else []
    return Deadline(
        kind=kind,
        tier=tier.key,
        hours=tier.hours,
        minutes=minutes,
        calendar_id=calendar_id,
        started_at=started_at,
        due_at=made.due,
        remind_at=remind_at,
        receipt=statements.dumps(receipt + made.receipt_rows()),
        pauses=statements.dumps([[start, end] for start, end in pauses]),
        ended_at=ended_at,
    )


def first_due(deadlines: Iterable[Deadline]) -> tuple[dt.datetime | None, str]:
    """The first deadline still running, and which clock it is; context is owed beside the lead's
    way through sales and never counts."""
    running = [
        (one.due_at, one.kind)
        for one in deadlines
        if one.ended_at is None and one.kind != Clock.Kind.CONTEXT
    ]
    return min(running, default=(None, ""))


def store(rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert clocks; rows as `Deadline.row` makes them."""
    statements.insert("leads_clock", COLUMNS, rows)


STOP = """
UPDATE leads_clock SET state = %s, ended_at = %s, act_at = NULL,
    breached_at = CASE WHEN breached_at IS NULL AND due_at < %s AND %s THEN %s ELSE breached_at END
WHERE handoff_id = ANY(%s) AND kind = ANY(%s) AND state IN ('running', 'paused')"""

FIRST_DUE = """
UPDATE leads_handoff h SET due_at = soonest.due_at, due_clock = coalesce(soonest.kind, '')
FROM unnest(%s::bigint[]) AS asked(id)
LEFT JOIN LATERAL (
    SELECT c.due_at, c.kind FROM leads_clock c
    WHERE c.handoff_id = asked.id AND c.state = 'running' AND c.kind <> 'context'
    ORDER BY c.due_at, c.id LIMIT 1
) soonest ON true
WHERE h.id = asked.id
    AND (h.due_at, h.due_clock) IS DISTINCT FROM (soonest.due_at, coalesce(soonest.kind, ''))"""

EVERY = tuple(kind.value for kind in Clock.Kind)
OF_SALES = tuple(kind for kind in EVERY if kind not in OF_MARKETING)


def meet(handoff_ids: Sequence[int], kinds: Sequence[str], *, at: dt.datetime) -> None:
    """The promise was kept: end these clocks; one past its deadline is marked late."""
    _end(handoff_ids, kinds, Clock.State.MET, at)


def stop(handoff_ids: Sequence[int], kinds: Sequence[str] = EVERY, *, at: dt.datetime) -> None:
    """The promise lapsed, since the hand-over ended: end these clocks without a verdict."""
    _end(handoff_ids, kinds, Clock.State.STOPPED, at)


def _end(
    handoff_ids: Sequence[int], kinds: Sequence[str], state: Clock.State, at: dt.datetime
) -> None:
    judges = state == Clock.State.MET
    statements.execute(STOP, [state.value, at, at, judges, at, list(handoff_ids), list(kinds)])


def refresh_due(handoff_ids: Sequence[int]) -> None:
    """Set each hand-over's `due_at` to the first deadline of its running clocks."""
    statements.execute(FIRST_DUE, [list(handoff_ids)])
