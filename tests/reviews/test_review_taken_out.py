"""Who is taken out of a series while its meeting runs is there no more; what they voted stays."""

import datetime as dt
import re

import pytest
from django.db import transaction

from leads.journey.states import Conflict, NotAllowed
from leads.models import Message
from reviews.meetings import minutes, noting, planning, running
from reviews.models import Meeting
from reviews.voting import ballots, revealing, tallying
from tests import factories as make
from tests.reviews.meeting import begun, devon, planned, seats
from tests.reviews.voting import MINUTE, at_item_three, fresh, lead, seat, some_of_each, vote
from tests.waiting import Beside

pytestmark = pytest.mark.django_db


def take_out(meeting, *people):
    """Lena takes people out of the series."""
    gone = {one.pk for one in people}
    left = {user: side for user, side in seats().items() if user not in gone}
    at = meeting.starts_at + 5 * MINUTE
    planning.keep_series(meeting.series, left, actor=make.lena(), at=at)


@pytest.fixture
def meeting(time_machine):
    found = begun()
    for person in (make.sam(), make.ines()):
        running.join(found.pk, "", actor=person, at=found.starts_at + MINUTE)
    time_machine.move_to(found.starts_at + 90 * dt.timedelta(seconds=1), tick=False)
    return found


def test_they_are_shown_as_there_no_more_and_other_screens_look_again(client, meeting):
    client.force_login(make.mara())
    stage = f"/reviews/{meeting.number}/screen/live/"
    assert "Sam" in client.get(stage).content.decode()
    before = fresh(meeting).revision
    take_out(meeting, make.sam())
    assert fresh(meeting).revision > before
    shown = client.get(stage).content.decode()
    assert "Sam" not in shown and "Ines" in shown


def test_their_own_pages_are_closed_and_they_can_do_nothing_in_it(client, meeting):
    take_out(meeting, make.sam())
    client.force_login(make.sam())
    for page in ("", "screen/", "live/", "screen/live/", "votes/", "minutes/"):
        assert client.get(f"/reviews/{meeting.number}/{page}").status_code == 404, page
    at = meeting.starts_at + 6 * MINUTE
    assert not running.see(meeting, make.sam(), at=at)
    with pytest.raises(NotAllowed):
        running.take_over(meeting.pk, actor=make.sam(), at=at)
    with pytest.raises(NotAllowed):
        running.join(meeting.pk, "sales", actor=make.sam(), at=at)
    with pytest.raises(NotAllowed):
        noting.decide(meeting.pk, "No", actor=make.sam(), at=at)


def test_the_minutes_say_they_were_there_and_are_not_mailed_to_them(meeting):
    take_out(meeting, make.sam())
    running.end(meeting.pk, actor=make.mara(), at=meeting.starts_at + 9 * MINUTE)
    told = dict(minutes.minutes_of(fresh(meeting), at=meeting.starts_at).present)
    assert told["Sales"].count("(not to the end)") == 1 and "Sam" in told["Sales"]
    readers = Message.objects.filter(kind="review_minutes", channel="in_app")
    assert make.sam() not in {one.recipient for one in readers}
    assert make.ines() in {one.recipient for one in readers}


def test_who_presented_presents_no_more_and_whoever_is_there_can_take_over(client, meeting):
    running.take_over(meeting.pk, actor=make.sam(), at=meeting.starts_at + 2 * MINUTE)
    take_out(meeting, make.sam())
    assert fresh(meeting).presenter is None
    client.force_login(make.ines())
    for page in ("", "screen/"):
        shown = client.get(f"/reviews/{meeting.number}/{page}").content.decode()
        assert re.findall(r"(\w+) is presenting", shown) == ["Nobody"], page
    assert 'id="take-over"' in client.get(f"/reviews/{meeting.number}/screen/").content.decode()
    assert "running, nobody presents" in client.get("/reviews/").content.decode()
    at = meeting.starts_at + 6 * MINUTE
    with pytest.raises(Conflict, match=r"Nobody is presenting\. Take over first\."):
        running.go_to(meeting.pk, 1, seen=0, actor=make.ines(), at=at)
    with pytest.raises(NotAllowed, match="Whoever presents ends it, or the chair"):
        running.end(meeting.pk, actor=make.ines(), at=at)
    running.take_over(meeting.pk, actor=make.ines(), at=at)
    assert fresh(meeting).presenter == make.ines()
    told = meeting.lines.filter(kind="presenter").order_by("pk").last()
    assert told.text == f"{make.ines()} took over."
    assert running.go_to(meeting.pk, 1, seen=0, actor=make.ines(), at=at).item == 1


def test_who_presents_goes_on_when_somebody_else_is_taken_out(meeting):
    take_out(meeting, make.sam())
    assert fresh(meeting).presenter == make.mara()


def test_who_is_put_back_takes_over_before_they_present_again(meeting):
    running.take_over(meeting.pk, actor=make.sam(), at=meeting.starts_at + 2 * MINUTE)
    take_out(meeting, make.sam())
    at = meeting.starts_at + 6 * MINUTE
    planning.keep_series(meeting.series, seats(), actor=make.lena(), at=at)
    assert fresh(meeting).presenter is None
    assert running.take_over(meeting.pk, actor=make.sam(), at=at).presenter == make.sam()


def test_who_never_came_is_not_said_to_be_missing(meeting):
    take_out(meeting, devon())
    assert str(devon()) not in minutes.minutes_of(fresh(meeting), at=meeting.starts_at).absent


def test_who_is_put_back_takes_part_again(meeting):
    take_out(meeting, make.sam())
    at = meeting.starts_at + 6 * MINUTE
    planning.keep_series(meeting.series, seats(), actor=make.lena(), at=at)
    assert running.see(meeting, make.sam(), at=at)
    assert running.may_take_part(meeting, make.sam())


def test_guests_who_came_uninvited_stay_when_somebody_is_taken_out(meeting):
    admin = make.UserFactory(email="ada@northwind.example", administrator=True)
    running.join(meeting.pk, "operations", actor=admin, at=meeting.starts_at + MINUTE)
    take_out(meeting, make.sam())
    assert running.may_take_part(meeting, admin)


def test_the_vote_they_gave_stays_and_who_did_not_vote_is_waited_for_no_more():
    some_of_each()
    meeting = at_item_three()
    one = lead(meeting)
    for person in (make.sam(), make.mara()):
        vote(one, person, "no")
    revealing.show(one.pk, actor=make.mara())
    take_out(meeting, make.sam(), make.ines())
    names = {voter.participant.user for voter in ballots.voters(one)}
    assert make.sam() in names and make.ines() not in names
    at = meeting.starts_at + 6 * MINUTE
    revealed = revealing.reveal(one.pk, actor=make.mara(), at=at)
    assert tallying.tally(revealed, one.handoff.version_id).count("no") == 2
    assert ballots.participant_of(Meeting.objects.get(pk=meeting.pk), make.sam()) is None
    assert seat(meeting, make.sam()).votes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_joining_and_being_taken_out_at_once_do_not_wait_for_each_other():
    meeting, sam = begun(), make.sam()
    out = Beside(lambda: take_out(meeting, sam))
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        out.begin_and_wait()
        running.join(meeting.pk, "", actor=sam, at=meeting.starts_at + MINUTE)
    assert out.has_ended_well(), out.raised
    assert not running.may_take_part(meeting, sam)


@pytest.mark.django_db(transaction=True)
def test_who_takes_over_while_they_are_taken_out_does_not_present():
    meeting, sam = begun(), make.sam()
    at = meeting.starts_at + 5 * MINUTE
    over = Beside(lambda: running.take_over(meeting.pk, actor=sam, at=at))
    with transaction.atomic():
        take_out(meeting, sam)
        over.begin_and_wait()
    assert not over.has_ended_well() and isinstance(over.raised, NotAllowed)
    assert fresh(meeting).presenter == make.mara()
    assert not meeting.lines.filter(kind="presenter").exists()


@pytest.mark.django_db(transaction=True)
def test_who_begins_while_they_are_taken_out_begins_nothing():
    meeting, sam = planned(), make.sam()
    begin = Beside(lambda: running.begin(meeting.pk, actor=sam, at=meeting.starts_at))
    with transaction.atomic():
        take_out(meeting, sam)
        begin.begin_and_wait()
    assert not begin.has_ended_well() and isinstance(begin.raised, NotAllowed)
    assert fresh(meeting).is_planned and fresh(meeting).presenter is None
