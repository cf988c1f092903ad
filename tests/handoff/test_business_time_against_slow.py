"""Business time held against an independent count of every single minute."""

import datetime as dt
from itertools import pairwise

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from handoff import business_time

from . import slow_time

DAYS = slow_time.WEEK
ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "UTC",
)
TURNS = (
    dt.datetime(2026, 3, 7, 22, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 28, 18, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 24, 20, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 31, 22, tzinfo=dt.UTC),
    dt.datetime(2011, 12, 29, 0, tzinfo=dt.UTC),
    dt.datetime(2006, 10, 28, 20, tzinfo=dt.UTC),
    dt.datetime(2018, 11, 3, 20, tzinfo=dt.UTC),
    dt.datetime(2026, 4, 23, 12, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 25, 15, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 24, 10, tzinfo=dt.UTC),
)
"""Moments shortly before the clocks change, or a date is skipped, or holidays come."""


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def calendars(draw: st.DrawFn) -> dict:
    hours: dict[str, list[str]] = {}
    day = draw(st.integers(0, 6))
    for length in draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)):
        last = (day + length - 1) % 7
        edges = draw(st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(sorted))
        windows = [
            f"{clock(opens * 15)}-{clock(closes * 15)}"
            for opens, closes in zip(edges[::2], edges[1::2], strict=False)
        ]
        name = DAYS[day] if length == 1 else f"{DAYS[day]}-{DAYS[last]}"
        hours.setdefault(name, windows)
        day += length
        if day > 6:
            break
    mapping = {"key": "k", "timezone": draw(st.sampled_from(ZONES)), "hours": hours}
    if draw(st.booleans()):
        mapping["holidays"] = draw(st.sampled_from(["US", "DE-BY", "BR"]))
    if draw(st.booleans()):
        mapping["closed"] = ["2026-03-09", "2026-10-26"]
    return mapping


starts = st.builds(
    lambda turn, minutes: turn + dt.timedelta(minutes=minutes),
    st.sampled_from(TURNS),
    st.integers(0, 3 * 24 * 60),
)
pauses = st.lists(
    st.builds(
        lambda turn, begin, length: (
            turn + dt.timedelta(minutes=begin),
            turn + dt.timedelta(minutes=begin + length),
        ),
        st.sampled_from(TURNS),
        st.integers(-600, 4000),
        st.integers(0, 900),
    ),
    max_size=4,
)


def read(mapping: dict) -> business_time.Calendar:
    try:
        return business_time.calendar_from(mapping)
    except business_time.CalendarError:
        assume(False)
        raise


NIGHT = {"key": "k", "timezone": "America/New_York", "hours": {"sun": ["00:00-01:30"]}}


@settings(max_examples=80, deadline=None)
@given(calendars(), starts, st.integers(0, 800), st.sampled_from(["business", "always"]), pauses)
@example(NIGHT, dt.datetime(2026, 11, 1, 4, tzinfo=dt.UTC), 120, "business", [])
def test_a_deadline_is_where_counting_minutes_ends(mapping, start, minutes, hours, taken):
    calendar = read(mapping)
    expected = slow_time.due(mapping, start, minutes, hours, taken)
    assume(expected is not None)
    made = business_time.due(calendar, start, minutes, hours=hours, pauses=taken)
    assert made.due == expected
    rows = made.receipt_rows()
    spans = [tuple(map(dt.datetime.fromisoformat, (row["from"], row["to"]))) for row in rows]
    assert sum(row["minutes"] for row in rows) == minutes
    assert spans[0][0] == start
    assert spans[-1][1] == made.due
    for earlier, later in pairwise(spans):
        assert earlier[1] == later[0]
    for earlier, later in pairwise(rows):
        assert earlier["why"] != later["why"]
    for row, (begin, end) in zip(rows, spans, strict=True):
        counted = row["why"] in (business_time.COUNTED, business_time.EVERY_HOUR)
        assert row["minutes"] == ((end - begin) / slow_time.MINUTE if counted else 0)
    assert business_time.elapsed(calendar, start, made.due, taken, hours=hours) == minutes


@settings(max_examples=40, deadline=None)
@given(calendars(), starts, st.integers(0, 4000), st.sampled_from(["business", "always"]), pauses)
def test_elapsed_counts_the_same_minutes(mapping, start, length, hours, taken):
    calendar, end = read(mapping), start + dt.timedelta(minutes=length)
    expected = slow_time.elapsed(mapping, start, end, hours, taken)
    assert business_time.elapsed(calendar, start, end, taken, hours=hours) == expected


@settings(max_examples=40, deadline=None)
@given(calendars(), starts)
def test_the_same_business_day_ends_with_its_last_working_minute(mapping, start):
    calendar, expected = read(mapping), slow_time.same_business_day(mapping, start)
    assume(expected is not None)
    made = business_time.same_business_day(calendar, start)
    assert made.due == expected
    rows = made.receipt_rows()
    assert dt.datetime.fromisoformat(rows[-1]["to"]) == expected
    assert sum(row["minutes"] for row in rows) == slow_time.elapsed(
        mapping, start, expected, "business", []
    )


@settings(max_examples=40, deadline=None)
@given(calendars(), starts, st.integers(1, 600))
def test_a_reminder_leaves_so_many_working_minutes(mapping, start, minutes):
    calendar = read(mapping)
    moment = business_time.due(calendar, start, 30).due
    expected = slow_time.before(mapping, moment, minutes)
    assume(expected is not None)
    found = business_time.before(calendar, moment, minutes)
    assert found == expected
    assert calendar.is_open(found)


@settings(max_examples=40, deadline=None)
@given(calendars(), starts)
def test_open_and_next_opening(mapping, start):
    calendar = read(mapping)
    assert calendar.is_open(start) == slow_time.worker(mapping)(start)
    expected = slow_time.due(mapping, start, 0)
    assume(expected is not None)
    assert business_time.next_opening(calendar, start) == expected
