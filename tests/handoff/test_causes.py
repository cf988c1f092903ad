"""Which change since the version before makes an example come out differently."""

import copy

import pytest

from handoff import rules
from handoff.causes import Cause, Change, causes, taken
from handoff.differences import diff
from tests import factories as make

pytestmark = pytest.mark.django_db

DEMO = {
    "name": "Demo request from a fintech",
    "expect": {"status": "sales_ready"},
    "lead": {"industry": "fintech", "employees": 400, "country": "US"},
    "touchpoints": [{"signal": "demo_request", "days_ago": 0.25}],
}


@pytest.fixture
def base():
    return dict(make.DEFINITION)


def changed(base, **sections):
    """The document with rows of sections changed: `changed(base, fit={"size": {"points": 5}})`."""
    document = copy.deepcopy(dict(base))
    for section, rows in sections.items():
        document[section] = [{**row, **rows.get(row["key"], {})} for row in document[section]]
    return document


def cause(base, draft, example=DEMO):
    whole = {**draft, "examples": [example]}
    read = rules.parse(whole, teams=None, reasons=None, tracks=None)
    assert read.definition is not None, read.faults
    (found,) = causes(base, draft, read.definition.examples, at=make.MONDAY)
    return found


def test_the_one_change_that_turns_it_is_named_and_the_others_are_not(base):
    draft = changed(
        base,
        fit={"size": {"when": [{"field": "employees", "at_least": 1000}]}},
        signals={"pricing_page": {"points": 11}},
    )
    found = cause(base, draft)
    assert found.was_right
    assert found.changes == ("Fit, Size: employees at least 100 → at least 1,000",)


def test_of_two_that_each_turn_it_both_are_named(base):
    draft = changed(
        base,
        fit={"size": {"points": 0}},
        decide={"hand_raiser": {"status": "nurture", "track": None, "tier": None}},
    )
    found = cause(base, draft)
    assert [one.split(":")[0] for one in found.changes] == [
        "Fit, Size",
        "Status rule, Asked for a demo and fits",
    ]


def test_of_two_that_turn_it_only_together_both_are_named(base):
    draft = changed(base, fit={"size": {"points": 30}, "industry": {"points": 15}})
    assert cause(changed(base, fit={"size": {"points": 30}}), draft).was_right
    found = cause(base, draft)
    assert [one.split(":")[0] for one in found.changes] == ["Fit, Industry", "Fit, Size"]


def test_a_rule_added_before_the_others_is_named(base):
    draft = changed(base)
    draft["decide"].insert(0, {"key": "fresh", "label": "Everybody", "status": "nurture"})
    assert cause(base, draft).changes == ("Status rule added: Everybody, nurture",)


def test_a_rule_that_was_moved_is_named(base):
    draft = changed(base)
    draft["decide"].insert(0, draft["decide"].pop(2))
    student = {**DEMO, "expect": {"status": "disqualified"}}
    student["lead"] = {**DEMO["lead"], "role": "PhD student"}
    assert cause(base, draft, student).changes[0].startswith("Status rules in another order")


def test_what_came_out_so_before_has_no_cause(base):
    draft = changed(base, fit={"size": {"points": 0}})
    wrong = {**DEMO, "expect": {"status": "duplicate"}}
    assert cause(base, draft, wrong) == Cause(was_right=False)
    assert cause(base, changed(base), wrong) == Cause(was_right=False)


def test_all_is_asked_in_one_statement(base, django_assert_num_queries):
    draft = changed(base, fit={"size": {"points": 0}, "industry": {"points": 1}})
    cause(base, draft)
    with django_assert_num_queries(1):
        cause(base, draft)


def test_every_change_taken_back_gives_the_version_before(base):
    draft = changed(base, fit={"size": {"points": 0}}, signals={"pricing_page": {"cap": 3}})
    del draft["decide"][1]
    draft["decide"].insert(1, {"key": "new", "status": "nurture", "when": [
        {"field": "country", "is": "DE"}]})  # fmt: skip
    draft["route"] = [*reversed(draft["route"][:-1]), draft["route"][-1]]
    for change in (
        Change("fit", "size"),
        Change("signals", "pricing_page"),
        Change("decide", "customer"),
        Change("decide", "new"),
        Change("route"),
    ):
        assert diff(base, draft) != []
        draft = taken(draft, base, change)
    assert diff(base, draft) == []
