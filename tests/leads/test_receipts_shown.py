"""The arithmetic of a deadline, as a person reads it: what is shown adds up."""

import re

from hypothesis import given
from hypothesis import strategies as st

from leads.views.clock_faces import counted_out


def minutes_of(said: str) -> int:
    if said == "under 1 min":
        return 0
    hours, minutes = re.fullmatch(r"(?:([\d,]+) h )?(\d+)(?: min)?", said).groups()
    return 60 * int((hours or "0").replace(",", "")) + int(minutes)


def test_twenty_two_and_nine_are_not_thirty():
    assert counted_out([21.6, 8.4], 30.0) == ["22 min", "8 min", "30 min"]
    assert counted_out([30.0], 30.0) == ["30 min", "30 min"]
    assert counted_out([0.3, 14.7], 15.0) == ["under 1 min", "15 min", "15 min"]
    assert counted_out([1440.5, 1500.5], 2941.0)[-1] == "49 h 01"


def test_less_than_a_minute_is_told_in_seconds():
    assert counted_out([0.25, 0.5], 0.75) == ["15 s", "30 s", "45 s"]


def test_of_a_working_day_no_total_is_told():
    assert counted_out([12.2, 480.0], None) == ["13 min", "8 h 00"]
    assert counted_out([], 0.0) == ["0 s"]


@given(st.lists(st.floats(0.001, 3000.0), min_size=1, max_size=8))
def test_it_always_adds_up_and_no_stretch_is_off_by_more_than_a_minute(parts):
    total = sum(parts)
    if total < 1:
        return
    *shown, whole = map(minutes_of, counted_out(parts, total))
    assert sum(shown) == whole
    assert abs(whole - total) < 1.001
    assert all(abs(one - part) <= 1.001 for one, part in zip(shown, parts, strict=True))
