"""What a definition makes of what is not known."""

from typing import Any

from handoff import rules
from handoff.rules import Definition
from handoff.unknowns import Unknown, counting_what_is_missing, unknowns

SIZE = {"field": "employees", "at_least": 100}
UNSIZED = {"field": "employees", "known": False}
NOT_DE = {"field": "country", "is_not": "DE"}
DOCUMENT: dict[str, Any] = {
    "required": ["problem", "employees"],
    "fit": [
        {"key": "size", "points": 50, "when": [SIZE]},
        {"key": "abroad", "points": 5, "when": [NOT_DE]},
        {"key": "small", "points": -20, "when": [{"field": "employees", "at_most": 5}]},
        {"key": "student", "points": -100,
         "when": {"any": [{"field": "role", "contains": "student"}, SIZE]}},
    ],
    "decide": [
        {"key": "big", "status": "nurture", "when": [SIZE, {"field": "fit", "at_least": 1}]},
        {"key": "ask", "status": "nurture", "when": [UNSIZED]},
        {"key": "gaps", "status": "nurture", "when": [{"field": "missing", "at_least": 1}]},
        {"key": "student", "status": "disqualified", "when": {"any": [
            {"field": "role", "contains": "student"},
            {"field": "fit", "at_most": 0}]}},
        {"key": "either", "status": "nurture", "when": {"any": [UNSIZED, NOT_DE]}},
        {"key": "rest", "status": "nurture"},
    ],
    "route": [
        {"key": "big", "to": {"team": "sdr"}, "when": [SIZE]},
        {"key": "rest", "to": {"team": "sdr"}},
    ],
}  # fmt: skip


def definition() -> Definition:
    parsed = rules.parse(DOCUMENT, teams=None, reasons=None, tracks=None)
    assert parsed.definition is not None, parsed.faults
    return parsed.definition


def unknown(name: str) -> Unknown:
    return next(one for one in unknowns(definition()) if one.field == name)


def test_required_fields_come_first() -> None:
    assert [(one.field, one.required) for one in unknowns(definition())] == [
        ("problem", True), ("employees", True), ("role", False), ("country", False),
    ]  # fmt: skip


def test_what_asks_for_a_value_fails() -> None:
    size = unknown("employees")
    assert (size.lost, size.points) == (("size",), 50)
    assert size.passed == ("big",)
    assert size.routed == ("big",)


def test_what_asks_for_not_knowing_holds() -> None:
    assert unknown("employees").reached == ("ask", "either")
    country = unknown("country")
    assert (country.given, country.reached, country.passed) == (("abroad",), ("either",), ())


def test_one_of_several_leaves_the_others() -> None:
    assert unknown("employees").leans == ("student",)
    assert (unknown("role").leans, unknown("role").rests) == (("student",), ("student",))


def test_a_field_nobody_asks_for_changes_nothing() -> None:
    assert unknown("problem").changes_nothing
    assert not unknown("country").changes_nothing


def test_rules_that_count_what_is_missing() -> None:
    assert [rule.key for rule in counting_what_is_missing(definition())] == ["gaps"]


EVERY_ROW = {
    "motions": [{"key": "enterprise", "when": [{"field": "employees", "at_least": 1000}]}],
    "fit": [{"key": "tiny", "points": -20, "when": [{"field": "employees", "at_most": 5}]}],
    "signals": [{"key": "blog", "points": 2, "sources": ["organic"]}],
    "required": ["employees", "source", "campaign"],
    "decide": [{"key": "rest", "status": "nurture"}],
    "route": [{"key": "all", "to": {"queue": "review"}}],
}


def test_exclusions_motions_and_sources_are_told():
    parsed = rules.parse(EVERY_ROW, teams=None, reasons=None, tracks=None)
    assert parsed.definition is not None, parsed.faults
    found = {one.field: one for one in unknowns(parsed.definition)}
    assert (found["employees"].kept, found["employees"].motions) == (("tiny",), ("enterprise",))
    assert found["source"].signals == ("blog",)
    assert not found["employees"].changes_nothing
    assert not found["source"].changes_nothing
    assert found["campaign"].changes_nothing
