"""Shares and their differences say how sure they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.measures.intervals import difference, share, shift
from reviews.templatetags.shares import intervals

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [  # Newcombe 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_a_share_has_wilsons_interval(count, n, low, high):
    found = share(count, n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [  # Newcombe 1998, table II, method 10: the first share less the second
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((0, 10), (0, 10), -0.2775, 0.2775),
    ],
)
def test_a_difference_has_newcombes_interval(one, other, low, high):
    found = difference(share(*other), share(*one))
    assert found is not None
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@given(counts)
def test_the_interval_holds_the_share(given_counts):
    found = share(*given_counts)
    assert 0 <= found.low <= found.high <= 1
    if found.value is not None:
        assert found.low <= found.value + 1e-12
        assert found.value <= found.high + 1e-12


def test_more_cases_make_it_surer():
    few, many = share(8, 20), share(80, 200)
    assert many.high - many.low < few.high - few.low
    assert not share(1, 19).is_enough


def test_of_nobody_nothing_is_said():
    assert share(0, 0).value is None
    assert difference(share(0, 0), share(1, 2)) is None
    sure = difference(share(10, 100), share(60, 100))
    assert sure is not None
    assert sure.is_sure


@pytest.mark.parametrize(("count", "n"), [(26, 25), (1, 0), (-1, 20), (0, -1)])
def test_what_is_not_among_the_counted_is_no_share(count, n):
    with pytest.raises(ValueError, match=f"{count} of {n} is no share"):
        share(count, n)


def test_where_no_case_is_kept_a_shift_is_a_difference():
    left, came = share(30, 100), share(60, 150)
    assert shift(share(0, 0), left, came) == difference(left, came)


def test_a_shift_is_the_difference_of_both_shares_and_narrower_for_what_they_have_in_common():
    kept, left, came = share(700, 1000), share(30, 100), share(40, 60)
    before, after = share(730, 1100), share(740, 1060)
    found, apart = shift(kept, left, came), difference(before, after)
    assert found.value == pytest.approx(apart.value)
    assert apart.low < found.low < found.value < found.high < apart.high


def test_a_shift_of_nobody_says_nothing():
    assert shift(share(0, 0), share(0, 0), share(3, 4)) is None


def test_of_two_shares_each_is_drawn_on_its_side_of_the_line_and_one_alone_on_it():
    now, before, few = share(15, 30), share(30, 60), share(2, 3)
    assert re.findall(r'y1="([\d.]+)"', intervals(now, before)) == ["8", "4.5", "11.5"]
    assert re.findall(r'y1="([\d.]+)"', intervals(now, few)) == ["8", "8"]
    assert "dot-1" in intervals(now, few) and "dot-3" in intervals(few, before)
    assert intervals(few, few) == ""
