"""Conditions as lines a person types, and in plain words."""

from typing import Any

import pytest

from handoff import rules
from handoff.rules import conditions
from handoff.rules.conditions import Scope, as_document, parse_when
from handoff.rules.faults import Report

LINES = [
    ("employees at_least 100", {"field": "employees", "at_least": 100}),
    ("employees at_least 10 at_most 99.5", {"field": "employees", "at_least": 10, "at_most": 99.5}),
    ("employees between 10, 500", {"field": "employees", "between": [10, 500]}),
    ("employees in 1, 2", {"field": "employees", "in": [1, 2]}),
    ("industry in software, x y", {"field": "industry", "in": ["software", "x y"]}),
    ('industry in "a, b", c', {"field": "industry", "in": ["a, b", "c"]}),
    ('industry is "a, b"', {"field": "industry", "is": "a, b"}),
    ("role contains vp", {"field": "role", "contains": "vp"}),
    ("customer is true", {"field": "customer", "is": True}),
    ("consent is_not false", {"field": "consent", "is_not": False}),
    ("country known true", {"field": "country", "known": True}),
    ("signal demo_request", {"signal": "demo_request"}),
    (
        "signal demo_request at_least 1 at_most 3 within_days 14",
        {"signal": "demo_request", "at_least": 1, "at_most": 3, "within_days": 14},
    ),
]


@pytest.mark.parametrize(("line", "condition"), LINES)
def test_a_line_is_a_condition_both_ways(line: str, condition: dict[str, Any]) -> None:
    assert conditions.from_lines(line) == [condition]
    assert conditions.to_lines([condition]) == line


def test_the_first_line_says_whether_any_is_enough() -> None:
    every = [{"field": "country", "is": "US"}, {"field": "customer", "is": False}]
    assert conditions.from_lines("Any  of:\n\n country is US\ncustomer is no") == {"any": every}
    assert conditions.from_lines("all of:\ncountry is US\ncustomer is false") == every
    assert conditions.to_lines({"any": every}) == "any of:\ncountry is US\ncustomer is false"
    assert conditions.to_lines({"all": every}) == "country is US\ncustomer is false"
    assert conditions.to_lines(None) == ""
    assert conditions.to_lines([{"field": "revenue", "is": 2.0}]) == "revenue is 2"
    assert conditions.from_lines(" \n ") is None


def test_short_ways_of_writing_are_understood() -> None:
    assert conditions.from_lines("country known") == [{"field": "country", "known": True}]
    assert conditions.from_lines("employees between 1,200 and 5") == [
        {"field": "employees", "between": [1, 200, 5]}
    ]
    assert conditions.from_lines("employees at_least 1,200") == [
        {"field": "employees", "at_least": 1200}
    ]
    assert conditions.from_lines("industry in a,, b") == [{"field": "industry", "in": ["a", "b"]}]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("emploees at_least 1", "there is no field “emploees”"),
        ("employees contains 1", "“contains” is no operator for employees"),
        ("employees", "“” is no operator"),
        ("employees at_least", "followed by a number"),
        ("employees at_least many", "“many” is no number"),
        ("employees at_least 1 at_least 2", "does not belong here"),
        ("industry is", "a value is missing after “is”"),
        ('industry is "a', "closing quote is missing"),
        ('industry is "a" b', "“b” follows the closing quote"),
        ('industry in "a" b', "a comma is missing before “b”"),
        ("customer is maybe", "write true or false"),
        ("country known maybe", "write true or false"),
        ("signal", "name a signal"),
        ("signal x often 2", "“often” does not belong here"),
        ("any of:", "no condition follows"),
    ],
)
def test_a_line_that_cannot_be_read_says_so(line: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        conditions.from_lines(line)


def test_every_wrong_line_is_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"Line 1: .*; Line 3: "):
        conditions.from_lines("x is 1\ncountry is US\ny is 2")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"field": "employees", "at_least": 1200}, "Employees at least 1,200"),
        (
            {"field": "employees", "at_least": 1, "at_most": 2.5},
            "Employees at least 1 and at most 2.5",
        ),
        ({"field": "employees", "between": [1, 9]}, "Employees between 1 and 9"),
        ({"field": "industry", "in": ["a", "b", "c"]}, "Industry is a, b or c"),
        ({"field": "industry", "not_in": ["a"]}, "Industry is not a"),
        ({"field": "industry", "is": "a"}, "Industry is a"),
        ({"field": "industry", "is_not": "a"}, "Industry is not a"),
        ({"field": "email_domain", "starts_with": "a"}, "Email domain starts with a"),
        ({"field": "country", "known": True}, "Country known"),
        ({"field": "country", "known": False}, "Country not known"),
        ({"field": "customer", "is": True}, "Existing customer"),
        ({"field": "customer", "is_not": True}, "Not a customer"),
        ({"signal": "demo"}, "Requested a demo at least once"),
        (
            {"signal": "demo", "at_least": 2, "within_days": 1},
            "Requested a demo at least twice within 1 day",
        ),
        (
            {"signal": "demo", "at_most": 0, "within_days": 14},
            "Requested a demo never within 14 days",
        ),
        ({"signal": "demo", "at_most": 3}, "Requested a demo at most 3 times"),
        ({"signal": "demo", "at_least": 3, "at_most": 3}, "Requested a demo exactly 3 times"),
        ({"signal": "demo", "at_least": 1, "at_most": 3}, "Requested a demo 1 to 3 times"),
        ({"signal": "price_page"}, "Price page at least once"),
    ],
)
def test_a_condition_in_plain_words(raw: dict[str, Any], said: str) -> None:
    when = parse_when([raw], "when", Scope("route"), Report())
    assert when is not None
    assert rules.sentence(when.conditions[0], {"demo": "Requested a demo"}) == said


def test_rows_in_plain_words_and_back_as_a_document() -> None:
    raw = [{"field": "country", "in": ["US"]}, {"field": "employees", "at_least": 1.5}]
    every = parse_when(raw, "when", Scope("fit"), Report())
    either = parse_when({"any": raw}, "when", Scope("fit"), Report())
    assert rules.said(every) == "Country is US and Employees at least 1.5"
    assert rules.said(either) == "Country is US or Employees at least 1.5"
    assert rules.said(None) == "Always"
    assert as_document(every) == raw
    assert as_document(either) == {"any": raw}
    assert as_document(None) is None
