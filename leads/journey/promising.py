"""Marketing's half of the clock: the hand-over, missing context, an answer to what sales returned.

Source: contracts.md §3 and docs/decisions/0029. The hand-over is owed from the trigger, every hour
counting. The other two are counted in the working time of the team of marketing (every hour, where
there is none), and only where the definition promises them.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from handoff import business_time, statements
from handoff.rules.definition import Tier
from leads.models import Clock, Event, Handoff

from . import clocks
from .clocks import Deadline
from .judging import Judged
from .law import law, tier_of
from .recording import Happening
from .rosters import calendar_of

OFFICE = """
SELECT t.responsible_id, c.id, json_build_object('key', c.key, 'timezone', c.timezone,
    'hours', c.hours, 'holidays', c.holidays, 'closed', c.closed)::text
FROM handoff_team t JOIN handoff_calendar c ON c.id = t.calendar_id
WHERE t.kind = 'marketing' ORDER BY t.id LIMIT 1"""

AREA = """
SELECT owner_id FROM handoff_areaowner WHERE area IN ('data_quality', 'definition')
ORDER BY area LIMIT 1"""

COMPLETE = """
UPDATE leads_clock c SET state = 'met', ended_at = given.at, act_at = NULL,
    breached_at = CASE WHEN c.breached_at IS NULL AND c.due_at < given.at THEN given.at
        ELSE c.breached_at END
FROM leads_handoff h, unnest(%s::bigint[], %s::timestamptz[]) AS given(lead_id, at)
WHERE h.lead_id = given.lead_id AND h.ended_at IS NULL AND c.handoff_id = h.id
    AND c.kind = 'context' AND c.state IN ('running', 'paused')
RETURNING h.lead_id, h.id"""

Note = tuple[dt.datetime, str]
"""A moment a receipt tells of, and what happened then."""


@dataclass(frozen=True)
class Office:
    """Marketing's working time (None: every hour), and who answers for its promises."""

    responsible_id: int | None
    calendar_id: int | None = None
    calendar: business_time.Calendar | None = None


def office() -> Office:
    """The team of marketing; without one, whoever looks after the data answers."""
    rows = statements.fetch(OFFICE)
    if rows:
        responsible_id, calendar_id, calendar = rows[0]
        return Office(responsible_id, calendar_id, calendar_of(calendar))
    owners = statements.fetch(AREA)
    return Office(owners[0][0] if owners else None)


def marketing_deadline(
    minutes: float | None,
    *,
    triggered_at: dt.datetime,
    made_at: dt.datetime | None,
    notes: Sequence[Note] = (),
) -> Deadline | None:
    """From the trigger to the hand-over (None: still owed), every hour counting. `notes`, in
    order, stand in the receipt where they fall before the deadline."""
    if minutes is None:
        return None
    due = triggered_at + dt.timedelta(minutes=minutes)
    return Deadline(
        kind=Clock.Kind.HANDOVER,
        tier=None,
        hours="always",
        minutes=minutes,
        calendar_id=None,
        started_at=triggered_at,
        due_at=due,
        remind_at=None,
        receipt=statements.dumps(_every_hour(triggered_at, due, minutes, notes)),
        ended_at=made_at,
    )


def _every_hour(
    start: dt.datetime, due: dt.datetime, minutes: float, notes: Sequence[Note]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    here, left = start, minutes
    for at, why in notes:
        if not here <= at < due:
            continue
        if at > here:
            counted = (at - here) / dt.timedelta(minutes=1)
            rows.append(_stretch(here, at, counted, "every hour counts"))
            here, left = at, left - counted
        rows.append(_stretch(at, at, 0, why))
    return [*rows, _stretch(here, due, left, "every hour counts")]


def _stretch(start: dt.datetime, end: dt.datetime, minutes: float, why: str) -> dict[str, Any]:
    return {"from": start.isoformat(), "to": end.isoformat(), "minutes": minutes, "why": why}


def in_working_time(
    kind: str, minutes: float, *, started_at: dt.datetime, office: Office, tier: Tier | None
) -> Deadline:
    """The deadline of missing context, or of an answer, in marketing's working time; whoever
    answers is reminded as long before as the tier reminds sales."""
    hours = "business" if office.calendar else "always"
    calendar = office.calendar or clocks.ROUND_THE_CLOCK
    made = business_time.due(calendar, started_at, minutes, hours=hours)
    remind_at = None
    if tier is not None and tier.remind_before:
        before = business_time.before(calendar, made.due, tier.remind_before, hours=hours)
        remind_at = before if before > started_at else None
    return Deadline(
        kind=kind,
        tier=None,
        hours=hours,
        minutes=float(minutes),
        calendar_id=office.calendar_id,
        started_at=started_at,
        due_at=made.due,
        remind_at=remind_at,
        receipt=statements.dumps(made.receipt_rows()),
    )


def await_answer(handoff: Handoff, *, at: dt.datetime) -> None:
    """Sales returned a lead: marketing's answer is owed; where the definition promises none, the
    hand-over's time runs again."""
    standing = law(handoff.version_id)
    promised = standing.definition.marketing
    if (minutes := promised.get("returned")) is not None:
        tier = tier_of(standing, handoff.step, handoff.tier)
        started: Deadline | None = in_working_time(
            Clock.Kind.RETURNED, minutes, started_at=at, office=office(), tier=tier
        )
    else:
        started = marketing_deadline(promised.get("handover"), triggered_at=at, made_at=None)
    if started is not None:
        acts = not handoff.historical
        clocks.store([started.row(handoff.pk, handoff.version_id, acts=acts)])


def complete(judged: Iterable[Judged], moments: dict[int, dt.datetime]) -> list[Happening]:
    """Leads with an open hand-over were judged again; where nothing is missing any more, marketing
    has met its promise to complete them, which is told. `moments`: when, by lead."""
    done = [one.lead_id for one in judged if one.lead_id in moments and not one.missing]
    if not done:
        return []
    rows = statements.fetch(COMPLETE, [done, [moments[lead_id] for lead_id in done]])
    body = {"said": "What was missing is complete", "clock": Clock.Kind.CONTEXT.value}
    return [
        Happening(lead_id, Event.Kind.EDITED, moments[lead_id], handoff_id, body=body)
        for lead_id, handoff_id in rows
    ]
