"""What the database counts as worked is what business time says, whatever the calendar."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from handoff import business_time, statements
from handoff.models import Calendar, WorkingTime
from handoff.tasks import lay_out_calendars
from handoff.working_parts import BEGINNING, FIRST, LEAST_LAST, PART_DAYS, parts_of
from tests import factories as make
from tests.handoff.test_business_time_against_slow import calendars, read, starts


def kept(mapping):
    return Calendar.objects.create(
        key="k",
        timezone=mapping["timezone"],
        hours=mapping["hours"],
        holidays=mapping.get("holidays", ""),
        closed=[dt.date.fromisoformat(day) for day in mapping.get("closed", [])],
    )


def worked(calendar, since, until):
    with connection.cursor() as cursor:
        cursor.execute("SELECT handoff_worked(%s, %s, %s)", [calendar.pk, since, until])
        return cursor.fetchone()[0]


class WorkedTime(TestCase):
    """Against `business_time.elapsed`, over zones, holidays, closures and changes of the clocks."""

    @settings(max_examples=15, deadline=None)
    @given(
        mapping=calendars(),
        start=starts,
        lengths=st.lists(st.integers(-600, 90 * 86_400), min_size=1, max_size=6),
    )
    def test_is_counted_alike(self, mapping, start, lengths):
        with transaction.atomic():
            calendar = read(mapping)
            stored = kept(mapping)
            for seconds in lengths:
                end = start + dt.timedelta(seconds=seconds)
                known = min(start, end) >= BEGINNING
                expected = round(60 * business_time.elapsed(calendar, start, end))
                said = worked(stored, start, end)
                assert said == (expected if known or seconds <= 0 else None), (start, end)
            transaction.set_rollback(True)


pytestmark = pytest.mark.django_db
MONDAY_NINE = dt.datetime(2026, 10, 19, 13, tzinfo=dt.UTC)


def test_a_weekend_is_no_work_and_a_half_day_is_half_of_one():
    half = {"mon-thu": ["09:00-12:00", "13:00-17:00"], "fri": ["09:00-12:00"]}
    calendar = make.CalendarFactory(key="half", hours=half)
    friday = MONDAY_NINE + dt.timedelta(days=4)
    assert worked(calendar, friday, friday + dt.timedelta(days=3)) == 3 * 3600
    assert worked(calendar, MONDAY_NINE, friday) == 4 * 7 * 3600


def test_a_moment_inside_a_second_counts_to_the_nearest():
    calendar = make.CalendarFactory()
    end = MONDAY_NINE + dt.timedelta(seconds=90, microseconds=600_000)
    assert worked(calendar, MONDAY_NINE, end) == 91


def test_an_edited_calendar_counts_anew():
    calendar = make.CalendarFactory()
    day = MONDAY_NINE, MONDAY_NINE + dt.timedelta(days=1)
    before = worked(calendar, *day)
    calendar.hours = {"mon-fri": ["09:00-10:00"]}
    calendar.save()
    assert (worked(calendar, *day), before > 3600) == (3600, True)


def test_what_lies_outside_what_is_laid_out_is_not_known():
    calendar = make.CalendarFactory()
    long_ago = dt.datetime(2014, 12, 31, tzinfo=dt.UTC)
    far = dt.datetime(2031, 2, 1, tzinfo=dt.UTC)
    assert worked(calendar, long_ago, MONDAY_NINE) is None
    assert worked(calendar, MONDAY_NINE, far) is None
    calendar.lay_out(last=LEAST_LAST + 2)
    assert worked(calendar, MONDAY_NINE, far) > 0


def test_it_is_laid_out_once_a_part_and_goes_with_its_calendar():
    calendar = make.CalendarFactory()
    calendar.save()
    assert calendar.working_time.count() == LEAST_LAST - FIRST + 1
    calendar.delete()
    assert not WorkingTime.objects.exists()


WAITS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'"""


@pytest.mark.django_db(transaction=True)
def test_whoever_lays_it_out_while_it_is_edited_takes_the_hours_it_has_then():
    calendar = make.CalendarFactory()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            calendar.hours = {"mon-fri": ["09:00-10:00"]}
            calendar.save()
            worker = pool.submit(in_a_worker)
            ends = time.monotonic() + 20
            while not statements.fetch(WAITS)[0][0] and time.monotonic() < ends:
                time.sleep(0.02)
        assert worker.result(20) == 1
    assert worked(calendar, MONDAY_NINE, MONDAY_NINE + dt.timedelta(days=1)) == 3600


def in_a_worker():
    try:
        return lay_out_calendars()
    finally:
        connection.close()


def test_windows_that_touch_are_one():
    calendar = make.CalendarFactory(round_the_clock=True)
    (one, *_) = parts_of(calendar.windows(), FIRST)
    assert (one.edges, one.sums) == ((0, PART_DAYS * 86_400), (0, PART_DAYS * 86_400))
