"""A breach is written when it falls due; what follows from it waits for the hours of the tier."""

import copy
import datetime as dt

import pytest

from handoff.models import Calendar
from leads.journey import breaching, responding
from leads.models import Clock, Handoff, Lead, Message, Miss
from tests.factories import (
    DEFINITION,
    MONDAY,
    DefinitionVersionFactory,
    ReasonFactory,
    TrackFactory,
    ines,
    qualification,
    sam,
    sdr_na,
)
from tests.leads.arriving import handed_over

pytestmark = pytest.mark.django_db

CLOSE = MONDAY.replace(hour=21, minute=30)
"""17:30 in New York, when the day ends."""

MORNING = MONDAY.replace(day=13, hour=13)
"""Tuesday 09:00 in New York."""


def later(moment: dt.datetime, minutes: float) -> dt.datetime:
    return moment + dt.timedelta(minutes=minutes)


def lead(*actions: str, at: dt.datetime = MONDAY, **tier: object) -> Handoff:
    """A hand-over under a tier that acts so on a breach."""
    document = copy.deepcopy(DEFINITION)
    document["tiers"][0] |= {"on_breach": list(actions), **tier}
    DefinitionVersionFactory(document=document, live=True)
    sdr_na()
    qualification()
    ReasonFactory()
    TrackFactory()
    demo = {"signal": "demo_request", "occurred_at": later(at, -2).isoformat()}
    return handed_over(at=at, touchpoints=[demo])


def told(kind: str, clock: str = "accept") -> int:
    inbox = Message.objects.filter(kind=kind, channel="in_app", body__clock=clock)
    return inbox.count()


def test_at_the_close_the_verdict_is_written_and_told_in_the_morning_once():
    handoff = lead("notify_owner", "notify_manager", at=later(CLOSE, -15))
    assert breaching.sweep(at=later(CLOSE, 1))[1] == 1
    clock = handoff.clocks.get(kind="accept")
    assert clock.due_at == CLOSE and clock.breached_at == later(CLOSE, 1)
    assert clock.act_at == MORNING and Miss.objects.filter(clock=clock).exists()
    assert told("breached") == told("breached_manager") == 0
    breaching.sweep(at=later(CLOSE, 300))
    assert told("breached") == 0
    breaching.sweep(at=later(MORNING, 1))
    breaching.sweep(at=later(MORNING, 2))
    assert told("breached") == told("breached_manager") == 1
    clock.refresh_from_db()
    assert (clock.act_at, clock.acted) == (None, 1)
    assert clock.breached_at == later(CLOSE, 1)


def test_a_worker_that_was_down_until_the_night_acts_in_the_morning():
    handoff = lead("reassign")
    assert breaching.sweep(at=MONDAY.replace(day=13, hour=4))[1] == 2
    assert Handoff.objects.get(pk=handoff.pk).owner == handoff.owner
    breaching.sweep(at=later(MORNING, 0))
    assert Handoff.objects.get(pk=handoff.pk).owner != handoff.owner


def test_what_was_answered_overnight_is_told_to_nobody():
    handoff = lead("notify_owner", "nurture", at=later(CLOSE, -15))
    breaching.sweep(at=later(CLOSE, 1))
    responding.accept(handoff.pk, how="in_discovery", actor=handoff.owner, at=later(CLOSE, 60))
    breaching.sweep(at=later(MORNING, 1))
    assert told("breached") == 0
    assert Handoff.objects.get(pk=handoff.pk).state == "accepted"
    assert handoff.clocks.get(kind="accept").is_late


def test_an_edited_calendar_never_moves_a_verdict_and_is_asked_before_acting():
    lead("notify_owner", at=later(CLOSE, -15))
    breaching.sweep(at=later(CLOSE, 1))
    Calendar.objects.filter(key="us-east").update(hours={"mon-fri": ["11:00-17:30"]})
    breaching.sweep(at=later(MORNING, 1))
    clock = Clock.objects.get(kind="accept")
    assert told("breached") == 0
    assert clock.due_at == CLOSE and clock.act_at == MORNING.replace(hour=15)
    breaching.sweep(at=MORNING.replace(hour=15))
    assert told("breached") == 1


def test_hours_that_count_always_act_always():
    lead("notify_owner", at=later(CLOSE, 60), hours="always")
    breaching.sweep(at=later(CLOSE, 76))
    assert told("breached") == 1


def test_a_reminder_found_out_of_hours_waits_for_the_opening():
    lead(at=later(CLOSE, -12), accept=30, first_touch=20000, remind_before=25)
    assert breaching.sweep(at=later(CLOSE, 5))[0] == 0
    assert told("reminder") == 0
    assert breaching.sweep(at=MORNING)[0] == 1
    assert breaching.sweep(at=later(MORNING, 1))[0] == 0
    assert told("reminder") == 1


def test_a_reminder_is_dropped_where_the_deadline_is_nearer_than_the_opening():
    lead(at=later(CLOSE, -15), first_touch=20000)
    breaching.sweep(at=later(CLOSE, -0.0))
    Clock.objects.filter(kind="accept").update(reminded_at=None, remind_at=later(CLOSE, -10))
    Clock.objects.filter(kind="accept").update(due_at=later(CLOSE, 5))
    assert breaching.sweep(at=later(CLOSE, 1))[0] == 0
    breaching.sweep(at=later(MORNING, 1))
    assert told("reminder") <= 1
    assert Clock.objects.get(kind="accept").reminded_at is not None


def test_nothing_follows_at_creation():
    lead("notify_owner", "reassign", accept=0, first_touch=0)
    assert Message.objects.filter(kind__in=("breached", "reminder")).count() == 0
    breaching.sweep(at=MONDAY)
    assert told("breached") == 0
    breaching.sweep(at=later(MONDAY, 0.1))
    assert told("breached") == told("breached", "first_touch") == 1


def test_where_nobody_is_left_it_stays_and_says_so():
    handoff = lead("reassign")
    colleague = ines() if handoff.owner == sam() else sam()
    colleague.memberships.update(active=False)
    breaching.sweep(at=later(MONDAY, 16))
    kept = Handoff.objects.get(pk=handoff.pk)
    assert kept.owner == handoff.owner
    assert kept.assignments.last().explanation["relaxed"].startswith("Nobody else could take it")


def test_nurture_names_the_track_and_why():
    handoff = lead("nurture")
    breaching.sweep(at=later(MONDAY, 16))
    kept = Lead.objects.get(pk=handoff.lead_id)
    assert (kept.nurture_track, kept.nurture_reason) == ("newsletter", "missed_accept")


def test_a_task_is_due_the_same_day_and_never_replaces_a_promise():
    handoff = lead("task")
    breaching.sweep(at=later(MONDAY, 16))
    assert Handoff.objects.get(pk=handoff.pk).next_step_due == CLOSE
    Handoff.objects.update(next_step="Call Ana", next_step_due=MORNING)
    breaching.sweep(at=later(MONDAY, 31))
    assert Handoff.objects.get(pk=handoff.pk).next_step == "Call Ana"


def test_a_missed_follow_up_acts_too():
    handoff = lead("escalate")
    responding.touch(
        handoff.pk,
        channel="call",
        next_step="Call again",
        next_step_due=MONDAY.replace(day=20),
        actor=handoff.owner,
        at=later(MONDAY, 5),
    )
    due = handoff.clocks.get(kind="follow_up").due_at
    breaching.sweep(at=later(due, 1))
    assert told("escalated", "follow_up") == 1


def test_one_clock_that_cannot_be_written_stops_no_other(monkeypatch):
    first = lead("notify_owner")
    second = handed_over()
    tell = breaching.acting.follow

    def fails(found, hours, at):
        if any(one.handoff_id == first.pk for one in found):
            raise ValueError("a fault")
        tell(found, hours, at)

    monkeypatch.setattr(breaching.acting, "follow", fails)
    assert breaching.sweep(at=later(MONDAY, 16))[1] == 1
    assert second.clocks.get(kind="accept").is_late
    assert not first.clocks.get(kind="accept").is_late
    monkeypatch.undo()
    assert breaching.sweep(at=later(MONDAY, 17))[1] == 1


def test_a_calendar_that_never_opens_again_keeps_nothing_back():
    lead("notify_owner")
    days = [(MONDAY + dt.timedelta(days=n)).date().isoformat() for n in range(800)]
    Calendar.objects.filter(key="us-east").update(closed=days)
    breaching.sweep(at=later(MONDAY, 16))
    assert told("breached") == 1


def test_a_task_and_a_next_step_are_owed_where_the_calendar_never_opens_again():
    handoff = lead("task")
    days = [(MONDAY + dt.timedelta(days=n)).date().isoformat() for n in range(800)]
    Calendar.objects.filter(key="us-east").update(closed=days)
    breaching.sweep(at=later(MONDAY, 16))
    assert Handoff.objects.get(pk=handoff.pk).next_step.startswith("Make up for")
    responding.touch(handoff.pk, channel="call", actor=handoff.owner, at=later(MONDAY, 20))
    due = handoff.clocks.get(kind="next_step").due_at
    breaching.sweep(at=later(due, 1))
    assert told("breached", "next_step") == 1
    act_at = handoff.clocks.get(kind="next_step").act_at
    breaching.sweep(at=later(act_at, 1))
    assert told("breached_manager", "next_step") == 1


def test_two_clocks_missed_at_once_take_a_lead_away_once():
    handoff = lead("reassign", assign=10)
    Clock.objects.filter(kind="assign").update(state="running", ended_at=None)
    Handoff.objects.update(owner=None, awaits_turn=True)
    breaching.sweep(at=later(MONDAY, 16))
    moved = handoff.assignments.filter(kind="breach")
    assert moved.count() == 1
    assert Handoff.objects.get(pk=handoff.pk).owner == moved.get().owner
    assert Message.objects.filter(kind="assigned", channel="in_app", written_at=later(MONDAY, 16)
        ).count() == 1  # fmt: skip


def test_what_waits_for_the_opening_waits_longer_while_marketing_has_the_lead():
    handoff = lead("notify_owner", at=later(CLOSE, -15))
    ReasonFactory(needs_work=True)
    breaching.sweep(at=later(CLOSE, 1))
    responding.return_to_marketing(
        handoff.pk, reason="missing_context", actor=handoff.owner, at=later(CLOSE, 2)
    )
    breaching.sweep(at=later(MORNING, 1))
    assert told("breached") == 0
    responding.resume(handoff.pk, actor=handoff.owner, at=later(MORNING, 2))
    breaching.sweep(at=later(MORNING, 3))
    assert told("breached") == 1
