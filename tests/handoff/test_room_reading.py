"""A row read into its form and saved as it is stays the same row, whatever a playbook may hold."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff import playbook
from handoff.rules import parse
from handoff.views.room.reading import Typed, row_of, typed_of

from .test_rules_against_slow import definitions, fact_conditions, numbers

SECTIONS = ("motions", "fit", "signals", "decide", "tiers", "route")
DEFAULT = Path(__file__).parents[2] / "docs" / "examples" / "default.playbook.yaml"
CLOCKS = ("assign", "accept", "first_touch", "follow_up")
ACTIONS = ("notify_owner", "notify_manager", "escalate", "reassign", "task", "requalify", "nurture")

actions = st.lists(st.sampled_from(ACTIONS), unique=True, max_size=7)
promises = st.one_of(st.integers(0, 5_256_000), st.just("same_business_day"))
tiers = st.fixed_dictionaries(
    {"key": st.just("t"), "hours": st.sampled_from(["business", "always"])},
    optional={
        "label": st.just("Urgent"),
        **dict.fromkeys(CLOCKS, promises),
        "remind_before": st.integers(0, 1000),
        "on_reassign": st.sampled_from([{"accept": "carry_on"}, {"first_touch": "restart"}]),
        "on_breach": st.one_of(
            actions, st.dictionaries(st.sampled_from(CLOCKS), actions, max_size=4)
        ),
    },
)
nasty = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1
).filter(lambda text: text.strip() != "")


def saved(section: str, row: dict[str, Any]) -> dict[str, Any]:
    read, faults = row_of(section, typed_of(section, row), was=row)
    assert faults == []
    return read


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Without what says the same in another way: {all: […]}, a clock without actions."""
    when = row.get("when")
    if isinstance(when, dict) and "all" in when:
        row = {**row, "when": when["all"]}
    breach = row.get("on_breach")
    if isinstance(breach, dict):
        row = {**row, "on_breach": {clock: does for clock, does in breach.items() if does}}
    return {name: value for name, value in row.items() if value not in ([], {})}


def every_row(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(section, row) for section in SECTIONS for row in document.get(section, [])]


def test_the_default_playbook_reads_back_identically():
    document = playbook.from_text(DEFAULT.read_text())["definition"]
    rows = every_row(document)
    assert len(rows) > 60
    for section, row in rows:
        assert saved(section, row) == row
        alone, faults = row_of(section, typed_of(section, row))
        assert (alone, faults) == ({"hours": "business", **row} if section == "tiers" else row, [])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(definitions())
def test_any_definition_reads_back_identically(document):
    for section, row in every_row(document):
        assert saved(section, row) == row
        alone, faults = row_of(section, typed_of(section, row))
        hours = {"hours": "business"} if section == "tiers" else {}
        assert (plain(alone), faults) == ({**hours, **plain(row)}, [])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tiers)
def test_any_tier_reads_back_identically(row):
    assert saved("tiers", row) == row
    alone, faults = row_of("tiers", typed_of("tiers", row))
    assert (plain(alone), faults) == (plain(row), [])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    nasty,
    st.lists(nasty, min_size=1, max_size=4),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_text_and_any_number_read_back_identically(text, texts, number):
    when = [
        {"field": "company", "is": text},
        {"field": "company", "not_in": texts},
        {"field": "company", "contains": text},
        {"field": "revenue", "between": [number, number]},
        {"field": "revenue", "in": [number, 3]},
    ]
    row = {"key": "k", "points": number, "when": when}
    assert row_of("fit", typed_of("fit", row)) == (row, [])
    signal = {"key": "k", "points": 1.0, "sources": texts}
    assert row_of("signals", typed_of("signals", signal)) == (signal, [])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(fact_conditions, min_size=1, max_size=6), numbers)
def test_two_tests_of_one_field_stay_two(conditions, number):
    twice = [*conditions, {"field": "employees", "at_least": number}, conditions[0]]
    row = {"key": "k", "when": twice}
    assert row_of("motions", typed_of("motions", row)) == (row, [])


def typed(**fields: str | list[str]) -> Typed:
    sent: Typed = Typed()
    for name, value in fields.items():
        sent.setlist(name.replace("__", "-"), [value] if isinstance(value, str) else value)
    return sent


@pytest.mark.parametrize(
    ("fields", "place", "says"),
    [
        ({"points": "many"}, "points", "“many” is no number"),
        ({"points": ""}, "points", "a number is missing"),
        ({"c": ["0"]}, "when[0].field", "choose what this is about"),
        ({"c": ["7"], "c7__subject": "employees"}, "when[0]", "choose how to compare"),
        (
            {"c": ["0"], "c0__subject": "employees", "c0__operator": "at_least"},
            "when[0].at_least",
            "a value is missing",
        ),
        (
            {
                "c": ["0"],
                "c0__subject": "employees",
                "c0__operator": "between",
                "c0__from": "1",
                "c0__to": "x",
            },
            "when[0].between",
            "“x” is no number",
        ),
        (
            {
                "c": ["0"],
                "c0__subject": "role",
                "c0__operator": "in",
                "c0__value": '"cut',
            },
            "when[0].in",
            "closing quote",
        ),
        ({"c": ["0"], "c0__subject": "@signal"}, "when[0].signal", "choose what they did"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place(fields, place, says):
    _, faults = row_of("fit", typed(**{"key": "k", "points": "5", **fields}))
    assert [(fault.place, says in fault.message) for fault in faults] == [(place, True)]


def test_numbers_are_read_as_people_write_them():
    sent = typed(
        key="k",
        points="12,5",
        c=["0"],
        c0__subject="employees",
        c0__operator="at_least",
        c0__value="2,000",
    )
    row, faults = row_of("fit", sent)
    assert (row["points"], row["when"], faults) == (
        12.5,
        [{"field": "employees", "at_least": 2000}],
        [],
    )


def test_what_was_typed_makes_a_definition_that_holds_together():
    document = playbook.from_text(DEFAULT.read_text())["definition"]
    again = {
        **document,
        **{
            section: [row_of(section, typed_of(section, row))[0] for row in document[section]]
            for section in SECTIONS
        },
    }
    assert parse(again, teams=None, reasons=None, tracks=None).faults == ()
