"""Answering a hand-over: each action works, for the right person, once, and says why not."""

import datetime as dt

import pytest

from leads.journey import recording, recycling, responding
from leads.journey.responding import Conflict, Invalid, NotAllowed
from leads.models import Assignment, Clock, Event, Handoff, Lead, Message, Turn
from tests.factories import MONDAY, ReasonFactory, TeamFactory, ines, lena, mara, otto, sam
from tests.leads.arriving import agreement, arrive, handed_over

pytestmark = pytest.mark.django_db

LATER = MONDAY + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _agreement():
    agreement()


def owner_of(handoff: Handoff):
    return handoff.owner


def colleague_of(handoff: Handoff):
    return ines() if handoff.owner == sam() else sam()


def kinds(handoff: Handoff) -> list[str]:
    return list(
        Event.objects.filter(lead=handoff.lead).order_by("seq").values_list("kind", flat=True)
    )


def test_a_hand_over_has_an_owner_clocks_with_receipts_and_a_reason():
    outcome = arrive()
    handoff = Handoff.objects.get(pk=outcome.handoff_id)
    assert handoff.owner in (sam(), ines())
    clocks = {clock.kind: clock for clock in handoff.clocks.all()}
    assert clocks["assign"].state == "met"
    assert clocks["accept"].due_at == MONDAY + dt.timedelta(minutes=15)
    assert sum(row["minutes"] for row in clocks["accept"].receipt) == 15
    assert clocks["first_touch"].due_at == MONDAY + dt.timedelta(minutes=30)
    assert handoff.due_at == clocks["accept"].due_at
    why = handoff.assignments.get().explanation
    assert [rule["key"] for rule in why["rules"]] == ["account", "review", "na"]
    assert {one["why"] for one in why["candidates"]} == {
        "Their turn",
        "Served as much, joined later",
    }
    answer = outcome.as_answer()
    assert answer["owner"] == handoff.owner.email
    assert answer["queue"] is None
    assert answer["due"]["accept"] == clocks["accept"].due_at
    assert round(sum(answer["fit_parts"].values()), 1) == answer["fit"]
    assert kinds(handoff) == ["received", "matched", "judged", "handed_over", "assigned"]


def test_accept():
    handoff = handed_over()
    accepted = responding.accept(
        handoff.pk, how="meeting_booked", actor=owner_of(handoff), at=LATER
    )
    assert (accepted.state, accepted.how, accepted.accepted_at) == (
        "accepted",
        "meeting_booked",
        LATER,
    )
    assert handoff.clocks.get(kind="accept").state == "met"
    assert accepted.due_clock == "first_touch"


def test_accept_twice_is_a_conflict_that_names_who_and_when():
    handoff = handed_over()
    owner = owner_of(handoff)
    responding.accept(handoff.pk, how="outreach_started", actor=owner, at=LATER)
    with pytest.raises(Conflict, match=f"accepted.*{owner.name}"):
        responding.accept(handoff.pk, how="outreach_started", actor=owner, at=LATER)


def test_a_colleague_cannot_accept_what_somebody_owns():
    handoff = handed_over()
    with pytest.raises(Conflict, match="Reassign it"):
        responding.accept(handoff.pk, how="outreach_started", actor=colleague_of(handoff), at=LATER)


def test_an_outsider_may_not():
    handoff = handed_over()
    with pytest.raises(NotAllowed):
        responding.accept(handoff.pk, how="outreach_started", actor=otto(), at=LATER)


def test_accept_needs_to_know_how():
    handoff = handed_over()
    with pytest.raises(Invalid) as caught:
        responding.accept(handoff.pk, how="somehow", actor=owner_of(handoff), at=LATER)
    assert caught.value.field == "how"


def test_accepting_late_marks_the_clock_late():
    handoff = handed_over()
    late = MONDAY + dt.timedelta(minutes=16)
    responding.accept(handoff.pk, how="outreach_started", actor=owner_of(handoff), at=late)
    assert handoff.clocks.get(kind="accept").breached_at == late


def test_reject_to_nurture_with_a_date():
    handoff = handed_over()
    until = dt.date(2027, 1, 15)
    with pytest.raises(Invalid) as caught:
        responding.reject(handoff.pk, reason="wrong_timing", actor=owner_of(handoff), at=LATER)
    assert caught.value.field == "until"
    rejected = responding.reject(
        handoff.pk, reason="wrong_timing", until=until, actor=owner_of(handoff), at=LATER
    )
    assert rejected.state == "rejected"
    assert rejected.ended_at == LATER
    lead = Lead.objects.get(pk=handoff.lead_id)
    assert (lead.status, lead.nurture_until) == ("nurture", until)
    assert not Clock.objects.running().filter(handoff=handoff).exists()


@pytest.mark.parametrize("reason", ["", "no_such_reason"])
def test_reject_needs_a_reason(reason):
    handoff = handed_over()
    with pytest.raises(Invalid):
        responding.reject(handoff.pk, reason=reason, actor=owner_of(handoff), at=LATER)


def test_a_misrouted_lead_is_routed_again_and_credited_back():
    ReasonFactory(moved=True)
    handoff = handed_over()
    owner, colleague = owner_of(handoff), colleague_of(handoff)
    responding.reject(handoff.pk, reason="wrong_territory", actor=owner, at=LATER)
    again = Handoff.objects.open().get(lead=handoff.lead)
    assert (again.owner, again.previous_id) == (colleague, handoff.pk)
    credit = Turn.objects.get(cause="credit")
    assert credit.membership.user == owner
    for membership in handoff.team.memberships.all():
        total = sum(turn.amount for turn in membership.turns.all())
        assert membership.served == total


def test_a_touch_stops_the_first_touch_clock_and_starts_the_follow_up():
    handoff = handed_over()
    owner = owner_of(handoff)
    responding.accept(handoff.pk, how="outreach_started", actor=owner, at=LATER)
    touched = responding.touch(
        handoff.pk,
        channel="call",
        next_step="Send the security documents",
        next_step_due=LATER + dt.timedelta(days=1),
        actor=owner,
        at=LATER,
    )
    assert touched.first_touch_at == LATER
    assert handoff.clocks.get(kind="first_touch").state == "met"
    assert touched.due_clock == "next_step"
    assert handoff.clocks.get(kind="follow_up").state == "running"
    responding.touch(handoff.pk, channel="email", actor=owner, at=LATER + dt.timedelta(hours=1))
    assert handoff.clocks.get(kind="follow_up").state == "met"
    assert Handoff.objects.get(pk=handoff.pk).first_touch_at == LATER


def test_a_touch_of_a_waiting_lead_accepts_it():
    handoff = handed_over()
    touched = responding.touch(handoff.pk, channel="call", actor=owner_of(handoff), at=LATER)
    assert (touched.state, touched.how) == ("accepted", "outreach_started")


def test_a_touch_in_the_future_is_refused():
    handoff = handed_over()
    ahead = LATER + dt.timedelta(hours=1)
    with pytest.raises(Invalid):
        responding.touch(
            handoff.pk, channel="call", touched_at=ahead, actor=owner_of(handoff), at=LATER
        )


def test_accepting_alone_does_not_stop_the_first_touch_clock():
    handoff = handed_over()
    responding.accept(handoff.pk, how="in_discovery", actor=owner_of(handoff), at=LATER)
    assert handoff.clocks.get(kind="first_touch").state == "running"


def test_dispose_needs_acceptance_first():
    handoff = handed_over()
    with pytest.raises(Conflict, match="waiting"):
        responding.dispose(handoff.pk, disposition="no_response", actor=owner_of(handoff), at=LATER)


@pytest.mark.parametrize(
    ("disposition", "state", "status"),
    [
        ("working", "accepted", "sales_ready"),
        ("converted", "closed", "sales_ready"),
        ("no_response", "closed", "nurture"),
        ("bad_fit", "closed", "disqualified"),
        ("nurture", "closed", "nurture"),
        ("duplicate", "closed", "duplicate"),
        ("recycled", "closed", "nurture"),
    ],
)
def test_dispositions(disposition, state, status):
    handoff = handed_over()
    owner = owner_of(handoff)
    responding.accept(handoff.pk, how="outreach_started", actor=owner, at=LATER)
    disposed = responding.dispose(handoff.pk, disposition=disposition, actor=owner, at=LATER)
    assert (disposed.state, disposed.disposition) == (state, disposition)
    assert Lead.objects.get(pk=handoff.lead_id).status == status


def test_reassigning_restarts_accept_and_first_touch_carries_on():
    handoff = handed_over()
    before = handoff.clocks.get(kind="first_touch").due_at
    reason = ReasonFactory()
    owner, colleague = owner_of(handoff), colleague_of(handoff)
    moved = responding.reassign(handoff.pk, to=colleague, reason=reason.key, actor=lena(), at=LATER)
    assert moved.owner == colleague
    accept = handoff.clocks.get(kind="accept", state="running")
    assert accept.started_at == LATER
    carried = handoff.clocks.get(kind="first_touch", state="running")
    assert carried.due_at == before
    assert any("first touch carries on" in row["why"] for row in carried.receipt)
    assert Message.objects.inbox(colleague).filter(kind="assigned").exists()
    assert Assignment.objects.filter(handoff=handoff).last().reason == reason
    with pytest.raises(Invalid):
        responding.reassign(handoff.pk, to=owner, reason="", actor=lena(), at=LATER)


def test_reassigning_to_a_team_that_pulls_leaves_it_in_its_queue():
    team = TeamFactory(pull=True)
    reason = ReasonFactory()
    handoff = handed_over()
    moved = responding.reassign(handoff.pk, to=team, reason=reason.key, actor=lena(), at=LATER)
    assert (moved.owner, moved.team, moved.queue) == (None, team, team)
    assert moved.clocks.filter(kind="assign", state="running").exists()


def test_returned_to_marketing_stands_still_and_runs_on():
    reason = ReasonFactory(needs_work=True)
    handoff = handed_over()
    owner = owner_of(handoff)
    responding.return_to_marketing(
        handoff.pk, reason=reason.key, missing=["campaign"], actor=owner, at=LATER
    )
    assert set(
        handoff.clocks.filter(kind__in=("accept", "first_touch")).values_list("state", flat=True)
    ) == {"paused"}
    assert handoff.clocks.filter(kind="handover", state="running").exists()
    back = LATER + dt.timedelta(minutes=20)
    resumed = responding.resume(handoff.pk, actor=mara(), at=back)
    assert resumed.state == "waiting"
    clock = handoff.clocks.get(kind="accept", state="running")
    assert clock.due_at == MONDAY + dt.timedelta(minutes=35)
    assert any("pause" in row["why"] for row in clock.receipt)


def test_next_lead_takes_the_first_due_of_the_queue():
    later = handed_over(country="DE", at=MONDAY + dt.timedelta(minutes=1))
    first = handed_over(country="DE")
    quinn = first.team.memberships.get().user
    assert (first.owner, first.queue.key) == (None, "qualification")
    taken = responding.claim_next(first.team, actor=quinn, at=LATER)
    assert (taken.pk, taken.owner, taken.state) == (first.pk, quinn, "waiting")
    assert taken.clocks.get(kind="assign").state == "met"
    assert responding.next_for(quinn, at=LATER).pk == later.pk
    assert responding.claim_next(first.team, actor=quinn, at=LATER) is None
    assert responding.next_for(quinn, at=LATER).pk == first.pk
    with pytest.raises(NotAllowed):
        responding.claim_next(first.team, actor=otto(), at=LATER)


def test_who_accepts_an_unowned_lead_of_their_team_claims_it():
    handoff = handed_over(country="DE")
    quinn = handoff.team.memberships.get().user
    accepted = responding.accept(handoff.pk, how="in_discovery", actor=quinn, at=LATER)
    assert (accepted.owner, accepted.state) == (quinn, "accepted")
    with pytest.raises(Conflict, match="took this lead"):
        responding.claim(handoff.pk, actor=quinn, at=LATER)


def test_events_form_a_chain_that_shows_a_rewrite():
    handoff = handed_over()
    responding.accept(handoff.pk, how="outreach_started", actor=owner_of(handoff), at=LATER)
    assert recording.broken_links(handoff.lead_id) == []


def test_a_hand_over_that_never_was_cannot_be_answered():
    with pytest.raises(Handoff.DoesNotExist, match="no hand-over 987654"):
        responding.accept(987654, how="outreach_started", actor=sam(), at=LATER)


@pytest.mark.parametrize(
    ("reason", "until", "field"),
    [("wrong_timing", None, "until"), ("spam", dt.date(2027, 1, 15), "reason")],
)
def test_to_nurture_needs_a_day_and_a_reason_that_leads_there(reason, until, field):
    ReasonFactory(key="spam", goes_to="disqualify")
    handoff = handed_over()
    with pytest.raises(Invalid) as caught:
        recycling.recycle(handoff.pk, reason=reason, until=until, actor=owner_of(handoff), at=LATER)
    assert caught.value.field == field
