"""The sample of a joint review for tests, and votes on it."""

import datetime as dt

from handoff import statements
from leads.models import Lead
from reviews.meetings import running
from reviews.models import Item, Meeting, Sampled
from reviews.voting import ballots, drawing
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.meeting import planned

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)

ANSWERS = {
    "accepted": {"accepted": True},
    "rejected": {"rejected": True},
    "no_response": {"closed": True, "accepted": True, "state": "closed"},
}


def handed(count=1, *, answer="rejected", at=MONDAY - DAY, **columns):
    """So many hand-overs of Otto's, answered one way, each of another lead."""
    given = {"owner": make.otto(), "triggered_at": at, **ANSWERS[answer], **columns}
    return [make.HandoffFactory(**given) for _ in range(count)]


def some_of_each():
    """Three that were accepted, three rejected, three without a response."""
    return [one for answer in ANSWERS for one in handed(3, answer=answer)]


def drawn(**columns):
    """A planned meeting with a sample, drawn the moment its vote opens."""
    meeting = planned(**columns)
    drawing.draw_for(meeting.pk, at=drawing.opens_at(meeting))
    return fresh(meeting)


def at_item_three(**columns):
    """A meeting with a sample, begun by Mara and at its third item."""
    meeting = drawn(**columns)
    running.begin(meeting.pk, actor=make.mara(), at=meeting.starts_at)
    third = {"seen": 0, "actor": make.mara(), "at": meeting.starts_at + MINUTE}
    return running.go_to(meeting.pk, Item.CHANGES, **third)


def fresh(meeting):
    return Meeting.objects.get(pk=meeting.pk)


def lead(meeting, place=1):
    return Sampled.objects.standing().get(meeting=meeting, place=place)


def seat(meeting, person):
    return meeting.participants.get(user=person)


def vote(sampled, person, verdict="no", *, at=None, **more):
    """A vote, given as the meeting begins."""
    meeting = sampled.meeting
    moment = at or meeting.starts_at + 2 * MINUTE
    who = seat(meeting, person)
    return ballots.cast(sampled.pk, who, verdict=verdict, at=moment, **more)


def erase(sampled):
    """The lead of a place goes, as on its person's request."""
    lead_id = sampled.handoff.lead_id
    Lead.objects.filter(pk=lead_id).update(is_demo=True)
    statements.fetch("SELECT leads_forget(%s::bigint[])", [[lead_id]])
