"""Times and spans as a rep reads them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from handoff import words

NOW = dt.datetime(2026, 10, 15, 17, 32, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def new_york():
    with timezone.override(ZoneInfo("America/New_York")):
        yield


@pytest.mark.parametrize(
    ("minutes", "mood", "said"),
    [
        (-7, "late", "7 min late"),
        (0, "late", "1 min late"),
        (-190, "late", "3 h 10 late"),
        (-60 * 24 * 3, "late", "3 days late"),
        (3, "soon", "3 min left"),
        (10, "soon", "10 min left"),
        (11, "quiet", "11 min"),
        (64, "quiet", "1 h 04"),
        (238, "quiet", "3 h 58"),
        (21 * 60, "quiet", "Fri 10:32"),
        (60 * 24 * 40, "quiet", "Tue 24 Nov 12:32"),
    ],
)
def test_a_clock_says_how_it_stands_in_words(minutes, mood, said):
    left = words.time_left(NOW + dt.timedelta(minutes=minutes), NOW)
    assert (left.mood, left.words) == (mood, said)


def test_a_moment_is_said_in_the_viewers_zone():
    assert words.moment(NOW, NOW) == "Today 13:32"
    assert words.moment(NOW - dt.timedelta(days=3), NOW) == "Mon 12 Oct 13:32"
    assert words.moment(NOW - dt.timedelta(days=400), NOW) == "10 Sep 2025"
    assert words.exact(NOW) == "Thu 15 Oct 2026 13:32 New York"


def test_how_long_ago_counts_calendar_days():
    assert words.ago(NOW, NOW) == "today"
    assert words.ago(NOW - dt.timedelta(hours=14), NOW) == "yesterday"
    assert words.ago(NOW - dt.timedelta(days=3), NOW) == "3 days ago"
    assert words.ago(NOW - dt.timedelta(days=125), NOW) == "4 months ago"
    assert words.ago(NOW - dt.timedelta(days=800), NOW) == "2 years ago"


def test_spans_and_figures():
    assert words.short_span(40) == "40 s"
    assert words.short_span(190) == "3 min 10 s"
    assert words.short_span(120) == "2 min"
    assert words.short_span(3840) == "1 h 04"
    assert words.number(80.0) == "80"
    assert words.number(61.44) == "61.4"
    assert words.number(1234567.0) == "1,234,567"
    assert words.count_of(1, "lead") == "1 lead"
    assert words.count_of(1200, "person", "people") == "1,200 people"
