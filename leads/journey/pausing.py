"""Clocks that wait while marketing has the lead, and run on with what was left of them.

Source: contracts.md §3: a pause is business time and is taken out whatever the hours. The receipt
says when the clock ran on, and how much of it was left; what it told before stays in it.
"""

import datetime as dt
from typing import Any

from handoff import business_time, words
from leads.models import Clock

from . import clocks
from .receipts import noted, notes_of


def pause(handoff_id: int, *, at: dt.datetime) -> None:
    """Hold every running clock of sales; the time until `resume` will not count."""
    for clock in Clock.objects.running().filter(handoff=handoff_id, kind__in=clocks.OF_SALES):
        clock.state = Clock.State.PAUSED
        clock.pauses = [*clock.pauses, [at.isoformat(), None]]
        clock.save(update_fields=["state", "pauses"])
    clocks.refresh_due([handoff_id])


def resume(handoff_id: int, *, at: dt.datetime, by: str = "marketing") -> None:
    """Let paused clocks run on; the deadline is computed anew with the pauses taken out. `by`: who
    gave the lead back, as the receipt tells it."""
    paused = Clock.objects.filter(handoff=handoff_id, state=Clock.State.PAUSED)
    for clock in paused.select_related("calendar"):
        clock.pauses = [[start, end or at.isoformat()] for start, end in clock.pauses]
        clock.state = Clock.State.RUNNING
        before = clock.due_at
        _reckon(clock, at=at, by=by)
        if clock.remind_at is not None:
            clock.remind_at += clock.due_at - before
        clock.save(update_fields=["state", "pauses", "due_at", "remind_at", "receipt"])
    clocks.refresh_due([handoff_id])


def _reckon(clock: Clock, *, at: dt.datetime, by: str) -> None:
    """The deadline with every pause taken out, and its receipt with the notes it had."""
    calendar = clock.calendar.windows() if clock.calendar else clocks.ROUND_THE_CLOCK
    notes = notes_of(clock.receipt)
    spans = [
        (dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end))
        for start, end in clock.pauses
    ]
    if clock.minutes is not None:
        made = business_time.due(
            calendar, clock.started_at, clock.minutes, hours=clock.hours, pauses=spans
        )
        clock.due_at, rows = made.due, made.receipt_rows()
    elif clock.kind == Clock.Kind.NEXT_STEP:
        rows = _moved(clock, calendar, spans[-1])
    else:
        rows, notes = list(clock.receipt), []
    left = (
        business_time.elapsed(calendar, at, clock.due_at, hours=clock.hours)
        if (clock.due_at > at)
        else 0.0
    )
    for moment, why in [*notes, (at, _says(left, by))]:
        rows = noted(rows, moment, why)
    clock.receipt = rows


def _moved(
    clock: Clock, calendar: business_time.Calendar, last: tuple[dt.datetime, dt.datetime]
) -> list[dict[str, Any]]:
    """A promised day moves on by what was left of it when the pause began, if that has passed."""
    began, ended = last
    rows = list(clock.receipt)
    if clock.due_at > ended:
        return rows
    left = 0.0
    if clock.due_at > began:
        left = business_time.elapsed(calendar, began, clock.due_at, hours=clock.hours)
    if not left:
        return rows
    made = business_time.due(calendar, ended, left, hours=clock.hours)
    upto = [row.as_dict() for row in business_time.laid_out(calendar, clock.started_at, began)]
    waited = {"from": began.isoformat(), "to": ended.isoformat(), "minutes": 0, "why": "pause"}
    clock.due_at = made.due
    return [*upto, waited, *made.receipt_rows()]


def _says(left: float, by: str) -> str:
    if not left:
        return f"Given back by {by}, when the time was used up"
    return f"Given back by {by}; runs on with {words.span(dt.timedelta(minutes=left))} left"
