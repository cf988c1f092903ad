"""Readings of the contract that an evaluator written from its text alone brought up."""

import datetime as dt
from typing import Any

import pytest

from handoff import rules

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
MUNICH = {"email": "jo@xn--mnchen-3ya.de"}
TYPED = {"email": "jo@MÜNCHEN.de"}


def holds(condition: dict[str, Any], row: dict[str, Any]) -> bool:
    document = {
        "fit": [{"key": "it", "points": 1, "when": [condition]}],
        "decide": [{"key": "rest", "status": "nurture"}],
        "route": [{"key": "default", "to": {"queue": "q"}}],
    }
    definition = rules.parse(document, teams=None, reasons=None, tracks=None).definition
    assert definition is not None
    return rules.judge([row], definition, NOW)[0].fit == 1


@pytest.mark.parametrize("row", [MUNICH, TYPED])
@pytest.mark.parametrize(
    "condition",
    [
        {"field": "email_domain", "is": "münchen.de"},
        {"field": "email_domain", "contains": "München.DE"},
        {"field": "email_domain", "contains": "münchen"},
        {"field": "email_domain", "starts_with": "münchen."},
        {"field": "email", "contains": "@münchen.de"},
        {"field": "email", "starts_with": "JO@münchen"},
    ],
)
def test_a_domain_is_met_however_its_letters_are_written(
    condition: dict[str, Any], row: dict[str, Any]
) -> None:
    assert holds(condition, row)


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "email_domain", "contains": "munchen"},
        {"field": "email_domain", "starts_with": "ünchen"},
        {"field": "email", "contains": "münchen@"},
    ],
)
def test_another_word_is_not_met(condition: dict[str, Any]) -> None:
    assert not holds(condition, MUNICH)


def test_letters_before_the_at_sign_are_no_domain() -> None:
    jürgen = {"email": "Jürgen@acme.com"}
    assert holds({"field": "email", "starts_with": "JÜRGEN@"}, jürgen)
    assert holds({"field": "email", "contains": "jür"}, jürgen)


def test_touchpoints_inside_and_beside_a_lead_are_counted_together() -> None:
    touch = {"signal": "demo", "days_ago": 0}
    row = {"lead": {"touchpoints": [touch]}, "touchpoints": [touch]}
    assert holds({"signal": "demo", "at_least": 2, "at_most": 2}, row)
