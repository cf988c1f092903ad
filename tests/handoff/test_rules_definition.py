# ruff: noqa: E501 — tables read best with one case a line
"""Reading a definition: every fault at once with its place, and what is merely doubtful."""

import copy
from typing import Any

import pytest

from handoff import rules

WHOLE: dict[str, Any] = {
    "summary": "Demo requests from companies that fit go first",
    "motions": [{"key": "enterprise", "when": [{"field": "employees", "at_least": 1000}]}],
    "fit": [
        {"key": "industry", "label": "Fintech", "points": 30, "when": [{"field": "industry", "is": "x"}]},
        {"key": "large", "points": -5.5, "motion": "enterprise"},
    ],
    "signals": [
        {"key": "demo", "points": 70, "half_life_days": 30, "cap": 1, "label": "Requested a demo"},
        {"key": "demo_organic", "signal": "demo", "points": 5, "sources": ["organic"], "motion": "enterprise"},
    ],
    "required": ["email", "company"],
    "decide": [
        {"key": "student", "status": "disqualified", "reason": "segment", "when": [{"field": "role", "contains": "student"}]},
        {"key": "ready", "status": "sales_ready", "tier": "urgent", "approve": True, "when": {"any": [{"field": "fit", "at_least": 50}, {"signal": "demo", "within_days": 14}]}},
        {"key": "rest", "status": "nurture", "track": "newsletter"},
    ],
    "tiers": [
        {"key": "urgent", "hours": "always", "assign": 5, "accept": 15, "first_touch": "same_business_day", "remind_before": 10, "on_breach": ["notify_owner", "reassign"]},
        {"key": "slow", "accept": 240, "on_breach": {"accept": ["task"]}},
    ],
    "marketing": {"handover": 10},
    "route": [
        {"key": "owner", "to": {"owner_of": "account"}, "when": [{"field": "owned", "is": True}]},
        {"key": "na", "to": {"team": "sdr"}, "overflow": "next", "sticky": True, "when": {"all": [{"field": "tier", "is": "urgent"}, {"field": "status", "not_in": ["nurture"]}, {"field": "motion", "is": "enterprise"}]}},
        {"key": "default", "to": {"queue": "qualification"}},
    ],
    "examples": [
        {"kind": "example", "name": "Fintech", "why": "fits", "expect": {"status": "sales_ready", "tier": "urgent", "team": "sdr", "fit": 30, "missing": ["email"], "route": None}, "lead": {"email": "a@b.co", "touchpoints": [{"signal": "demo", "occurred_at": "2026-01-01T00:00:00Z"}]}, "touchpoints": [{"signal": "demo", "days_ago": 0}]},
        {"name": "Nothing known", "expect": {"status": "nurture"}, "lead": {}},
    ],
}  # fmt: skip
KNOWN: dict[str, Any] = {
    "teams": {"sdr", "qualification"},
    "reasons": {"segment"},
    "tracks": {"newsletter"},
}


def parse(**changes: Any) -> rules.Parsed:
    return rules.parse({**copy.deepcopy(WHOLE), **changes}, **KNOWN)


def test_a_whole_definition_is_read() -> None:
    parsed = parse()
    assert parsed.faults == ()
    definition = parsed.definition
    assert definition is not None
    assert definition.marketing == {"handover": 10}
    assert definition.fit[1].points == -5.5
    assert definition.signals[1].signal == "demo"
    assert definition.signal_labels == {"demo": "Requested a demo"}
    urgent, slow = definition.tiers
    assert urgent.clocks == {"assign": 5, "accept": 15, "first_touch": "same_business_day"}
    assert urgent.actions("first_touch") == ("notify_owner", "reassign")
    assert slow.hours == "business"
    assert slow.actions("accept") == ("task",)
    assert slow.actions("assign") == ()
    assert definition.route[1].overflow and definition.route[1].sticky
    assert not definition.route[0].sticky
    assert definition.examples[0].as_row() == {
        "email": "a@b.co",
        "touchpoints": [
            {"signal": "demo", "occurred_at": "2026-01-01T00:00:00Z"},
            {"signal": "demo", "days_ago": 0},
        ],
    }
    assert definition.examples[1].as_row() == {}


def test_sections_may_be_left_out_or_empty_but_for_decide_and_route() -> None:
    empty = dict.fromkeys(
        ["motions", "fit", "signals", "required", "tiers", "marketing", "examples", "summary"]
    )
    decide = [{"key": "rest", "status": "nurture"}]
    route = [{"key": "all", "to": {"queue": "sdr"}, "overflow": None, "when": None}]
    parsed = rules.parse({**empty, "decide": decide, "route": route}, **KNOWN)
    assert (parsed.faults, parsed.warnings) == ((), ())
    parsed = rules.parse({}, **KNOWN)
    assert [str(fault) for fault in parsed.faults] == [
        "definition.decide: needs at least one row",
        "definition.route: needs at least one row",
    ]


WRONG: list[tuple[str, Any, str, str]] = [
    ("foo", 1, "foo", "unknown key “foo”"),
    ("summary", 5, "summary", "must be text"),
    ("summary", "x" * 301, "summary", "at most 300 characters"),
    ("motions", {}, "motions", "must be a list of rows, not a mapping"),
    ("motions", ["x"], "motions[0]", "must be a mapping, not text"),
    ("motions", [{"key": "a", "of": 1}], "motions[0].of", "unknown key “of”"),
    ("motions", [{"label": "a"}], "motions[0].key", "is missing"),
    ("motions", [{"key": "a b"}], "motions[0].key", "cannot be “a b”"),
    ("motions", [{"key": 5}], "motions[0].key", "cannot be 5"),
    ("motions", [{"key": "enterprise"}] * 2, "motions[1].key", "is the key of an earlier row"),
    ("motions", [{"key": f"m{n}"} for n in range(501)], "motions", "at most 500"),
    ("fit", [{"key": "_limit", "points": 1}], "fit[0].key", "cannot be “_limit”"),
    ("fit", [{"key": "a"}], "fit[0].points", "are missing"),
    ("fit", [{"key": "a", "points": True}], "fit[0].points", "cannot be True"),
    ("fit", [{"key": "a", "points": float("inf")}], "fit[0].points", "cannot be inf"),
    ("fit", [{"key": "a", "points": 10**400}], "fit[0].points", "cannot be 1000"),
    ("fit", [{"key": "a", "points": 1e10}], "fit[0].points", "a number up to"),
    ("fit", [{"key": "a", "points": 1, "motion": "x"}], "fit[0].motion", "there is no motion “x”"),
    ("fit", [{"key": "a", "points": 1, "motion": 3}], "fit[0].motion", "must be the key"),
    ("fit", [{"key": "a", "points": 1, "label": 3}], "fit[0].label", "must be text"),
    ("signals", [{"key": "a", "points": 1, "half_life_days": 0}], "signals[0].half_life_days", "above 0"),
    ("signals", [{"key": "a", "points": 1, "half_life_days": "x"}], "signals[0].half_life_days", "above 0"),
    ("signals", [{"key": "a", "points": 1, "cap": 0}], "signals[0].cap", "a whole number from 1"),
    ("signals", [{"key": "a", "points": 1, "cap": 1.5}], "signals[0].cap", "not 1.5"),
    ("signals", [{"key": "a", "points": 1, "signal": " "}], "signals[0].signal", "the key of a signal"),
    ("signals", [{"key": "a", "points": 1, "sources": []}], "signals[0].sources", "a list of sources"),
    ("signals", [{"key": "a", "points": 1, "sources": [1]}], "signals[0].sources[0]", "not 1"),
    ("signals", [{"key": "a", "points": 1, "sources": ["a\0"]}], "signals[0].sources[0]", "must be a source"),
    ("required", "email", "required", "must be a list of fields"),
    ("required", ["emial"], "required[0]", "unknown field “emial”"),
    ("required", ["fit"], "required[0]", "unknown field “fit”"),
    ("required", [["email"]], "required[0]", "unknown field"),
    ("required", ["email", "email"], "required[1]", "listed twice"),
    ("decide", [{"key": "a", "status": "done"}], "decide[0].status", "expected one of sales_ready"),
    ("decide", [{"key": "a"}], "decide[0].status", "is missing"),
    ("decide", [{"key": "a", "status": "nurture", "tier": "x"}], "decide[0].tier", "there is no tier"),
    ("decide", [{"key": "a", "status": "nurture", "reason": "x"}], "decide[0].reason", "there is no reason"),
    ("decide", [{"key": "a", "status": "nurture", "track": "x"}], "decide[0].track", "there is no track"),
    ("decide", [{"key": "a", "status": "nurture", "approve": "yes"}], "decide[0].approve", "true or false"),
    ("decide", [{"key": "a", "status": "nurture", "when": [{"field": "fit", "at_least": 1}]}], "decide[0].when", "last row must have no conditions"),
    ("decide", [{"key": "a", "status": "nurture", "when": [{"field": "x", "is": 1}]}], "decide[0].when", "last row must have no conditions"),
    ("tiers", [{"key": "urgent", "hours": "night"}], "tiers[0].hours", "expected one of business, always"),
    ("tiers", [{"key": "urgent", "accept": -1}], "tiers[0].accept", "from 0 to"),
    ("tiers", [{"key": "urgent", "accept": "soon"}], "tiers[0].accept", "same_business_day"),
    ("tiers", [{"key": "urgent", "remind_before": "same_business_day"}], "tiers[0].remind_before", "whole minutes"),
    ("tiers", [{"key": "urgent", "on_breach": "task"}], "tiers[0].on_breach", "must be a list of actions"),
    ("tiers", [{"key": "urgent", "on_breach": ["shout"]}], "tiers[0].on_breach[0]", "unknown action “shout”"),
    ("tiers", [{"key": "urgent", "on_breach": ["task", "task"]}], "tiers[0].on_breach[1]", "listed twice"),
    ("tiers", [{"key": "urgent", "on_breach": {"late": []}}], "tiers[0].on_breach.late", "unknown key"),
    ("tiers", [{"key": "urgent", "on_breach": {"accept": 1}}], "tiers[0].on_breach.accept", "must be a list"),
    ("tiers", [{"key": "urgent", "on_reassign": "restart"}], "tiers[0].on_reassign", "must be a mapping of clocks"),
    ("tiers", [{"key": "urgent", "on_reassign": {"accept": "stop"}}], "tiers[0].on_reassign.accept", "expected one of restart, carry_on"),
    ("tiers", [{"key": "urgent", "on_reassign": {"assign": "restart"}}], "tiers[0].on_reassign.assign", "unknown key"),
    ("marketing", 5, "marketing", "must be a mapping"),
    ("marketing", {"returned": -5}, "marketing.returned", "whole minutes"),
    ("marketing", {"handover": "x"}, "marketing.handover", "whole minutes"),
    ("marketing", {"handoff": 1}, "marketing.handoff", "unknown key"),
    ("route", [{"key": "a"}], "route[0].to", "must be one of"),
    ("route", [{"key": "a", "to": {"team": "sdr", "queue": "sdr"}}], "route[0].to", "must be one of"),
    ("route", [{"key": "a", "to": {"pool": "sdr"}}], "route[0].to.pool", "unknown key “pool”"),
    ("route", [{"key": "a", "to": {"team": "x"}}], "route[0].to.team", "there is no team “x”"),
    ("route", [{"key": "a", "to": {"team": ["x"]}}], "route[0].to.team", "must be the key of a team"),
    ("route", [{"key": "a", "to": {"owner_of": "deal"}}], "route[0].to.owner_of", "expected one of account"),
    ("route", [{"key": "a", "to": {"team": "sdr"}, "sticky": "yes"}], "route[0].sticky", "must be true or false"),
    ("route", [{"key": "a", "to": {"team": "sdr"}, "sticky": 1}], "route[0].sticky", "must be true or false"),
    ("route", [{"key": "a", "to": {"queue": "sdr"}, "sticky": True}], "route[0].sticky", "where a team takes"),
    ("route", [{"key": "a", "to": {"team": "sdr"}, "overflow": "stop"}], "route[0].overflow", "can only be next"),
    ("examples", {}, "examples", "must be a list of examples"),
    ("examples", [5], "examples[0]", "must be a mapping"),
    ("examples", [{"lead": {}, "expect": {"status": "nurture"}}], "examples[0].name", "needs a name"),
    ("examples", [{"name": "a", "lead": {}, "expect": {}}], "examples[0].expect", "must say what is expected"),
]  # fmt: skip


def test_marketing_promises_what_it_says_and_nothing_else() -> None:
    promised = parse(marketing={"context": 240, "returned": 60}).definition
    assert promised is not None and promised.marketing == {"context": 240, "returned": 60}
    silent = parse(marketing=None).definition
    assert silent is not None and silent.marketing == {}


def test_a_tier_says_which_clocks_start_anew_in_other_hands() -> None:
    tier = {"key": "urgent", "accept": 5, "on_reassign": {"accept": "carry_on"}}
    definition = parse(tiers=[tier]).definition
    assert definition is not None
    (read,) = definition.tiers
    assert not read.restarts("accept") and not read.restarts("first_touch")
    (usual,) = parse(tiers=[{"key": "urgent"}]).definition.tiers  # type: ignore[union-attr]
    assert usual.restarts("accept") and not usual.restarts("follow_up")


@pytest.mark.parametrize(("section", "value", "place", "message"), WRONG)
def test_a_fault_names_its_place(section: str, value: Any, place: str, message: str) -> None:
    parsed = parse(**{section: value})
    assert parsed.definition is None
    told = {fault.place: fault.message for fault in parsed.faults}
    assert message in told[f"definition.{place}"]


EXAMPLE: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "sample"}, "kind", "expected one of example, counterexample"),
    ({"why": 5}, "why", "must be text"),
    ({"note": 5}, "note", "unknown key"),
    ({"expect": {"status": "done"}}, "expect.status", "there is no status “done”"),
    ({"expect": {"team": "x"}}, "expect.team", "there is no team “x”"),
    ({"expect": {"rule": "x"}}, "expect.rule", "there is no rule"),
    ({"expect": {"tier": 5}}, "expect.tier", "must be text"),
    ({"expect": {"fit": "x"}}, "expect.fit", "must be a number"),
    ({"expect": {"missing": "x"}}, "expect.missing", "must be a list of fields"),
    ({"expect": {"owner": "x"}}, "expect.owner", "unknown key"),
    ({"lead": []}, "lead", "must be a mapping"),
    ({"lead": {"fit": 5}}, "lead.fit", "unknown key “fit”"),
    ({"touchpoints": {}}, "touchpoints", "must be a list"),
    ({"touchpoints": [5]}, "touchpoints[0]", "must be a mapping"),
    ({"touchpoints": [{}]}, "touchpoints[0].signal", "the key of a signal"),
    ({"touchpoints": [{"signal": "a", "when": 1}]}, "touchpoints[0].when", "unknown key"),
    ({"touchpoints": [{"signal": "a", "days_ago": "x"}]}, "touchpoints[0].days_ago", "a number of days"),
    ({"touchpoints": [{"signal": "a", "occurred_at": "x"}]}, "touchpoints[0].occurred_at", "no ISO-8601"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place", "message"), EXAMPLE)
def test_a_fault_of_an_example_names_its_place(
    change: dict[str, Any], place: str, message: str
) -> None:
    example = {"name": "a", "expect": {"status": "nurture"}, "lead": {}, **change}
    told = {fault.place: fault.message for fault in parse(examples=[example]).faults}
    assert message in told[f"definition.examples[0].{place}"]


CONDITIONS: list[tuple[Any, str, str]] = [
    ([], "", "must not be empty"),
    (5, "", "must be a list of conditions"),
    ({"all": [], "any": []}, "", "exactly one of all and any"),
    ({"none": []}, ".none", "unknown key"),
    ({"any": []}, ".any", "must not be empty"),
    ([{"field": "country", "is": "US"}] * 201, "", "at most 200"),
    (["x"], "[0]", "must be a condition"),
    ([{"any": [{"field": "country", "is": "US"}]}], "[0]", "cannot be nested"),
    ([{"is": 5}], "[0]", "exactly one of field and signal"),
    ([{"field": "fit", "signal": "a"}], "[0]", "exactly one of field and signal"),
    ([{"field": "colour", "is": "x"}], "[0].field", "unknown field “colour”"),
    ([{"field": ["x"], "is": "x"}], "[0].field", "unknown field"),
    ([{"field": "tier", "is": "urgent"}], "[0].field", "not known yet in decide"),
    ([{"field": "country"}], "[0]", "needs exactly one operator, has 0"),
    ([{"field": "country", "is": "US", "in": ["CA"]}], "[0]", "needs exactly one operator, has 2"),
    ([{"field": "employees", "at_least": 1, "between": [1, 2]}], "[0]", "exactly one operator"),
    ([{"field": "country", "like": "U"}], "[0].like", "unknown operator “like”"),
    ([{"field": "country", "at_least": 5}], "[0].at_least", "no operator for a text field"),
    ([{"field": "customer", "in": [True]}], "[0].in", "no operator for a bool field"),
    ([{"field": "country", "is": 5}], "[0].is", "write it in quotes"),
    ([{"field": "country", "is": None}], "[0].is", "must be text, not nothing"),
    ([{"field": "country", "is": " "}], "[0].is", "must not be blank"),
    ([{"field": "country", "is": "a\0"}], "[0].is", "without NUL"),
    ([{"field": "country", "is": "\ud800"}], "[0].is", "half characters"),
    ([{"field": "country", "in": "US"}], "[0].in", "must be a list, not text"),
    ([{"field": "country", "in": []}], "[0].in", "must not be an empty list"),
    ([{"field": "country", "in": ["US", 5]}], "[0].in[1]", "must be text"),
    ([{"field": "country", "known": "yes"}], "[0].known", "must be true or false"),
    ([{"field": "customer", "is": "yes"}], "[0].is", "must be true or false"),
    ([{"field": "employees", "at_least": "100"}], "[0].at_least", "must be a number"),
    ([{"field": "employees", "at_least": True}], "[0].at_least", "must be a number"),
    ([{"field": "employees", "at_least": float("nan")}], "[0].at_least", "must be a number"),
    ([{"field": "employees", "between": [1]}], "[0].between", "must be two numbers"),
    ([{"field": "motion", "is": "smb"}], "[0].is", "there is no motion “smb”"),
    ([{"signal": 5}], "[0].signal", "the key of a signal"),
    ([{"signal": "a", "known": True}], "[0].known", "unknown key"),
    ([{"signal": "a", "at_least": 1.5}], "[0].at_least", "whole number"),
    ([{"signal": "a", "at_most": -1}], "[0].at_most", "whole number"),
    ([{"signal": "a", "within_days": -1}], "[0].within_days", "number of days"),
]


@pytest.mark.parametrize(("when", "place", "message"), CONDITIONS)
def test_a_fault_of_a_condition_names_its_place(when: Any, place: str, message: str) -> None:
    decide = [{"key": "a", "status": "nurture", "when": when}, WHOLE["decide"][-1]]
    told = {fault.place: fault.message for fault in parse(decide=decide).faults}
    assert message in told[f"definition.decide[0].when{place}"]


def test_all_faults_are_told_at_once() -> None:
    parsed = parse(fit=[{"key": "a"}], tiers=5, route=[{"key": "a", "to": {"team": "x"}}])
    assert len(parsed.faults) >= 4


def test_a_definition_is_a_mapping() -> None:
    for document in (None, [], "x", 5):
        parsed = rules.parse(document, **KNOWN)
        assert [fault.place for fault in parsed.faults] == ["definition"]


def test_unknown_references_pass_where_nothing_is_known_about_them() -> None:
    document = {**WHOLE, "route": [{"key": "a", "to": {"team": "anyone"}}], "examples": []}
    parsed = rules.parse(document, teams=None, reasons=None, tracks=None)
    assert parsed.faults == ()


def test_a_long_value_is_cut_in_the_message() -> None:
    (fault, *_) = parse(marketing={"handover": "x" * 500}).faults
    assert len(fault.message) < 200


def test_a_further_step_has_routing_and_tiers_of_its_own() -> None:
    law = parse().definition
    assert law is not None
    route = [{"key": "ae", "to": {"team": "sdr"}, "when": [{"field": "tier", "is": "urgent"}]},
             {"key": "any", "to": {"queue": "sdr"}}]  # fmt: skip
    step = rules.step_definition(law, route=route, tiers=[{"key": "deal", "accept": 60}])
    assert [rule.key for rule in step.route] == ["ae", "any"]
    assert [tier.key for tier in step.tiers] == ["deal"]
    assert step.routes_every_status
    assert rules.step_definition(law, route=route, tiers=None).tiers == law.tiers
    with pytest.raises(ValueError, match=r"step.route\[0\].to"):
        rules.step_definition(law, route=[{"key": "a"}], tiers=[])
    with pytest.raises(ValueError, match="needs at least one row"):
        rules.step_definition(law, route=None, tiers=None)
    checked = rules.parse_step(
        None, route, [{"key": "x", "accept": "?"}], teams={"sdr"}, place="steps[0]"
    )
    assert [fault.place for fault in checked.faults] == ["steps[0].tiers[0].accept"]
    assert rules.parse_step(None, route, None, teams=None, place="steps[0]").faults == ()
