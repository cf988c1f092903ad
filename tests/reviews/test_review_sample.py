"""Which leads a review looks at: drawn once, of every kind, drawn anew only for a reason."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Handoff
from reviews.meetings import planning
from reviews.models import Line, Sampled
from reviews.sampling import draw
from reviews.voting import drawing, revealing
from reviews.voting.candidates import candidates
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.meeting import planned
from tests.reviews.voting import (
    DAY,
    at_item_three,
    drawn,
    fresh,
    handed,
    lead,
    some_of_each,
    vote,
)

pytestmark = pytest.mark.django_db

SOON = MONDAY + 2 * DAY


def kinds(meeting, *, at=SOON):
    return {one.handoff: one.stratum for one in candidates(meeting, at=at)}


def test_each_hand_over_is_of_the_first_kind_that_holds():
    meeting = planned()
    (accepted,), (rejected,), (silent,) = (
        handed(answer=answer) for answer in ("accepted", "rejected", "no_response")
    )
    (late,) = handed(answer="accepted")
    make.ClockFactory(handoff=late, kind="first_touch", late=True)
    (late_no,) = handed(answer="rejected")
    make.ClockFactory(handoff=late_no, kind="first_touch", late=True)
    (converted,) = handed(answer="accepted", outcome="open")
    nurtured = make.JudgementFactory(lead=converted.lead, nurture=True, as_of=MONDAY - 90 * DAY)
    again = make.JudgementFactory(lead=converted.lead)
    Handoff.objects.filter(pk=converted.pk).update(judgement=again)
    assert nurtured.pk < again.pk
    assert kinds(meeting) == {
        accepted.pk: "accepted",
        rejected.pk: "rejected",
        silent.pk: "no_response",
        late.pk: "late",
        late_no.pk: "rejected",
        converted.pk: "converted",
    }


def test_only_what_happened_since_the_last_meeting_and_was_handed_over_ready_counts():
    meeting = planned()
    old = meeting.since - 10 * DAY
    handed(at=old)
    handed(at=MONDAY - DAY, status="needs_qualification")
    handed(at=MONDAY - DAY, step="ae", accepted=True, answer="accepted")
    waiting = make.HandoffFactory(triggered_at=MONDAY - DAY, owner=make.otto())
    (answered,) = handed(at=old, ended_at=MONDAY - DAY)
    assert waiting.due_at < SOON
    assert kinds(meeting) == {answered.pk: "rejected"}


def test_the_imported_past_counts_only_where_there_is_nothing_else():
    meeting = planned()
    past = handed(2, of_the_past=True)
    assert set(kinds(meeting)) == {one.pk for one in past}
    (present,) = handed()
    assert set(kinds(meeting)) == {present.pk}


def test_what_another_meeting_looks_at_does_not_come_again():
    some_of_each()
    first = drawn()
    other = planned(name="Partners", chair=make.lena())
    assert set(kinds(first)) == set(Handoff.objects.values_list("pk", flat=True))
    assert kinds(other) == {}


def test_candidates_are_one_statement():
    meeting = planned()
    some_of_each()
    with CaptureQueriesContext(connection) as asked:
        list(candidates(meeting, at=SOON))
    assert len(asked) == 1


def test_the_sample_is_drawn_once_when_its_vote_opens_and_the_seed_tells_it():
    some_of_each()
    meeting = planned()
    opens = drawing.opens_at(meeting)
    assert opens == dt.datetime(2026, 10, 14, 4, tzinfo=dt.UTC)
    assert drawing.draw_due(at=opens - dt.timedelta(minutes=1)) == 0
    assert drawing.draw_due(at=opens) == 9
    assert drawing.draw_due(at=opens) == 0
    told = list(meeting.sample.standing().values_list("handoff", "stratum", "because"))
    people = set(meeting.participants.values_list("user", flat=True))
    again = draw(candidates(meeting, at=opens), seed=str(meeting.seed), reviewers=people)
    assert told == [(p.candidate.handoff, p.candidate.stratum, p.why) for p in again.places]
    assert fresh(meeting).drawn_at == opens and fresh(meeting).revision > meeting.revision


def test_without_a_lead_nothing_is_drawn_until_there_is_one():
    meeting = planned()
    opens = drawing.opens_at(meeting)
    assert drawing.draw_for(meeting.pk, at=opens) == []
    handed()
    assert len(drawing.draw_for(meeting.pk, at=opens)) == 1


def test_nothing_is_drawn_for_a_meeting_that_is_off():
    meeting = planned()
    handed()
    planning.cancel(meeting.pk, because="The office moves", actor=make.lena(), at=MONDAY)
    assert drawing.draw_for(meeting.pk, at=drawing.opens_at(meeting)) == []


def test_a_lead_whose_only_reviewer_would_be_its_owner_is_not_drawn():
    handed(owner=make.sam())
    (other,) = handed(owner=make.ines())
    meeting = planned()
    meeting.participants.exclude(user=make.sam()).delete()
    (one,) = drawing.draw_for(meeting.pk, at=SOON)
    assert one.handoff_id == other.pk


def test_the_chair_draws_one_lead_anew_with_a_reason_and_the_minutes_say_so():
    some_of_each()
    handed(1, answer="accepted")
    meeting = drawn(sample_size=6)
    old = lead(meeting, 2)
    new = drawing.redraw(old.pk, because=" A test lead ", actor=make.lena(), at=SOON)
    old.refresh_from_db()
    assert new.place == 2 and new.stratum == old.stratum
    assert (old.replaced_by, old.replaced_because) == (new, "A test lead")
    assert meeting.sample.standing().count() == 6
    line = Line.objects.get(meeting=meeting)
    assert (line.kind, line.text) == ("redrawn", "Lead 2 drawn again: A test lead")
    assert old.stratum not in line.text


def test_all_hidden_leads_are_drawn_anew_and_revealed_ones_stay():
    some_of_each()
    meeting = at_item_three(sample_size=3)
    Sampled.objects.filter(pk=lead(meeting).pk).update(revealed_at=SOON, revealed_by=make.mara())
    before = set(meeting.sample.values_list("handoff", flat=True))
    fresh_ones = drawing.redraw_all(meeting.pk, because="Wrong weeks", actor=make.lena(), at=SOON)
    assert [one.place for one in fresh_ones] == [2, 3]
    assert not before & {one.handoff_id for one in fresh_ones}
    assert lead(meeting).replaced_at is None


def test_nobody_else_redraws_and_never_without_a_reason_or_after_the_reveal():
    some_of_each()
    meeting = at_item_three(sample_size=3)
    one = lead(meeting)
    with pytest.raises(NotAllowed):
        drawing.redraw(one.pk, because="I lost it", actor=make.sam(), at=SOON)
    with pytest.raises(Invalid):
        drawing.redraw(one.pk, because="  ", actor=make.lena(), at=SOON)
    for unsound in ("x" * (drawing.LONGEST + 1), "a\0b"):
        with pytest.raises(Invalid):
            drawing.redraw(one.pk, because=unsound, actor=make.lena(), at=SOON)
    Sampled.objects.filter(pk=one.pk).update(revealed_at=SOON, revealed_by=make.mara())
    with pytest.raises(Conflict):
        drawing.redraw(one.pk, because="I lost it", actor=make.lena(), at=SOON)


def test_a_lead_whose_votes_were_seen_is_not_drawn_anew_while_the_room_votes_again():
    some_of_each()
    meeting = at_item_three(sample_size=3)
    one, at = lead(meeting), meeting.starts_at + DAY / 48
    vote(one, make.sam())
    revealing.reveal(one.pk, actor=make.mara(), at=at)
    revealing.vote_again(one.pk, actor=make.mara(), at=at)
    with pytest.raises(Conflict, match="revealed"):
        drawing.redraw(one.pk, because="I dislike it", actor=make.lena(), at=at)
    others = drawing.redraw_all(meeting.pk, because="Wrong weeks", actor=make.lena(), at=at)
    assert [each.place for each in others] == [2, 3]
    assert lead(meeting) == one


def test_where_no_other_lead_is_left_the_sample_stands():
    some_of_each()
    meeting = drawn()
    with pytest.raises(Conflict, match="No other lead"):
        drawing.redraw(lead(meeting).pk, because="A test lead", actor=make.lena(), at=SOON)
    assert lead(meeting).replaced_at is None
    assert planning.may_arrange(meeting.series, make.lena())
