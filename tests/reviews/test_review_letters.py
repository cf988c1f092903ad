"""Letters of joint reviews: the minutes, reminders of votes and actions, and the file that goes
with an invitation."""

import datetime as dt

import pytest
from django.core import mail

from leads import sending
from leads.models import Message, Preference
from leads.sending.composing import compose
from reviews.meetings import noting, remembering, running
from reviews.meetings.noting import Asked
from reviews.models import Meeting, Participant, Sampled, Vote
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.meeting import begun, planned

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def letters(kind, **narrowed):
    return Message.objects.filter(kind=kind, channel="email", **narrowed)


def test_the_invitation_is_mailed_with_its_file():
    planned()
    sending.send_due(at=MONDAY)
    sent = next(one for one in mail.outbox if one.to == [make.sam().email])
    message = sent.message()
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds.count("text/calendar") == 2
    (file,) = [part for part in message.walk() if part.get_filename()]
    assert file.get_filename() == "joint-review-1.ics"
    assert file.get_param("method") == "REQUEST"
    assert b"BEGIN:VEVENT" in file.get_payload(decode=True)


def test_an_invitation_held_by_quiet_hours_keeps_its_file():
    sam = make.sam()
    Preference.objects.create(
        user=sam, quiet="between", quiet_from=dt.time(0), quiet_until=dt.time(12)
    )
    for columns in ({}, {"name": "Quarterly", "every_weeks": 12}):
        planned(**columns)
    sending.send_due(at=MONDAY)
    assert letters("joint_review", recipient=sam, state="waiting").count() == 2
    sending.send_due(at=MONDAY + DAY / 2)
    mine = [one for one in mail.outbox if one.to == [sam.email]]
    assert len(mine) == 2
    assert all(part for one in mine for part in one.attachments)


def test_the_minutes_are_mailed_to_everybody_once_it_ends():
    meeting = begun()
    at = meeting.began_at + MINUTE
    running.go_to(meeting.pk, 2, seen=0, actor=make.mara(), at=at)
    noting.decide(meeting.pk, "Size from <200>", actor=make.sam(), at=at)
    running.end(meeting.pk, actor=make.mara(), at=at + 9 * MINUTE)
    found = letters("review_minutes")
    assert found.count() == 5
    made = compose(found.get(recipient=make.sam()))
    assert made.subject == "Minutes of joint review 1: Marketing and sales"
    assert "1 decision, 0 actions." in made.text
    assert "2. Disposition trends, 9 min" in made.text
    assert "Decision: Size from <200>" in made.text
    assert "Size from &lt;200&gt;" in made.html and "/reviews/1/minutes/" in made.html


def test_an_action_is_reminded_of_the_day_before_and_once_late():
    meeting = begun()
    asked = Asked("Ask for the size", make.sam(), (meeting.starts_at + 7 * DAY).date())
    action = noting.ask_for(meeting.pk, asked, actor=make.mara(), at=meeting.starts_at)
    due = meeting.starts_at + 7 * DAY
    assert remembering.remind(at=due - 2 * DAY) == 0
    for _ in range(2):
        remembering.remind(at=due - DAY)
    soon = letters("action_due").get()
    assert soon.subject == "Due 22 Oct: Ask for the size" and soon.recipient == make.sam()
    remembering.remind(at=due + DAY)
    assert letters("action_due", subject__startswith="Overdue since 22 Oct").count() == 1
    noting.done(action.pk, actor=make.sam(), at=due + DAY)
    assert remembering.remind(at=due + 2 * DAY) == 0


def test_who_has_not_voted_on_every_lead_is_reminded_the_day_before():
    meeting = planned()
    at = meeting.starts_at - DAY / 2
    for place in (1, 2):
        Sampled.objects.create(
            meeting=meeting,
            handoff=make.HandoffFactory(),
            place=place,
            stratum="accepted",
            drawn_at=at,
        )
    remembering.remind(at=at)
    assert not letters("review_vote").exists()
    Meeting.objects.update(drawn_at=at)
    sam = Participant.objects.get(user=make.sam())
    ines = Participant.objects.get(user=make.ines())
    for lead in Sampled.objects.all():
        Vote.objects.create(sampled=lead, participant=sam, verdict="yes", at=at)
    Vote.objects.create(sampled=lead, participant=ines, verdict="no", clause="size", at=at)
    for _ in range(2):
        remembering.remind(at=at)
    told = {one.recipient: one.subject for one in letters("review_vote")}
    assert make.sam() not in told and len(told) == 4
    assert told[make.ines()] == "Joint review 1: 1 lead waits for your vote"
    assert told[make.lena()] == "Joint review 1: 2 leads wait for your vote"
