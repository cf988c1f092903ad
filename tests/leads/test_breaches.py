"""Deadlines that pass: written by the worker, told once, acted on once, nobody need look."""

import copy
import datetime as dt

import pytest

from leads.journey import breaching, owning, responding
from leads.models import Event, Handoff, Lead, Message
from tests.factories import (
    DEFINITION,
    MONDAY,
    DefinitionVersionFactory,
    ReasonFactory,
    ines,
    lena,
    qualification,
    sam,
    sdr_na,
)
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db


def after(minutes: float) -> dt.datetime:
    return MONDAY + dt.timedelta(minutes=minutes)


def with_actions(*actions: str, **per_clock: list[str]) -> None:
    """A live definition whose urgent tier acts so on a breach."""
    document = copy.deepcopy(DEFINITION)
    document["tiers"][0]["on_breach"] = per_clock or list(actions)
    DefinitionVersionFactory(document=document, live=True)
    sdr_na()
    qualification()
    ReasonFactory()


def told(kind: str) -> list[str]:
    inbox = Message.objects.filter(kind=kind, channel="in_app")
    return list(inbox.values_list("recipient__email", flat=True))


def test_nothing_happens_before_the_deadline():
    agreement()
    handed_over()
    assert breaching.sweep(at=after(4)) == (0, 0)


def test_a_reminder_comes_once_and_before_the_deadline():
    agreement()
    handoff = handed_over()
    assert breaching.sweep(at=after(6)) == (1, 0)
    assert breaching.sweep(at=after(7)) == (0, 0)
    assert told("reminder") == [handoff.owner.email]


def test_a_reminder_after_the_deadline_is_not_sent():
    agreement()
    handed_over()
    breaching.sweep(at=after(16))
    assert told("reminder") == []


def test_a_breach_is_written_by_the_worker_and_told_to_owner_and_manager_once():
    agreement()
    handoff = handed_over()
    assert breaching.sweep(at=after(15.5))[1] == 1
    assert breaching.sweep(at=after(16))[1] == 0
    clock = handoff.clocks.get(kind="accept")
    assert clock.breached_at == after(15.5)
    assert told("breached") == [handoff.owner.email]
    assert told("breached_manager") == [handoff.team.responsible.email]
    assert Message.objects.filter(kind="breached", channel="email").count() == 1
    assert Event.objects.filter(lead=handoff.lead, kind="breached").count() == 1


def test_an_answered_lead_does_not_breach():
    agreement()
    handoff = handed_over()
    responding.touch(handoff.pk, channel="call", actor=handoff.owner, at=after(3))
    assert breaching.sweep(at=after(60)) == (0, 0)


def test_an_imported_past_breaches_nothing():
    agreement()
    handed_over(historical=True)
    assert breaching.sweep(at=after(600)) == (0, 0)
    assert Message.objects.count() == 0


def test_reassign_moves_it_to_a_colleague_and_says_so():
    with_actions("notify_owner", "reassign")
    handoff = handed_over()
    colleague = ines() if handoff.owner == sam() else sam()
    breaching.sweep(at=after(16))
    moved = Handoff.objects.get(pk=handoff.pk)
    assert (moved.owner, moved.state) == (colleague, "waiting")
    assert moved.assignments.last().kind == "breach"
    assert told("breached") == [handoff.owner.email]


def test_reassign_asks_past_owners_only_when_nobody_else_is_left():
    with_actions("reassign")
    handoff = handed_over()
    breaching.sweep(at=after(16))
    breaching.sweep(at=after(32))
    moved = Handoff.objects.get(pk=handoff.pk)
    assert moved.owner == handoff.owner
    assert "past owners" in moved.assignments.last().explanation["relaxed"]


def test_reassign_never_takes_an_accepted_lead():
    with_actions("reassign")
    handoff = handed_over()
    responding.accept(handoff.pk, how="in_discovery", actor=handoff.owner, at=after(5))
    breaching.sweep(at=after(40))
    assert Handoff.objects.get(pk=handoff.pk).owner == handoff.owner


def test_actions_by_clock():
    with_actions(first_touch=["escalate"])
    handoff = handed_over()
    breaching.sweep(at=after(16))
    assert told("escalated") == []
    breaching.sweep(at=after(31))
    assert told("escalated") == [handoff.team.responsible.email]


def test_a_task_is_left_for_the_owner():
    with_actions("task")
    handoff = handed_over()
    breaching.sweep(at=after(16))
    assert "missed accept" in Handoff.objects.get(pk=handoff.pk).next_step


@pytest.mark.parametrize(
    ("action", "status"), [("requalify", "sales_ready"), ("nurture", "nurture")]
)
def test_requalify_and_nurture_take_it_out_of_the_queue(action, status):
    with_actions(action)
    handoff = handed_over()
    breaching.sweep(at=after(16))
    closed = Handoff.objects.get(pk=handoff.pk)
    assert closed.state == "closed"
    assert Lead.objects.get(pk=handoff.lead_id).status == status
    queued = Handoff.objects.open().filter(lead=handoff.lead)
    assert [one.queue.key for one in queued] == (["qualification"] if action == "requalify" else [])


def test_a_lead_nobody_can_take_waits_and_is_given_out():
    agreement()
    sdr_na().memberships.update(max_open=1)
    first, second, third = handed_over(), handed_over(), handed_over()
    assert (third.owner, third.queue, third.awaits_turn) == (None, sdr_na(), True)
    assert told("waits") == [lena().email]
    assert owning.give_out(third.pk, at=after(2)) is None
    responding.reject(
        first.pk, reason="wrong_timing", until=dt.date(2027, 1, 1), actor=first.owner, at=after(3)
    )
    given = owning.give_out(third.pk, at=after(4))
    assert (given.owner, given.awaits_turn) == (first.owner, False)
    assert second.owner != first.owner


def test_letters_tell_the_time_in_the_zone_of_whoever_reads_them():
    agreement()
    rep = handed_over().owner
    rep.timezone = ""
    assert rep.zone_name() == rep.memberships.get().team.calendar.timezone
    assert lena().zone_name()
    rep.timezone = "Asia/Tokyo"
    assert rep.zone_name() == "Asia/Tokyo"
