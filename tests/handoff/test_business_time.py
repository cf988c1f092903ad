"""Business time, line by line of the contract and of what other systems get wrong."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from handoff import business_time

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = {
    "key": "us-east",
    "timezone": "America/New_York",
    "hours": {"mon-fri": ["09:00-12:30", "13:30-17:30"]},
    "holidays": "US",
    "closed": ["2026-12-24"],
}


def calendar(**changes: object) -> business_time.Calendar:
    return business_time.calendar_from({**OFFICE, **changes})


def at(text: str, zone: str = "America/New_York") -> dt.datetime:
    """A local time such as `2026-10-15 12:20`."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def due(
    start: str, minutes: float, *, of: business_time.Calendar | None = None, **options: object
) -> str:
    """The deadline in the calendar's local time."""
    one = of or calendar()
    made = business_time.due(one, at(start, one.zone.key), minutes, **options)
    return f"{made.due.astimezone(one.zone):%Y-%m-%d %H:%M}"


def receipt(made: business_time.Deadline) -> list[tuple[str, str, float, str]]:
    return [
        (f"{row.start:%a %H:%M}", f"{row.end:%a %H:%M}", row.minutes, row.why)
        for row in made.receipt
    ]


class TestDeadlines:
    def test_counts_inside_the_window(self) -> None:
        assert due("2026-10-15 10:00", 30) == "2026-10-15 10:30"

    def test_goes_on_after_lunch_and_says_so(self) -> None:
        made = business_time.due(calendar(), at("2026-10-15 12:20"), 30)
        assert made.due == dt.datetime(2026, 10, 15, 17, 50, tzinfo=dt.UTC)
        assert receipt(made) == [
            ("Thu 12:20", "Thu 12:30", 10, "working time"),
            ("Thu 12:30", "Thu 13:30", 0, "closed"),
            ("Thu 13:30", "Thu 13:50", 20, "working time"),
        ]
        assert made.receipt_rows()[0] == {
            "from": "2026-10-15T12:20:00-04:00",
            "to": "2026-10-15T12:30:00-04:00",
            "minutes": 10,
            "why": "working time",
        }

    def test_an_off_day_start_moves_to_the_next_opening(self) -> None:
        shop = calendar(hours={"mon-fri": ["10:00-18:00"]})
        assert due("2026-10-17 17:30", 60, of=shop) == "2026-10-19 11:00"

    def test_a_start_at_a_closing_time_moves_to_the_next_opening(self) -> None:
        assert due("2026-10-15 12:30", 10) == "2026-10-15 13:40"
        assert due("2026-10-16 17:30", 10) == "2026-10-19 09:10"

    def test_a_deadline_on_a_closing_time_stays_there(self) -> None:
        assert due("2026-10-15 12:00", 30) == "2026-10-15 12:30"

    def test_zero_minutes(self) -> None:
        made = business_time.due(calendar(), at("2026-10-15 10:00"), 0)
        assert receipt(made) == [("Thu 10:00", "Thu 10:00", 0, "working time")]
        assert due("2026-10-15 12:30", 0) == "2026-10-15 13:30"
        made = business_time.due(calendar(), at("2026-10-17 11:00"), 0)
        assert receipt(made) == [("Sat 11:00", "Mon 09:00", 0, "closed")]

    def test_holidays_are_named_and_closures_are_closed(self) -> None:
        made = business_time.due(calendar(), at("2026-11-25 17:00"), 60)
        assert receipt(made) == [
            ("Wed 17:00", "Wed 17:30", 30, "working time"),
            ("Wed 17:30", "Thu 00:00", 0, "closed"),
            ("Thu 00:00", "Fri 00:00", 0, "Thanksgiving Day"),
            ("Fri 00:00", "Fri 09:00", 0, "closed"),
            ("Fri 09:00", "Fri 09:30", 30, "working time"),
        ]
        made = business_time.due(calendar(holidays=""), at("2026-12-23 17:00"), 60)
        assert receipt(made)[1] == ("Wed 17:30", "Fri 09:00", 0, "closed")

    def test_a_holiday_at_the_weekend_is_just_closed(self) -> None:
        made = business_time.due(calendar(), at("2027-12-31 17:00"), 60)
        assert {row.why for row in made.receipt} >= {"working time", "closed"}
        assert "New Year's Day" not in {row.why for row in made.receipt}

    def test_holidays_of_a_subdivision(self) -> None:
        bavaria = {"timezone": "Europe/Berlin", "closed": []}
        munich = calendar(**bavaria, holidays="DE-BY")
        berlin = calendar(**bavaria, holidays="DE-BE")
        assert due("2026-01-05 17:00", 60, of=munich) == "2026-01-07 09:30"
        assert due("2026-01-05 17:00", 60, of=berlin) == "2026-01-06 09:30"

    def test_always_counts_every_minute(self) -> None:
        made = business_time.due(calendar(), at("2026-10-17 03:00"), 90, hours="always")
        assert receipt(made) == [("Sat 03:00", "Sat 04:30", 90, "every hour counts")]

    def test_parts_of_a_minute(self) -> None:
        start = dt.datetime(2026, 10, 15, 14, 0, 17, 250000, tzinfo=dt.UTC)
        made = business_time.due(calendar(), start, 0.5)
        assert made.due - start == dt.timedelta(seconds=30)
        made = business_time.due(calendar(), start, 300)
        assert sum(row.minutes for row in made.receipt) == pytest.approx(300, abs=1e-6)

    def test_ten_million_minutes_end(self) -> None:
        made = business_time.due(calendar(), at("2026-10-15 10:00"), 10_000_000)
        assert made.due.year > 2100


class TestDaylightSaving:
    def test_spring_forward_shortens_a_window(self) -> None:
        night = calendar(hours={"sun": ["00:00-06:00"]}, holidays="", closed=[])
        made = business_time.due(night, at("2026-03-08 00:00"), 300)
        assert receipt(made) == [("Sun 00:00", "Sun 06:00", 300, "working time")]

    def test_fall_back_lengthens_it(self) -> None:
        night = calendar(hours={"sun": ["00:00-06:00"]}, holidays="", closed=[])
        made = business_time.due(night, at("2026-11-01 00:00"), 420)
        assert made.due == dt.datetime(2026, 11, 1, 11, tzinfo=dt.UTC)

    def test_a_window_inside_the_gap_does_not_exist(self) -> None:
        gap = calendar(hours={"sun": ["02:00-03:00"]}, holidays="", closed=[])
        assert due("2026-03-08 00:00", 10, of=gap) == "2026-03-15 02:10"

    def test_the_wall_clock_holds_across_the_change(self) -> None:
        assert due("2026-03-06 17:00", 60) == "2026-03-09 09:30"
        assert due("2026-10-30 17:00", 60) == "2026-11-02 09:30"

    def test_both_passes_of_a_repeated_hour_count(self) -> None:
        late = calendar(hours={"sun": ["01:00-02:00"]}, holidays="", closed=[])
        made = business_time.due(late, at("2026-11-01 00:00"), 120)
        assert made.due == dt.datetime(2026, 11, 1, 7, tzinfo=dt.UTC)


class TestPauses:
    def pause(self, *spans: str) -> list[business_time.Pause]:
        return [(at(span.split("/")[0]), at(span.split("/")[1])) for span in spans]

    def test_a_pause_is_taken_out_and_shown(self) -> None:
        pauses = self.pause("2026-10-15 10:10/2026-10-15 11:00")
        made = business_time.due(calendar(), at("2026-10-15 10:00"), 30, pauses=pauses)
        assert receipt(made) == [
            ("Thu 10:00", "Thu 10:10", 10, "working time"),
            ("Thu 10:10", "Thu 11:00", 0, "pause"),
            ("Thu 11:00", "Thu 11:20", 20, "working time"),
        ]

    def test_only_its_business_time_counts(self) -> None:
        pauses = self.pause("2026-10-15 12:00/2026-10-15 14:00")
        assert due("2026-10-15 11:50", 30, pauses=pauses) == "2026-10-15 14:20"

    def test_overlapping_unordered_and_outside(self) -> None:
        pauses = self.pause(
            "2026-10-15 10:20/2026-10-15 10:40",
            "2026-10-15 10:10/2026-10-15 10:30",
            "2026-10-15 10:30/2026-10-15 10:30",
            "2026-10-10 10:00/2026-10-11 10:00",
            "2026-12-10 10:00/2026-12-11 10:00",
            "2026-12-12 10:00/2026-12-12 10:00",
        )
        assert due("2026-10-15 10:00", 30, pauses=pauses) == "2026-10-15 11:00"

    def test_a_start_inside_a_pause_waits_for_its_end(self) -> None:
        pauses = self.pause("2026-10-15 09:30/2026-10-15 10:15")
        assert due("2026-10-15 10:00", 0, pauses=pauses) == "2026-10-15 10:15"
        assert due("2026-10-15 10:00", 30, pauses=pauses) == "2026-10-15 10:45"

    def test_taken_out_whatever_the_hours(self) -> None:
        pauses = self.pause("2026-10-17 03:10/2026-10-17 04:10")
        assert due("2026-10-17 03:00", 30, hours="always", pauses=pauses) == "2026-10-17 04:30"

    def test_one_that_ends_before_it_begins_is_an_error(self) -> None:
        pauses = self.pause("2026-10-15 11:00/2026-10-15 10:00")
        with pytest.raises(ValueError, match="ends before it begins"):
            due("2026-10-15 10:00", 30, pauses=pauses)

    def test_elapsed_leaves_it_out(self) -> None:
        pauses = self.pause("2026-10-15 12:00/2026-10-15 14:00")
        start, end = at("2026-10-15 11:00"), at("2026-10-15 15:00")
        assert business_time.elapsed(calendar(), start, end, pauses) == 120
        assert business_time.elapsed(calendar(), start, end, pauses, hours="always") == 120
        assert business_time.elapsed(calendar(), end, start) == 0


class TestSameBusinessDay:
    def of(self, start: str, **changes: object) -> str:
        made = business_time.same_business_day(calendar(**changes), at(start))
        return f"{made.due.astimezone(NEW_YORK):%Y-%m-%d %H:%M}"

    def test_ends_with_the_last_close_of_the_day(self) -> None:
        assert self.of("2026-10-15 08:00") == "2026-10-15 17:30"
        assert self.of("2026-10-15 12:45") == "2026-10-15 17:30"
        assert self.of("2026-10-15 17:29") == "2026-10-15 17:30"

    def test_a_close_that_is_over_means_the_next_working_day(self) -> None:
        assert self.of("2026-10-15 17:30") == "2026-10-16 17:30"
        assert self.of("2026-10-16 18:00") == "2026-10-19 17:30"
        assert self.of("2026-11-26 10:00") == "2026-11-27 17:30"

    def test_a_day_that_closes_at_midnight(self) -> None:
        late = {"hours": {"mon-fri": ["20:00-24:00"], "sat": ["00:00-02:00"]}}
        assert self.of("2026-10-16 23:59", **late) == "2026-10-17 00:00"
        assert self.of("2026-10-17 00:00", **late) == "2026-10-17 02:00"

    def test_its_receipt_ends_with_it(self) -> None:
        made = business_time.same_business_day(calendar(), at("2026-10-17 12:00"))
        assert receipt(made) == [
            ("Sat 12:00", "Mon 09:00", 0, "closed"),
            ("Mon 09:00", "Mon 12:30", 210, "working time"),
            ("Mon 12:30", "Mon 13:30", 0, "closed"),
            ("Mon 13:30", "Mon 17:30", 240, "working time"),
        ]


class TestReminders:
    def before(self, moment: str, minutes: float, **options: object) -> str:
        found = business_time.before(calendar(), at(moment), minutes, **options)
        return f"{found.astimezone(NEW_YORK):%Y-%m-%d %H:%M}"

    def test_counts_back_in_business_time(self) -> None:
        assert self.before("2026-10-15 13:50", 10) == "2026-10-15 13:40"
        assert self.before("2026-10-15 13:50", 30) == "2026-10-15 12:20"
        assert self.before("2026-10-19 09:05", 10) == "2026-10-16 17:25"

    def test_never_falls_outside_the_hours(self) -> None:
        assert self.before("2026-10-15 13:50", 20) == "2026-10-15 13:30"

    def test_always(self) -> None:
        assert self.before("2026-10-17 03:00", 90, hours="always") == "2026-10-17 01:30"

    def test_ends_somewhere(self) -> None:
        with pytest.raises(ValueError, match="two hundred years back"):
            self.before("2026-10-15 13:50", 60 * 24 * 365 * 150)


class TestErrors:
    def test_a_time_without_a_zone(self) -> None:
        with pytest.raises(ValueError, match="start needs a time zone"):
            business_time.due(calendar(), dt.datetime(2026, 10, 15, 10), 5)
        half = [(at("2026-10-15 10:00"), dt.datetime(2026, 10, 15, 10))]
        with pytest.raises(ValueError, match="pause's end needs a time zone"):
            business_time.due(calendar(), at("2026-10-15 10:00"), 5, pauses=half)

    @pytest.mark.parametrize("minutes", [-1, float("nan"), float("inf"), 10**12, True, "5", None])
    def test_minutes_that_are_none(self, minutes: object) -> None:
        with pytest.raises(ValueError, match="minutes must lie between"):
            business_time.due(calendar(), at("2026-10-15 10:00"), minutes)  # type: ignore[arg-type]

    def test_hours_that_are_unknown(self) -> None:
        with pytest.raises(ValueError, match="“business” or “always”"):
            due("2026-10-15 10:00", 5, hours="weekdays")

    @pytest.mark.parametrize("year", [1, 1899, 9001, 9999])
    def test_years_nobody_means(self, year: int) -> None:
        with pytest.raises(ValueError, match="between the years 1900 and 9000"):
            business_time.due(calendar(), dt.datetime(year, 6, 1, tzinfo=dt.UTC), 5)

    def test_no_working_time_within_a_year_is_an_error_not_a_loop(self) -> None:
        first = dt.date(2026, 10, 1)
        shut = calendar(closed=[str(first + dt.timedelta(days=n)) for n in range(800)])
        for ask in (
            lambda: business_time.due(shut, at("2026-10-15 10:00"), 5),
            lambda: business_time.due(shut, at("2026-10-15 10:00"), 0),
            lambda: business_time.same_business_day(shut, at("2026-10-15 10:00")),
            lambda: shut.next_opening(at("2026-10-15 10:00")),
        ):
            with pytest.raises(ValueError, match="no working time within a year of 2026-10-15"):
                ask()
        made = business_time.due(shut, at("2026-10-15 10:00"), 5, hours="always")
        assert made.due.day == 15

    def test_a_deadline_beyond_all_sense(self) -> None:
        rare = calendar(hours={"sun": ["02:00-02:30"]})
        with pytest.raises(ValueError, match="two hundred years ahead"):
            business_time.due(rare, at("2026-10-15 10:00"), 1_000_000)
        with pytest.raises(ValueError, match="two hundred years"):
            business_time.elapsed(rare, at("2026-10-15 10:00"), at("2826-10-15 10:00"))


class TestCalendars:
    def faults(self, **changes: object) -> dict[str, str]:
        with pytest.raises(business_time.CalendarError) as caught:
            calendar(**changes)
        return dict(caught.value.faults)

    def test_ranges_wrap_and_keys_add_up(self) -> None:
        one = calendar(hours={"sun-thu": ["09:00-12:00"], "thu": ["13:00-15:00"]}, holidays="")
        days = [bool(windows) for windows in one.windows]
        assert days == [True, True, True, True, False, False, True]
        assert one.windows[3] == ((540, 720), (780, 900))

    def test_touching_windows_do_not_overlap_and_count_as_one(self) -> None:
        one = calendar(hours={"mon-fri": ["09:00-12:00", "12:00-15:00"]})
        made = business_time.due(one, at("2026-10-15 11:30"), 60)
        assert receipt(made) == [("Thu 11:30", "Thu 12:30", 60, "working time")]
        assert due("2026-10-15 12:00", 0, of=one) == "2026-10-15 12:00"

    def test_round_the_clock(self) -> None:
        one = calendar(hours={"mon-sun": ["00:00-24:00"]}, holidays="", closed=[])
        made = business_time.due(one, at("2026-10-15 23:30"), 60)
        assert receipt(made) == [("Thu 23:30", "Fri 00:30", 60, "working time")]

    def test_overlapping_windows_are_an_error(self) -> None:
        found = self.faults(hours={"mon-fri": ["09:00-12:00", "11:00-15:00"]})
        assert found == {"hours.mon-fri[1]": "overlaps hours.mon-fri[0] on mon"}
        found = self.faults(hours={"mon-fri": ["09:00-12:00"], "fri": ["08:00-09:01"]})
        assert list(found) == ["hours.mon-fri[0]"]

    @pytest.mark.parametrize(
        "window",
        ["17:30-09:00", "09:00-09:00", "24:00-24:00", "24:00-25:00", "09:00", "9-17", "09:60-10:00",
         "25:00-26:00", "", "09:00-10:00-11:00", "٠٩:00-10:00", 900, None, "009:00-10:00"],
    )  # fmt: skip
    def test_windows_that_are_none(self, window: object) -> None:
        found = self.faults(hours={"mon": [window], "tue": ["09:00-17:00"]})
        assert list(found) == ["hours.mon[0]"]

    @pytest.mark.parametrize("day", ["moon", "mon-", "mon-tue-wed", "", "1", "monday"])
    def test_days_that_are_none(self, day: str) -> None:
        assert list(self.faults(hours={day: ["09:00-17:00"], "tue": ["09:00-10:00"]})) == [
            f"hours.{day}"
        ]

    def test_a_calendar_without_a_window_is_refused(self) -> None:
        assert "at least one window" in self.faults(hours={})["hours"]
        assert "at least one window" in self.faults(hours={"mon-fri": []})["hours"]
        assert "needs windows by day" in self.faults(hours=None)["hours"]
        assert "list of windows" in self.faults(hours={"mon": "09:00-17:00"})["hours.mon"]

    def test_everything_wrong_is_said_at_once(self) -> None:
        found = self.faults(
            key=" ",
            timezone="Mars/Olympus",
            hours={"mon": ["10:00-09:00"]},
            holidays="US-XX",
            closed=["2026-13-01"],
            color="red",
        )
        assert found.keys() == {
            "key", "timezone", "hours.mon[0]", "holidays", "closed[0]", "color",
        }  # fmt: skip

    @pytest.mark.parametrize("zone", [None, "", 5, "America", "../etc/passwd", "Berlin"])
    def test_zones_that_are_none(self, zone: object) -> None:
        assert "is no time zone" in self.faults(timezone=zone)["timezone"]

    @pytest.mark.parametrize("code", ["XX", 5, "US-", "DE-ZZ", ["US"]])
    def test_holiday_sets_that_are_none(self, code: object) -> None:
        assert "is no holiday set" in self.faults(holidays=code)["holidays"]

    def test_closed_must_be_dates(self) -> None:
        assert "list of dates" in self.faults(closed="2026-12-24")["closed"]
        assert calendar(closed=None).closed == frozenset()
        assert calendar(closed=[dt.date(2026, 1, 2)]).closed == {dt.date(2026, 1, 2)}

    def test_open_at_the_opening_and_not_at_the_close(self) -> None:
        one = calendar()
        assert one.is_open(at("2026-10-15 09:00"))
        assert not one.is_open(at("2026-10-15 12:30"))
        assert not one.is_open(at("2026-11-26 10:00"))

    def test_days_kept_are_bounded(self) -> None:
        one = calendar()
        business_time.due(one, at("2026-10-15 10:00"), 3_000_000)
        assert len(one.days) <= 4096
