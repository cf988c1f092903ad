"""Series and their next meetings: dates over holidays and changes of the clocks, invitations with
a calendar file, moving, cancelling."""

import datetime as dt
import zoneinfo

import icalendar
import pytest

from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Message
from leads.sending.composing import compose
from reviews.meetings import dates, invitations, planning
from reviews.models import Meeting, Series
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.meeting import TEN, begun, devon, planned, seats, series

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


def letters(kind="joint_review", **narrowed):
    return Message.objects.filter(kind=kind, channel="email", **narrowed).order_by("written_at")


def event_of(letter):
    (file,) = letter.body["attachments"]
    calendar = icalendar.Calendar.from_ical(file["text"])
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_a_series_asks_for_its_weekday_every_so_many_weeks():
    days = dates.due_days(dt.date(2026, 10, 12), 3, 2)
    assert [next(days) for _ in range(3)] == [
        dt.date(2026, 10, 15),
        dt.date(2026, 10, 29),
        dt.date(2026, 11, 12),
    ]


def test_a_meeting_keeps_its_local_time_when_the_clocks_change():
    before = dates.moment_of(dt.date(2026, 10, 29), TEN, NEW_YORK, None)
    after = dates.moment_of(dt.date(2026, 11, 12), TEN, NEW_YORK, None)
    assert (before.hour, after.hour) == (14, 15)


def test_a_time_that_the_clocks_skip_is_the_one_just_after():
    skipped = dates.moment_of(dt.date(2026, 3, 8), dt.time(2, 30), NEW_YORK, None)
    assert skipped.astimezone(NEW_YORK).time() == dt.time(3, 30)


def test_a_meeting_on_a_holiday_moves_to_the_next_working_day():
    calendar = make.CalendarFactory(holidays="US").windows()
    thanksgiving = dt.date(2026, 11, 26)
    assert dates.working_day(thanksgiving, calendar) == thanksgiving + DAY
    moved = dates.moment_of(thanksgiving, TEN, NEW_YORK, calendar)
    assert moved.astimezone(NEW_YORK).date() == thanksgiving + DAY


def test_a_new_series_has_its_next_meeting_and_everybody_is_invited():
    meeting = planned()
    assert (meeting.number, meeting.state, meeting.sequence) == (1, "planned", 0)
    assert meeting.starts_at == dt.datetime(2026, 10, 15, 14, tzinfo=dt.UTC)
    assert meeting.since == meeting.starts_at - 14 * DAY and meeting.until == meeting.starts_at
    assert meeting.participants.count() == 5
    assert letters().count() == 5
    mail = compose(letters(recipient=make.sam()).get())
    assert mail.subject == "Joint review 1: Marketing and sales"
    assert "When: Thursday 15 October 2026, 10:00 (New York time)" in mail.text
    assert [one.type for one in mail.attachments] == ["text/calendar; method=REQUEST"]


def test_the_calendar_file_says_who_when_and_where():
    meeting = planned()
    calendar, event = event_of(letters().first())
    assert calendar["METHOD"] == "REQUEST" and int(event["SEQUENCE"]) == 0
    assert event.decoded("DTSTART") == meeting.starts_at
    assert event.decoded("DTEND") - event.decoded("DTSTART") == dt.timedelta(minutes=30)
    assert str(event["UID"]).startswith(f"joint-review-{meeting.pk}@")
    assert str(event["ORGANIZER"]) == f"mailto:{make.lena().email}"
    assert f"mailto:{devon().email}" in {str(one) for one in event["ATTENDEE"]}
    assert str(event["URL"]).endswith(f"/reviews/{meeting.number}/")


def test_planning_ahead_makes_one_meeting_a_series_however_often_it_runs():
    meeting = planned()
    assert planning.plan_ahead(at=MONDAY + DAY) == 0
    Meeting.objects.filter(pk=meeting.pk).update(
        state="ended", began_at=meeting.starts_at, until=meeting.starts_at + DAY
    )
    assert planning.plan_ahead(at=meeting.starts_at + DAY) == 1
    assert planning.plan_ahead(at=meeting.starts_at + DAY) == 0
    later = Meeting.objects.ahead().get()
    assert (later.number, later.due_on) == (2, dt.date(2026, 10, 29))
    assert later.since == meeting.starts_at + DAY


def test_a_moved_meeting_keeps_its_place_in_every_calendar():
    meeting = planned()
    to = meeting.starts_at + DAY
    moved = planning.move(meeting.pk, to, actor=make.lena(), at=MONDAY)
    assert moved.starts_at == to and moved.sequence == 1
    changed = letters(body__when=to.isoformat())
    assert changed.count() == 5
    before, after = event_of(letters().first())[1], event_of(changed.first())[1]
    assert before["UID"] == after["UID"] and int(after["SEQUENCE"]) == 1
    assert changed.first().subject == "Joint review 1 has changed: Marketing and sales"


def test_a_meeting_moves_to_a_time_that_is_to_come_only():
    meeting = planned()
    with pytest.raises(Invalid, match="still to come"):
        planning.move(meeting.pk, MONDAY - DAY, actor=make.lena(), at=MONDAY)
    with pytest.raises(Invalid, match="within a year"):
        planning.move(meeting.pk, MONDAY + 400 * DAY, actor=make.lena(), at=MONDAY)
    with pytest.raises(NotAllowed):
        planning.move(meeting.pk, MONDAY + DAY, actor=make.sam(), at=MONDAY)


def test_a_cancelled_meeting_leaves_every_calendar_and_the_next_is_planned():
    meeting = planned()
    planning.cancel(meeting.pk, because="The office moves", actor=make.lena(), at=MONDAY)
    calendar, event = event_of(letters(subject__contains="is off").first())
    assert calendar["METHOD"] == "CANCEL" and event["STATUS"] == "CANCELLED"
    assert int(event["SEQUENCE"]) == 1
    assert Meeting.objects.planned().get().due_on == dt.date(2026, 10, 29)
    with pytest.raises(Conflict, match="cancelled by now"):
        planning.cancel(meeting.pk, because="Again", actor=make.lena(), at=MONDAY)
    with pytest.raises(Invalid):
        planning.cancel(
            Meeting.objects.planned().get().pk, because=" ", actor=make.lena(), at=MONDAY
        )


def test_who_is_not_needed_any_more_is_told_and_who_joins_is_invited():
    meeting = planned()
    changed = Series.objects.get(pk=meeting.series_id)
    fewer = {user: side for user, side in seats().items() if user != make.ines().pk}
    newcomer = make.UserFactory(name="Noor")
    planning.keep_series(
        changed, {**fewer, newcomer.pk: "operations"}, actor=make.lena(), at=MONDAY
    )
    assert letters(subject__contains="is off").get().recipient == make.ines()
    assert letters(recipient=newcomer).get().subject.startswith("Joint review 1")
    assert {one.user for one in meeting.participants.all()} == {
        make.mara(), devon(), make.sam(), make.lena(), newcomer,
    }  # fmt: skip


def test_a_series_saved_without_a_change_writes_to_nobody():
    meeting = planned()
    before = letters().count()
    planning.keep_series(
        Series.objects.get(pk=meeting.series_id), seats(), actor=make.lena(), at=MONDAY
    )
    assert letters().count() == before


def test_another_weekday_moves_the_next_meeting_and_a_moved_one_stays_otherwise():
    meeting = planned()
    changed = Series.objects.get(pk=meeting.series_id)
    changed.weekday = Series.Weekday.FRIDAY
    moved = planning.keep_series(changed, seats(), actor=make.lena(), at=MONDAY)
    assert moved.due_on == dt.date(2026, 10, 16)
    to = moved.starts_at + DAY
    planning.move(moved.pk, to, actor=make.lena(), at=MONDAY)
    changed.name = "Both sides"
    kept = planning.keep_series(changed, seats(), actor=make.lena(), at=MONDAY)
    assert kept.starts_at == to


def test_a_meeting_brought_forward_looks_at_the_time_before_its_new_day():
    far = planned(first_on=MONDAY.date() + 90 * DAY)
    moved = planning.move(far.pk, MONDAY + 5 * DAY, actor=make.lena(), at=MONDAY)
    assert (moved.since, moved.until) == (MONDAY - 9 * DAY, MONDAY + 5 * DAY)
    sooner = Series.objects.get(pk=far.series_id)
    sooner.first_on = MONDAY.date()
    kept = planning.keep_series(sooner, seats(), actor=make.lena(), at=MONDAY)
    assert (kept.since, kept.until) == (kept.starts_at - 14 * DAY, kept.starts_at)


def test_a_meeting_nobody_began_is_off_and_the_next_is_planned():
    meeting = planned()
    assert planning.call_off_missed(at=meeting.starts_at + DAY / 2) == 0
    assert planning.call_off_missed(at=meeting.starts_at + 2 * DAY) == 1
    assert planning.plan_ahead(at=meeting.starts_at + 2 * DAY) == 1
    assert Meeting.objects.planned().get().due_on == dt.date(2026, 10, 29)


def test_who_is_added_while_a_meeting_runs_can_take_part():
    meeting = begun()
    changed = Series.objects.get(pk=meeting.series_id)
    noor = make.UserFactory(name="Noor")
    planning.keep_series(
        changed, {**seats(), noor.pk: "operations"}, actor=make.lena(), at=meeting.began_at
    )
    assert meeting.participants.filter(user=noor).exists()


def test_an_ended_series_meets_no_more():
    meeting = planned()
    planning.end_series(meeting.series_id, actor=make.mara(), at=MONDAY)
    assert Meeting.objects.get(pk=meeting.pk).state == "cancelled"
    assert planning.plan_ahead(at=MONDAY + DAY) == 0
    with pytest.raises(Conflict):
        planning.end_series(meeting.series_id, actor=make.mara(), at=MONDAY)


def test_only_who_arranges_reviews_makes_a_series_and_the_chair_takes_part():
    with pytest.raises(NotAllowed):
        planning.keep_series(series(), seats(), actor=make.sam(), at=MONDAY)
    without = {user: side for user, side in seats().items() if user != make.lena().pk}
    with pytest.raises(Invalid, match="chair takes part"):
        planning.keep_series(series(), without, actor=make.mara(), at=MONDAY)


def test_a_name_with_a_line_break_makes_no_line_of_the_file():
    meeting = planned()
    sam = make.sam()
    sam.name = "Sam\r\nATTENDEE:mailto:evil@example.com"
    file = invitations.calendar_file(meeting, [sam], method="REQUEST", at=MONDAY)
    assert not [one for one in file["text"].splitlines() if one.startswith("ATTENDEE:mailto:evil")]
