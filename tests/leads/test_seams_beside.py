"""The row beside a hand-over says when its form was sent, when its owner was told, and how much
working time each step took, whoever wrote it."""

import datetime as dt

import pytest

from handoff.models import Calendar
from handoff.tasks import lay_out_calendars
from leads.journey import owning, responding
from leads.models import Handoff, Message, Promise
from leads.tasks import measure_working_time
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
FRIDAY_EVENING = dt.datetime(2026, 10, 16, 21, tzinfo=dt.UTC)
"""Half an hour before New York closes; it opens at 13:00 UTC, and rests from 16:30 for an hour."""


def kept(handoff):
    return Promise.objects.get(pk=handoff.pk)


def test_a_weekend_counts_on_the_wall_and_not_in_working_time():
    handoff = make.HandoffFactory(made_at=FRIDAY_EVENING)
    Handoff.objects.filter(pk=handoff.pk).update(
        opened_at=FRIDAY_EVENING + 2 * DAY + 17 * HOUR,
        accepted_at=FRIDAY_EVENING + 2 * DAY + 18 * HOUR,
    )
    row = kept(handoff)
    assert (row.took_open, row.worked_open) == ((2 * 24 + 17) * 3600, 1800 + 3600)
    assert (row.took_accept, row.worked_accept) == (3600, 3600)
    assert (row.took_touch, row.worked_touch) == (None, None)


def test_what_was_counted_stays_when_the_calendar_is_edited():
    handoff = make.HandoffFactory(made_at=MONDAY)
    Handoff.objects.filter(pk=handoff.pk).update(opened_at=MONDAY + HOUR)
    calendar = handoff.team.calendar
    calendar.hours = {"mon-fri": ["09:00-09:30"]}
    calendar.save()
    Handoff.objects.filter(pk=handoff.pk).update(
        accepted_at=MONDAY + 2 * HOUR, first_touch_at=MONDAY + 3 * HOUR
    )
    row = kept(handoff)
    assert (row.worked_open, row.worked_accept, row.worked_touch) == (3600, 0, 0)


def test_each_step_counts_by_the_calendar_of_the_team_that_had_it_then():
    always = make.TeamFactory(calendar=make.CalendarFactory(round_the_clock=True))
    handoff = make.HandoffFactory(made_at=FRIDAY_EVENING)
    Handoff.objects.filter(pk=handoff.pk).update(opened_at=FRIDAY_EVENING + DAY)
    Handoff.objects.filter(pk=handoff.pk).update(team=always)
    Handoff.objects.filter(pk=handoff.pk).update(accepted_at=FRIDAY_EVENING + 2 * DAY)
    row = kept(handoff)
    assert (row.worked_open, row.worked_accept) == (1800, 24 * 3600)


def test_without_a_team_the_hours_are_those_of_marketing():
    make.HandoffFactory()
    office = make.CalendarFactory(key="office", hours={"mon-sun": ["00:00-01:00"]}, timezone="UTC")
    make.TeamFactory(kind="marketing", calendar=office)
    handoff = make.HandoffFactory(team=None, unowned=True, made_at=FRIDAY_EVENING)
    Handoff.objects.filter(pk=handoff.pk).update(
        owner=make.sam(), assigned_at=FRIDAY_EVENING + 2 * DAY
    )
    assert kept(handoff).worked_assign == 2 * 3600


def test_who_answers_without_opening_has_seen_it_by_then():
    handoff = make.HandoffFactory(made_at=MONDAY)
    Handoff.objects.filter(pk=handoff.pk).update(
        accepted_at=MONDAY + HOUR, first_touch_at=MONDAY + 2 * HOUR, ended_at=MONDAY + 3 * HOUR,
        state="closed",
    )  # fmt: skip
    row = kept(handoff)
    assert (row.worked_open, row.worked_accept) == (3600, None)
    assert (row.worked_touch, row.worked_end) == (3600, 1800)


def test_what_has_not_ended_has_come_to_no_outcome():
    handoff = make.HandoffFactory(made_at=MONDAY, accepted=True, first_touch_at=MONDAY)
    assert (kept(handoff).took_touch, kept(handoff).took_end) == (0, None)


def test_what_is_taken_back_is_counted_no_more():
    agreement()
    handoff = handed_over()
    responding.touch(handoff.pk, channel="call", at=MONDAY + MINUTE, actor=handoff.owner)
    assert kept(handoff).worked_touch == 0
    Handoff.objects.filter(pk=handoff.pk).update(first_touch_at=None, accepted_at=None)
    row = kept(handoff)
    assert (row.worked_touch, row.worked_open) == (None, None)


def test_in_other_hands_the_first_who_had_it_and_saw_it_stay():
    agreement()
    handoff = handed_over()
    make.ReasonFactory(moved=True)
    sent(handoff, MONDAY)
    owning.mark_opened(handoff.pk, actor=handoff.owner, at=MONDAY + 5 * MINUTE)
    other = make.ines() if handoff.owner == make.sam() else make.sam()
    owning.reassign(
        handoff.pk, to=other, reason="wrong_territory", actor=make.lena(), at=MONDAY + HOUR
    )
    responding.accept(handoff.pk, how="outreach_started", actor=other, at=MONDAY + 2 * HOUR)
    row = kept(handoff)
    assert (row.worked_open, row.worked_accept) == (300, 2 * 3600 - 300)


def test_a_form_that_says_when_it_was_sent_is_captured_then():
    agreement()
    said = handed_over(occurred_at=(MONDAY - MINUTE).isoformat())
    assert (kept(said).from_captured, kept(said).worked_receive) == (60, 60)
    silent = handed_over(email="somebody@else.example")
    assert (kept(silent).from_captured, kept(silent).worked_receive) == (None, None)


def sent(handoff, at, **changes):
    mails = Message.objects.filter(handoff=handoff, channel="email", recipient=handoff.owner)
    assert mails.update(state="sent", sent_at=at, **changes) == 1


def test_the_owner_is_told_when_the_first_mail_is_really_sent():
    agreement()
    handoff = handed_over()
    assert (kept(handoff).to_notify, kept(handoff).untold) == (None, True)
    sent(handoff, MONDAY + 3 * MINUTE)
    row = kept(handoff)
    assert (row.to_notify, row.worked_notify, row.untold) == (180, 180, False)
    make.MessageFactory(
        email=True, handoff=handoff, lead=handoff.lead, recipient=handoff.owner, state="sent",
        sent_at=MONDAY + 9 * MINUTE,
    )  # fmt: skip
    assert kept(handoff).to_notify == 180


def test_who_wants_no_mail_is_told_by_the_note_in_the_application():
    handoff = make.HandoffFactory(made_at=MONDAY)
    told = {"handoff": handoff, "lead": handoff.lead, "written_at": MONDAY + MINUTE}
    make.MessageFactory(**told, recipient=make.lena())
    assert kept(handoff).to_notify is None
    make.MessageFactory(**told, recipient=handoff.owner)
    assert kept(handoff).to_notify == 60


def stands(handoff):
    row = kept(handoff)
    return row.to_notify, row.untold


def test_a_mail_that_could_not_be_sent_tells_nobody_until_the_note_is_seen():
    agreement()
    handoff = handed_over()
    Message.objects.filter(handoff=handoff, channel="email").update(state="dead")
    assert stands(handoff) == (None, True)
    notes = Message.objects.filter(handoff=handoff, channel="in_app", recipient=handoff.owner)
    notes.mark_seen(at=MONDAY + HOUR)
    assert stands(handoff) == (3600, False)
    notes.mark_unseen()
    assert stands(handoff) == (3600, False)


def test_who_finds_a_lead_that_nobody_told_them_of_was_told_by_then():
    agreement()
    handoff = handed_over()
    owning.mark_opened(handoff.pk, actor=handoff.owner, at=MONDAY + HOUR)
    row = kept(handoff)
    assert (row.took_notify, row.worked_notify, row.took_open) == (3600, 3600, 0)
    sent(handoff, MONDAY + 2 * HOUR)
    row = kept(handoff)
    assert (row.took_notify, row.worked_notify, row.took_open) == (3600, 3600, 0)


def test_who_takes_a_lead_themselves_was_not_to_be_told():
    agreement()
    handoff = handed_over()
    assert stands(handoff) == (None, True)
    make.ReasonFactory(moved=True)
    team = handoff.team
    owning.reassign(handoff.pk, to=make.ines(), reason="wrong_territory", actor=make.lena(),
        at=MONDAY + MINUTE)  # fmt: skip
    assert stands(handoff) == (None, True)
    Handoff.objects.filter(pk=handoff.pk).update(owner=None, team=team)
    assert stands(handoff) == (None, False)
    owning.claim(handoff.pk, actor=make.lena(), at=MONDAY + HOUR)
    assert stands(handoff) == (None, False)
    owning.mark_opened(handoff.pk, actor=make.lena(), at=MONDAY + 2 * HOUR)
    assert kept(handoff).took_notify is None


def test_a_letter_that_is_never_sent_tells_nobody_any_more():
    handoff = make.HandoffFactory(made_at=MONDAY)
    letter = make.MessageFactory(email=True, handoff=handoff, lead=handoff.lead)
    assert stands(handoff) == (None, True)
    letter.delete()
    assert stands(handoff) == (None, False)


def test_a_letter_to_a_later_owner_does_not_change_when_the_first_was_told():
    handoff = make.HandoffFactory(made_at=MONDAY)
    Handoff.objects.filter(pk=handoff.pk).update(opened_at=MONDAY + HOUR)
    make.MessageFactory(
        email=True, handoff=handoff, lead=handoff.lead, state="sent", sent_at=MONDAY + 2 * HOUR
    )
    assert stands(handoff) == (None, False)
    assert kept(handoff).took_open == 3600


def test_what_ripened_later_is_received_when_it_was_triggered():
    handoff = make.HandoffFactory(made_at=MONDAY, triggered_at=MONDAY - MINUTE)
    Promise.objects.filter(pk=handoff.pk).update(from_received=90 * 24 * 3600, from_judged=20)
    assert kept(handoff).took_judge == 40
    Handoff.objects.filter(pk=handoff.pk).update(triggered_at=MONDAY - 100 * DAY)
    assert kept(handoff).took_judge == 90 * 24 * 3600


def test_what_comes_with_others_is_told_when_their_letter_is_sent():
    agreement()
    handoff = handed_over()
    letter = make.MessageFactory(email=True, recipient=handoff.owner, kind="gathered")
    Message.objects.filter(handoff=handoff, channel="email").update(
        state="gathered", sent_in=letter
    )
    assert kept(handoff).to_notify is None
    Message.objects.filter(pk=letter.pk).update(state="sent", sent_at=MONDAY + HOUR)
    assert kept(handoff).to_notify == 3600


def test_a_hand_over_that_moves_takes_its_moments_along():
    agreement()
    handoff = handed_over(occurred_at=(MONDAY - MINUTE).isoformat())
    sent(handoff, MONDAY + 3 * MINUTE)
    Handoff.objects.filter(pk=handoff.pk).update(made_at=MONDAY + MINUTE)
    row = kept(handoff)
    assert (row.from_captured, row.to_notify) == (120, 120)


def test_what_was_made_before_its_calendar_was_laid_out_is_counted_later():
    handoff = make.HandoffFactory(made_at=MONDAY)
    handoff.team.calendar.working_time.all().delete()
    Handoff.objects.filter(pk=handoff.pk).update(opened_at=MONDAY + HOUR)
    assert (kept(handoff).took_open, kept(handoff).worked_open) == (3600, None)
    assert lay_out_calendars() == Calendar.objects.count() == 1
    assert (measure_working_time(), kept(handoff).worked_open) == (1, 3600)
    assert measure_working_time() == 0


def test_what_no_calendar_can_tell_is_left():
    handoff = make.HandoffFactory(made_at=MONDAY)
    handoff.team.calendar.working_time.all().delete()
    Handoff.objects.filter(pk=handoff.pk).update(opened_at=MONDAY + HOUR)
    assert (measure_working_time(), kept(handoff).worked_open) == (0, None)
