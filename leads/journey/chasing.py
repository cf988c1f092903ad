"""The next step: after the first touch every open hand-over owes one, with a day and an owner.

A promised step is due at its moment; where none was promised, one is owed by the end of the
business day. Overdue, its owner is told, and the responsible person once the tier's follow-up time
has passed too (see `breaching`), each once. So nothing sits still unseen.
"""

import datetime as dt
import logging

from django.db import Error as DatabaseError
from django.db import transaction

from handoff import business_time, statements
from handoff.rules.definition import SAME_BUSINESS_DAY, Tier
from leads.models import Clock, Handoff

from . import clocks
from .clocks import Deadline
from .law import law, tier_of
from .rosters import calendar_of_model
from .states import Invalid, lock

log = logging.getLogger(__name__)

BATCH = 500
FAULTS = (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError)

UNSEEN = """
SELECT h.id FROM leads_handoff h
WHERE h.first_touch_at IS NOT NULL AND h.ended_at IS NULL AND NOT h.historical
    AND h.state = 'accepted' AND NOT EXISTS (
        SELECT FROM leads_clock c WHERE c.handoff_id = h.id AND c.kind = 'next_step'
            AND c.state IN ('running', 'paused'))
ORDER BY h.id LIMIT %s"""

EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
FURTHEST = dt.timedelta(days=10 * 366)
"""A next step is not promised for later than this."""

TOLD = dt.timedelta(days=366)
"""So far ahead a receipt tells of every day."""

OWED = "No next step was promised; one is owed by the end of the day"


def check_promised(due: dt.datetime | None, *, at: dt.datetime) -> None:
    """Raises Invalid for a moment that nobody means, such as one of the year 2205."""
    if due is not None and not EARLIEST <= due <= at + FURTHEST:
        raise Invalid("next_step_due", "Choose a day within the next ten years.")


def begin(handoff: Handoff, *, at: dt.datetime) -> None:
    """Start the clock of the step that the hand-over promises now, or owes; the caller has locked
    it and ended the clock before. An imported past owes nothing."""
    if handoff.historical:
        return
    tier = tier_of(law(handoff.version_id), handoff.step, handoff.tier)
    found = calendar_of_model(handoff)
    calendar, calendar_id = found if found else (clocks.ROUND_THE_CLOCK, None)
    hours = tier.hours if tier else "business"
    if handoff.next_step_due is not None:
        due_at, told = handoff.next_step_due, f"Promised: {handoff.next_step or 'a next step'}"
        receipt = _laid_out(calendar, at, due_at)
    else:
        made = end_of_day(calendar, at)
        due_at, told, receipt = made.due, OWED, made.receipt_rows()
    here = at.astimezone(calendar.zone).isoformat()
    note = {"from": here, "to": here, "minutes": 0, "why": told}
    clock = Deadline(
        kind=Clock.Kind.NEXT_STEP,
        tier=tier.key if tier else None,
        hours=hours,
        minutes=None,
        calendar_id=calendar_id,
        started_at=at,
        due_at=due_at,
        remind_at=None,
        receipt=statements.dumps([note, *receipt]),
    )
    clocks.store([clock.row(handoff.pk, handoff.version_id, acts=True)])


def _laid_out(
    calendar: business_time.Calendar, start: dt.datetime, end: dt.datetime
) -> list[dict[str, object]]:
    if end <= start:
        return []
    if end > start + TOLD:
        here, there = start.astimezone(calendar.zone), end.astimezone(calendar.zone)
        far = "more than a year ahead, not told day by day"
        return [{"from": here.isoformat(), "to": there.isoformat(), "minutes": 0, "why": far}]
    return [row.as_dict() for row in business_time.laid_out(calendar, start, end)]


def end_of_day(calendar: business_time.Calendar, at: dt.datetime) -> business_time.Deadline:
    """The end of the business day; of any day, where the calendar was edited so that it never
    opens again."""
    try:
        return business_time.same_business_day(calendar, at)
    except ValueError:
        return business_time.same_business_day(clocks.ROUND_THE_CLOCK, at)


def promised_for(handoff: Handoff, *, at: dt.datetime) -> dt.datetime:
    """When a next step named without a day is due: once the tier's follow-up time has passed, or
    by the end of the business day where it sets none."""
    tier = tier_of(law(handoff.version_id), handoff.step, handoff.tier)
    return told_next(tier, _calendar_of(handoff), at=at)


def ahead(handoff_id: int, how_far: str, *, at: dt.datetime) -> dt.datetime:
    """The end of a working day of whoever has the hand-over: `tomorrow` the next one after today,
    `three_days` the third, `next_week` the first from Monday on."""
    related = Handoff.objects.select_related("team", "team__calendar")
    calendar = _calendar_of(related.get(pk=handoff_id))
    local = at.astimezone(calendar.zone)
    days = 7 - local.weekday() if how_far == "next_week" else 1
    start = local.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=days)
    due = end_of_day(calendar, start).due
    for _ in range(2 if how_far == "three_days" else 0):
        due = end_of_day(calendar, due).due
    return due


def _calendar_of(handoff: Handoff) -> business_time.Calendar:
    found = calendar_of_model(handoff)
    return found[0] if found else clocks.ROUND_THE_CLOCK


def told_next(
    tier: Tier | None, calendar: business_time.Calendar, *, at: dt.datetime
) -> dt.datetime:
    """When the responsible person hears of a step whose owner was told at `at`: once the tier's
    follow-up time has passed, or by the end of the day where it sets none."""
    promise = tier.clocks.get(Clock.Kind.FOLLOW_UP) if tier is not None else None
    if promise is None or promise == SAME_BUSINESS_DAY:
        return end_of_day(calendar, at).due
    hours = tier.hours if tier is not None else "business"
    try:
        return business_time.due(calendar, at, float(promise), hours=hours).due
    except ValueError:
        return end_of_day(calendar, at).due


def catch_up(*, at: dt.datetime) -> int:
    """Begin the clock of touched hand-overs that have none, such as those touched before there were
    such clocks; how many. One that cannot be begun stops no other."""
    found = statements.fetch(UNSEEN, [BATCH])
    for (handoff_id,) in found:
        try:
            with transaction.atomic():
                _catch_up_one(handoff_id, at=at)
        except FAULTS:
            log.exception("hand-over %s: its next step could not be asked for", handoff_id)
    return len(found)


def _catch_up_one(handoff_id: int, *, at: dt.datetime) -> None:
    handoff = lock(handoff_id)
    kinds = Clock.objects.filter(handoff=handoff, kind=Clock.Kind.NEXT_STEP)
    alive = kinds.filter(state__in=(Clock.State.RUNNING, Clock.State.PAUSED))
    if handoff.state == Handoff.State.ACCEPTED and not alive.exists():
        begin(handoff, at=at)
        clocks.refresh_due([handoff_id])
