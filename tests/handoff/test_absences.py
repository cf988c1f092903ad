"""Time off and pauses: days into moments, what is refused, and how they end."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from handoff import absences
from handoff.absences import Days, Refused, span_of
from handoff.business_time import calendar_from
from handoff.models import Absence
from tests.factories import MONDAY, AbsenceFactory, UserFactory, lena, sam, sdr_na

NEW_YORK = ZoneInfo("America/New_York")
TWO = calendar_from(
    {
        "key": "two",
        "timezone": "America/New_York",
        "hours": {"mon-fri": ["09:00-12:30", "13:30-17:30"]},
    }
)
ONE = calendar_from(
    {"key": "one", "timezone": "Europe/Berlin", "hours": {"mon-fri": ["08:00-17:00"]}}
)
THREE = calendar_from(
    {
        "key": "three",
        "timezone": "UTC",
        "hours": {"mon-fri": ["06:00-07:00", "08:00-12:00", "13:00-18:00"]},
    }
)
TODAY = dt.date(2026, 10, 12)


def local(calendar, *days, **parts):
    start, end = span_of(Days(*days, **parts), calendar, calendar.zone)
    return [f"{one.astimezone(calendar.zone):%a %d %H:%M}" for one in (start, end)]


class TestDays:
    def test_whole_days_run_from_midnight_to_midnight(self):
        assert local(TWO, TODAY, TODAY) == ["Mon 12 00:00", "Tue 13 00:00"]
        assert local(TWO, TODAY, dt.date(2026, 10, 16)) == ["Mon 12 00:00", "Sat 17 00:00"]

    def test_half_days_meet_at_the_break_of_the_calendar(self):
        assert local(TWO, TODAY, TODAY, until_midday=True) == ["Mon 12 00:00", "Mon 12 13:30"]
        assert local(TWO, TODAY, TODAY, from_midday=True) == ["Mon 12 12:30", "Tue 13 00:00"]
        assert local(THREE, TODAY, TODAY, until_midday=True)[1] == "Mon 12 13:00"

    def test_hours_without_a_break_are_halved_and_a_day_without_hours_at_noon(self):
        assert local(ONE, TODAY, TODAY, until_midday=True)[1] == "Mon 12 12:30"
        assert local(ONE, dt.date(2026, 10, 17), dt.date(2026, 10, 17), from_midday=True) == [
            "Sat 17 12:00",
            "Sun 18 00:00",
        ]

    def test_a_day_on_which_the_clocks_change_is_whole(self):
        for day, hours in ((dt.date(2026, 11, 1), 25), (dt.date(2026, 3, 8), 23)):
            start, end = span_of(Days(day, day), TWO, TWO.zone)
            assert end - start == dt.timedelta(hours=hours)

    def test_who_is_in_no_team_has_days_of_their_own_zone(self):
        start, end = span_of(Days(TODAY, TODAY, until_midday=True), None, NEW_YORK)
        assert (start.hour, end.hour) == (4, 16)


@pytest.mark.django_db
class TestEntering:
    def enter(self, *days, person=None, **parts):
        return absences.enter(person or sam(), Days(*days, **parts), actor=lena(), at=MONDAY)

    def test_it_says_who_entered_it_and_when(self):
        sdr_na()
        made = self.enter(TODAY, TODAY)
        made.refresh_from_db()
        assert (made.kind, made.entered_by, made.entered_at) == ("time_off", lena(), MONDAY)
        assert Absence.objects.at(MONDAY).get() == made

    @pytest.mark.parametrize(
        ("days", "parts", "field", "said"),
        [
            ((TODAY, dt.date(2026, 10, 11)), {}, "last", "before the first"),
            ((dt.date(2026, 10, 11), TODAY), {}, "first", "is past"),
            ((TODAY, dt.date(2028, 1, 1)), {}, "last", "more than a year"),
            ((dt.date(2029, 1, 1), dt.date(2029, 1, 2)), {}, "first", "two years ahead"),
            (
                (dt.date(2026, 10, 13),) * 2,
                {"from_midday": True, "until_midday": True},
                "last",
                "no time at all",
            ),
        ],
    )
    def test_what_cannot_be_is_refused_where_it_was_typed(self, days, parts, field, said):
        sdr_na()
        with pytest.raises(Refused, match=said) as refused:
            self.enter(*days, **parts)
        assert refused.value.field == field
        assert not Absence.objects.exists()

    def test_this_morning_is_over_in_the_afternoon(self):
        sdr_na()
        with pytest.raises(Refused, match="over already"):
            absences.enter(
                sam(),
                Days(TODAY, TODAY, until_midday=True),
                actor=sam(),
                at=MONDAY + dt.timedelta(hours=6),
            )

    def test_nobody_is_away_twice_but_halves_may_meet(self):
        sdr_na()
        morning = self.enter(TODAY, TODAY, until_midday=True)
        with pytest.raises(Refused, match="away already"):
            self.enter(TODAY, dt.date(2026, 10, 14))
        absences.end(morning, actor=sam(), at=MONDAY)
        self.enter(dt.date(2026, 10, 13), dt.date(2026, 10, 14))
        self.enter(TODAY, TODAY, person=lena())

    def test_who_left_takes_no_time_off(self):
        with pytest.raises(Refused, match="not active"):
            self.enter(TODAY, TODAY, person=UserFactory(is_active=False))


@pytest.mark.django_db
class TestEnding:
    def test_what_has_not_begun_is_cancelled_and_stays_on_record(self):
        sdr_na()
        tomorrow = dt.date(2026, 10, 13)
        made = absences.enter(sam(), Days(tomorrow, tomorrow), actor=sam(), at=MONDAY)
        absences.end(made, actor=lena(), at=MONDAY)
        made.refresh_from_db()
        assert (made.cancelled_at, made.cancelled_by) == (MONDAY, lena())
        assert not Absence.objects.at(MONDAY + dt.timedelta(days=1)).exists()
        assert made.history.count() == 2
        absences.enter(sam(), Days(tomorrow, tomorrow), actor=sam(), at=MONDAY)
        with pytest.raises(Refused, match="cancelled already"):
            absences.end(made, actor=lena(), at=MONDAY)

    def test_what_runs_ends_now_and_what_is_over_stays(self):
        made = AbsenceFactory(user=sam(), starts_at=MONDAY, ends_at=MONDAY + dt.timedelta(days=3))
        at = MONDAY + dt.timedelta(hours=2)
        absences.end(made, actor=sam(), at=at)
        made.refresh_from_db()
        assert made.ends_at == at and made.cancelled_at is None
        with pytest.raises(Refused, match="over already"):
            absences.end(made, actor=sam(), at=at)


@pytest.mark.django_db
class TestPauses:
    def choices(self, calendar, hour, minute=0, day=12):
        at = dt.datetime(2026, 10, day, hour, minute, tzinfo=calendar.zone)
        made = absences.pause_choices(calendar, calendar.zone, at)
        return {name: f"{one.astimezone(calendar.zone):%a %H:%M}" for name, one in made.items()}

    def test_how_long_it_may_last(self):
        assert self.choices(TWO, 10, 15) == {
            "30": "Mon 10:45",
            "60": "Mon 11:15",
            "opening": "Mon 13:30",
            "day": "Tue 00:00",
        }
        assert self.choices(TWO, 17, 0, day=16)["opening"] == "Mon 09:00"
        assert self.choices(TWO, 20, 0)["opening"] == "Tue 09:00"

    def test_it_ends_by_itself_or_when_ended(self):
        hour = dt.timedelta(hours=1)
        made = absences.pause(sam(), MONDAY + hour, actor=sam(), at=MONDAY)
        assert Absence.objects.at(MONDAY + hour / 2).get() == made
        assert not Absence.objects.at(MONDAY + hour).exists()
        assert absences.end_pause(sam(), actor=sam(), at=MONDAY + hour / 2)
        assert not Absence.objects.at(MONDAY + hour / 2).exists()
        assert not absences.end_pause(sam(), actor=sam(), at=MONDAY + hour / 2)

    def test_another_takes_its_place(self):
        hour = dt.timedelta(hours=1)
        absences.pause(sam(), MONDAY + 3 * hour, actor=sam(), at=MONDAY)
        absences.pause(sam(), MONDAY + 2 * hour, actor=sam(), at=MONDAY + hour)
        assert not Absence.objects.at(MONDAY + 2 * hour).exists()
        absences.pause(sam(), MONDAY + 4 * hour, actor=sam(), at=MONDAY + 3 * hour)
        absences.pause(sam(), MONDAY + 5 * hour, actor=sam(), at=MONDAY + 3 * hour)
        assert Absence.objects.at(MONDAY + 3 * hour).get().ends_at == MONDAY + 5 * hour

    @pytest.mark.parametrize("hours", [0, -1, 24 * 7 + 1])
    def test_it_ends_later_and_within_a_week(self, hours):
        with pytest.raises(Refused) as refused:
            absences.pause(sam(), MONDAY + dt.timedelta(hours=hours), actor=sam(), at=MONDAY)
        assert refused.value.field == "until"
