"""What is wrong with one joint review keeps no other waiting, and who can mend it is told."""

import datetime as dt

import pytest
import structlog
from django.db import OperationalError, connection
from django.urls import reverse

from handoff import statements
from leads.models import Message
from reviews import tasks
from reviews.meetings import apart, planning, running
from reviews.models import Item, Meeting, Series, Shown
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.meeting import begun, planned, seats, series

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_force():
    make.agreement_in_force()


def faults():
    found = Message.objects.filter(kind="review_fault", channel="in_app", recipient=make.mara())
    return list(found.order_by("written_at", "pk"))


def a_closed_series():
    """A series whose calendar lost its hours after it was planned; its meeting is over."""
    calendar = make.CalendarFactory(key="gone", timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})
    meeting = planned(calendar=calendar, name="Of the closed calendar")
    Meeting.objects.filter(pk=meeting.pk).update(
        state="ended", began_at=meeting.starts_at, ended_at=meeting.starts_at
    )
    type(calendar).objects.filter(pk=calendar.pk).update(hours={})
    return meeting.series


def test_a_series_that_cannot_be_planned_leaves_the_others_alone(time_machine):
    closed = a_closed_series()
    other = planned(name="Of the open one")
    Meeting.objects.filter(pk=other.pk).update(
        state="ended", began_at=other.starts_at, ended_at=other.starts_at
    )
    time_machine.move_to(other.starts_at + DAY, tick=False)
    for _ in range(2):
        tasks.prepare_reviews()
    assert other.series.meetings.planned().exists()
    assert not closed.meetings.planned().exists()
    (letter,) = faults()
    assert letter.body["fault"] == planning.CLOSED
    assert letter.body["path"] == reverse("reviews:series", args=[closed.pk])


def test_the_page_of_such_a_series_opens_so_that_it_can_be_mended(client):
    closed = a_closed_series()
    client.force_login(make.mara())
    assert client.get(reverse("reviews:series", args=[closed.pk])).status_code == 200


def test_a_series_is_not_kept_with_a_calendar_that_never_opens():
    calendar = make.CalendarFactory(key="never", timezone="UTC")
    type(calendar).objects.filter(pk=calendar.pk).update(hours={})
    calendar.refresh_from_db()
    with pytest.raises(planning.Invalid) as refused:
        planning.keep_series(series(calendar=calendar), seats(), actor=make.mara(), at=MONDAY)
    assert refused.value.field == "calendar"
    assert not Series.objects.exists()


def test_a_meeting_is_called_off_although_the_next_cannot_be_planned():
    calendar = make.CalendarFactory(key="gone", timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})
    meeting = planned(calendar=calendar)
    type(calendar).objects.filter(pk=calendar.pk).update(hours={})
    planning.cancel(meeting.pk, because="Nobody has time", actor=make.mara(), at=MONDAY)
    assert Meeting.objects.get().state == "cancelled"


def test_a_forgotten_meeting_that_cannot_be_ended_leaves_the_others_alone():
    broken, other = begun(), begun()
    Shown.objects.filter(meeting=broken, item=Item.TRENDS).update(figures={"answers": [1]})
    later = other.starts_at + DAY
    assert running.end_forgotten(at=later) == 1
    assert set(Meeting.objects.values_list("pk", "state")) >= {
        (broken.pk, "running"), (other.pk, "ended"),
    }  # fmt: skip
    (letter,) = faults()
    assert "an administrator finds it in the log" in letter.body["fault"]
    assert letter.subject == f"Something about joint reviews needs you: {broken}"


def test_a_broken_zone_of_one_series_keeps_no_other_from_drawing_its_sample(time_machine):
    broken, other = planned(name="Of nowhere"), planned(name="Of here")
    Series.objects.filter(pk=broken.series_id).update(timezone="Mars/Olympus")
    judgement = make.JudgementFactory(as_of=MONDAY)
    make.HandoffFactory(judgement=judgement, lead=judgement.lead, rejected=True)
    time_machine.move_to(other.starts_at - DAY / 4, tick=False)
    tasks.prepare_reviews()
    drawn = Meeting.objects.exclude(drawn_at=None)
    assert [one.pk for one in drawn] == [other.pk]
    assert any(one.subject.endswith(str(broken)) for one in faults())


def cut_off(other):
    """End the connection of whoever runs this."""
    ((backend,),) = statements.fetch("SELECT pg_backend_pid()")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


@pytest.mark.django_db(transaction=True)
class TestWhatSomebodyHolds:
    """One that somebody else holds is left to the next round, and nobody is told of a fault."""

    @pytest.fixture
    def other(self):
        """A connection of somebody else's."""
        theirs = connection.copy()
        yield theirs
        theirs.close()

    @pytest.fixture
    def _impatient(self):
        statements.execute("SET lock_timeout = '200ms'")
        yield
        statements.execute("RESET lock_timeout")

    @pytest.mark.usefixtures("_impatient")
    def test_a_review_that_is_held_leaves_the_others_alone_and_is_done_next_time(self, other):
        held, free = begun(), begun()
        later = free.starts_at + DAY
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT FROM reviews_meeting WHERE id = %s FOR UPDATE", [held.pk])
        with structlog.testing.capture_logs() as logged:
            assert running.end_forgotten(at=later) == 1
        other.rollback()
        assert set(Meeting.objects.filter(state="running")) == {held}
        (line,) = logged
        assert line["key"] == held.pk and "lock timeout" in line["because"]
        assert running.end_forgotten(at=later) == 1
        assert not Meeting.objects.filter(state="running").exists()
        assert not Message.objects.filter(kind="review_fault").exists()

    def test_a_connection_that_is_cut_off_costs_one_review_its_round(self, other):
        one, two = planned(), planned()

        def act(meeting):
            if meeting == one:
                cut_off(other)
            return Meeting.objects.filter(pk=meeting.pk).count()

        assert apart.each([one, two], act, at=MONDAY) == 1

    def test_a_database_that_is_gone_ends_the_round(self, other, monkeypatch):
        one = planned()

        def act(meeting):
            monkeypatch.setitem(connection.settings_dict, "HOST", "/gone")
            cut_off(other)
            return Meeting.objects.filter(pk=meeting.pk).count()

        with pytest.raises(OperationalError):
            apart.each([one, one], act, at=MONDAY)
        monkeypatch.undo()
        connection.close()
        assert Meeting.objects.get() == one
