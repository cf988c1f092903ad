"""Reminders and breaches: written by the worker, each exactly once.

Source: contracts.md §3 "Tiers and clocks" and docs/decisions/0029. A breach is written when it
falls due, at any hour; what follows from it, and a reminder, waits for the hours in which the clock
counts. A clock is taken under its lead's lock (`SKIP LOCKED`), read again and changed in the
transaction that writes what follows, so any number of workers may sweep, and die.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import Error as DatabaseError
from django.db import transaction

from handoff import statements
from leads.models import Event
from leads.wording import subjects

from . import acting, causing
from .acting import Due, Hours
from .announcing import announce
from .recording import Happening, record

log = logging.getLogger(__name__)

BATCH = 500

DUE = """
SELECT c.id, h.lead_id FROM leads_clock c JOIN leads_handoff h ON h.id = c.handoff_id
WHERE c.state = 'running' AND c.acts AND {owed} AND c.id <> ALL(%s) ORDER BY {order} LIMIT %s"""

LOCK_LEADS = (
    "SELECT id FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
)

READ = """
SELECT c.id, c.kind, c.tier, c.hours, c.calendar_id, c.version_id, c.due_at, c.acted, h.id,
    h.lead_id, h.step, h.tier, h.next_step, h.owner_id, coalesce(nullif(o.name, ''), o.email, ''),
    coalesce(t.name, ''), t.key, t.responsible_id,
    coalesce(nullif(btrim(l.first_name || ' ' || l.last_name), ''), nullif(l.email, ''),
        nullif(l.phone, ''), 'Lead ' || l.id)
        || CASE WHEN l.company = '' THEN '' ELSE ', ' || l.company END
FROM leads_clock c
JOIN leads_handoff h ON h.id = c.handoff_id
JOIN leads_lead l ON l.id = h.lead_id
LEFT JOIN handoff_user o ON o.id = h.owner_id
LEFT JOIN handoff_team t ON t.id = h.team_id
WHERE c.id = ANY(%s) AND h.lead_id = ANY(%s) AND c.state = 'running' AND c.acts AND {owed}
ORDER BY c.due_at, c.id"""

TO_REMIND = "c.reminded_at IS NULL AND c.remind_at <= %s"
TO_BREACH = "c.breached_at IS NULL AND c.due_at < %s"
TO_ACT = "c.act_at <= %s"

POSTPONE = """
UPDATE leads_clock c SET remind_at = given.at FROM unnest(%s::bigint[], %s::timestamptz[])
    AS given(id, at) WHERE c.id = given.id"""

REMIND = "UPDATE leads_clock SET reminded_at = %s WHERE id = ANY(%s)"

BREACH = """
UPDATE leads_clock c SET breached_at = %s, act_at = given.at, acted = given.acted
FROM unnest(%s::bigint[], %s::timestamptz[], %s::integer[]) AS given(id, at, acted)
WHERE c.id = given.id"""

FAULTS = (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Duty:
    """One thing that is due: which clocks (`owed`, with the moment as its place), which of them
    first, and what is written."""

    owed: str
    order: str
    write: Callable[[list[Due], Hours, dt.datetime], int]


def sweep(*, at: dt.datetime) -> tuple[int, int]:
    """Write what is due at `at`: how many reminders, how many breaches."""
    hours = Hours()
    reminded = _sweep(Duty(TO_REMIND, "c.remind_at", _remind), hours, at)
    breached = _sweep(Duty(TO_BREACH, "c.due_at", _breach), hours, at)
    _sweep(Duty(TO_ACT, "c.act_at", acting.act), hours, at)
    causing.suggest_unsaid(at=at)
    return reminded, breached


def _sweep(duty: Duty, hours: Hours, at: dt.datetime) -> int:
    """Take due clocks batch by batch until none is left that nobody else holds."""
    total, passed = 0, list[int]()
    text = DUE.format(owed=duty.owed, order=duty.order)
    while rows := statements.fetch(text, [at, list(passed), BATCH]):
        done, taken = _take(duty, rows, hours, at)
        total += done
        passed += [clock_id for clock_id, _ in rows if clock_id not in taken]
        if len(rows) < BATCH:
            break
    return total


def _take(
    duty: Duty, rows: Sequence[tuple[int, int]], hours: Hours, at: dt.datetime
) -> tuple[int, set[int]]:
    """Write a batch, all or none: how many, and the clocks that were taken. After a fault one by
    one, so that one clock never stops the others; it is tried again with the next sweep."""
    try:
        with transaction.atomic():
            locked = statements.fetch(LOCK_LEADS, [sorted({lead_id for _, lead_id in rows})])
            asked = [[clock_id for clock_id, _ in rows], [lead_id for (lead_id,) in locked], at]
            found = [Due(*row) for row in statements.fetch(READ.format(owed=duty.owed), asked)]
            done = duty.write(found, hours, at) if found else 0
            return done, {one.clock_id for one in found}
    except FAULTS:
        if len(rows) == 1:
            log.exception("clock %s: what is due could not be written", rows[0][0])
            return 0, set()
    each = [_take(duty, [row], hours, at) for row in rows]
    return sum(done for done, _ in each), set().union(*(taken for _, taken in each))


def _remind(found: list[Due], hours: Hours, at: dt.datetime) -> int:
    """A reminder outside the hours waits for them; one that would come after its deadline is no
    longer owed."""
    openings = {one.clock_id: hours.opening(one, at) for one in found}
    later = [one for one in found if at < openings[one.clock_id] < one.due_at]
    now = [one for one in found if openings[one.clock_id] == at and one.due_at >= at]
    letters, happenings = [], []
    for one in now:
        recipient = one.recipient(hours.office)
        if recipient is not None:
            subject = subjects.reminder(one.title, clock=one.name)
            letters.append(one.letter("reminder", recipient, subject, at))
            happenings.append(_happening(one, Event.Kind.REMINDED, at, ()))
    done = {one.clock_id for one in found} - {one.clock_id for one in later}
    statements.execute(REMIND, [at, sorted(done)])
    if later:
        ids = [one.clock_id for one in later]
        statements.execute(POSTPONE, [ids, [openings[clock_id] for clock_id in ids]])
    announce(letters)
    record(happenings)
    return len(now)


def _breach(found: list[Due], hours: Hours, at: dt.datetime) -> int:
    """The verdict and its cause; then what follows, where the hours allow it now."""
    made, now = acting.marks(found, hours, at)
    statements.execute(BREACH, [at, *(list(column) for column in zip(*made, strict=True))])
    record([_happening(one, Event.Kind.BREACHED, at, hours.actions(one)) for one in found])
    causing.suggest([one.clock_id for one in found], at=at)
    acting.follow(now, hours, at)
    return len(found)


def _happening(one: Due, kind: str, at: dt.datetime, actions: Sequence[str]) -> Happening:
    body = {
        "clock": one.kind,
        "due_at": one.due_at,
        "owner": one.owner,
        "team": one.team,
        "actions": list(actions),
    }
    return Happening(one.lead_id, kind, at, one.handoff_id, by="Handoff", body=body)
