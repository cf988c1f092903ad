"""Arrays and JSON as the journey's statements send them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DataError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from handoff import statements

TEXTS = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
AWKWARD = st.sampled_from(
    ['a"b', "x\\y", "N", '","', "NULL", "", " ", "{", "}", "\\0N", "\n\t\x01"]
)
MOMENT = dt.datetime(2026, 10, 12, 14, 0, 5, 7, tzinfo=dt.UTC)


class Arrays(TestCase):
    @given(st.lists(TEXTS | AWKWARD))
    def test_texts_arrive_as_they_were(self, values: list[str | None]) -> None:
        literal = statements.literal(values)
        assert statements.fetch("SELECT %s::text[]", [literal]) == [(values,)]

    @given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
    def test_numbers_arrive_as_they_were(self, values: list[int | None]) -> None:
        literal = statements.literal(values)
        assert statements.fetch("SELECT %s::bigint[]", [literal]) == [(values,)]


@pytest.mark.django_db
def test_a_text_with_nul_is_refused_by_the_database() -> None:
    with pytest.raises(DataError):
        statements.fetch("SELECT %s::text[]", [statements.literal(["a", "b\0"])])


def test_json_is_the_same_for_the_same_value() -> None:
    value = {"é": [MOMENT, Decimal("1.5"), None], "a": MOMENT.date()}
    text = '{"a":"2026-10-12","é":["2026-10-12T14:00:05.000007+00:00",1.5,null]}'
    assert statements.dumps(value) == text
    assert statements.dumps(dict(reversed(value.items()))) == text


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 20])
def test_times_arrive_as_they_were(count: int) -> None:
    values = [MOMENT, None] * count
    literal = statements.literal(values)
    assert statements.fetch("SELECT %s::timestamptz[]", [literal]) == [(values,)]
