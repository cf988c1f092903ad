"""What is allowed but hardly meant is told as a warning, and never refused."""

from typing import Any

import pytest

from handoff import rules

LAST = {"key": "rest", "status": "nurture"}
DEFAULT = {"key": "default", "to": {"queue": "q"}}


def warnings(**sections: Any) -> list[str]:
    document = {"decide": [LAST], "route": [DEFAULT], **sections}
    parsed = rules.parse(document, teams={"q", "t"}, reasons=None, tracks=None)
    assert parsed.faults == ()
    return [str(warning) for warning in parsed.warnings]


def decide(*whens: Any) -> list[str]:
    """Warnings about status rules with these conditions, `d0` and on."""
    rows = [{"key": f"d{n}", "status": "nurture", "when": when} for n, when in enumerate(whens)]
    return warnings(decide=[*rows, LAST])


def field(name: str, **tests: Any) -> dict[str, Any]:
    return {"field": name, **tests}


def signal(**tests: Any) -> dict[str, Any]:
    return {"signal": "demo", **tests}


US = field("country", **{"is": "US"})
CA = field("country", **{"is": "CA"})
LARGE = field("employees", at_least=100)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ([US], [US]),
        ([US], [US, LARGE]),
        ([US], [field("country", **{"is": "usa"})]),
        ([field("country", **{"in": ["US", "CA"]})], [CA]),
        ([field("country", known=True)], [field("country", starts_with="U")]),
        ({"any": [US, LARGE]}, [LARGE]),
        ({"any": [US, LARGE]}, {"any": [LARGE, US]}),
        ([LARGE], [field("employees", at_least=200)]),
        ([LARGE], [field("employees", between=[100, 200])]),
        ([LARGE], [field("employees", **{"in": [100, 300]})]),
        ([field("employees", at_most=9)], [field("employees", **{"is": 3})]),
        ([field("consent", **{"is": True})], [field("consent", **{"is": True}), US]),
        ([signal()], [signal(at_least=2)]),
        ([signal(within_days=30)], [signal(within_days=7)]),
        ([signal(at_most=3)], [signal(at_most=2)]),
        ([signal(at_most=3, within_days=7)], [signal(at_most=3)]),
        ([signal(at_least=0)], [signal(at_least=5)]),
    ],
)
def test_a_rule_that_an_earlier_one_forestalls_is_never_reached(earlier: Any, later: Any) -> None:
    said = decide(earlier, later)
    assert "definition.decide[1]: “d1” is never reached: “d0” before it holds whenever" in said[0]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ([US], [CA]),
        ([US, LARGE], [US]),
        ([US, LARGE], {"any": [US, LARGE]}),
        ([LARGE], [field("employees", at_least=50)]),
        ([LARGE], [field("employees", is_not=5)]),
        ([LARGE], [field("employees", known=True)]),
        ([field("country", known=True)], [field("country", is_not="US")]),
        ([field("country", not_in=["US"])], [field("country", **{"is": "CA"})]),
        ([field("industry", contains="a")], [field("industry", contains="ab")]),
        ([signal(within_days=7)], [signal(within_days=30)]),
        ([signal(at_least=2)], [signal()]),
        ([signal(at_most=2)], [signal(at_most=3)]),
        ([signal(at_most=2)], [signal(at_most=2, within_days=3)]),
        ([{"signal": "other"}], [signal()]),
        ([{"signal": "country"}], [field("country", known=True)]),
    ],
)
def test_a_rule_that_may_be_reached_is_not_doubted(earlier: Any, later: Any) -> None:
    assert decide(earlier, later) == []


def test_nothing_is_reached_after_a_rule_that_always_holds() -> None:
    said = warnings(decide=[{"key": "all", "status": "nurture"}, {**LAST, "key": "b"}])
    assert said == ["definition.decide[1]: “b” is never reached: “all” before it always holds"]
    motions = [{"key": "a"}, {"key": "b", "when": [US]}]
    assert "“b” is never reached" in warnings(motions=motions)[0]


def test_a_route_that_may_pass_a_lead_on_forestalls_nothing() -> None:
    owner = {"key": "owner", "to": {"owner_of": "account"}, "when": [US]}
    full = {"key": "full", "to": {"team": "t"}, "when": [US], "overflow": "next"}
    taken = {"key": "taken", "to": {"team": "t"}, "when": [US]}
    assert warnings(route=[owner, full, taken, DEFAULT]) == []
    said = warnings(route=[owner, taken, full, DEFAULT])
    assert len(said) == 1
    assert "“full” is never reached: “taken”" in said[0]


def test_the_last_route_should_take_every_lead() -> None:
    owner = {"key": "owner", "to": {"owner_of": "opportunity"}}
    assert "may not exist" in warnings(route=[owner])[0]
    full = {"key": "full", "to": {"team": "t"}, "overflow": "next"}
    assert "looks for a further rule" in warnings(route=[full])[0]


def bands(section: str, *limits: Any) -> list[str]:
    if section == "decide":
        return decide(*([limit] for limit in limits))
    rows = [{"key": f"f{n}", "points": n, "when": [one]} for n, one in enumerate(limits)]
    return warnings(fit=rows)


def employees(least: float, most: float) -> dict[str, Any]:
    return field("employees", between=[least, most])


def test_bands_that_overlap() -> None:
    assert bands("fit", employees(1, 100), employees(100, 500)) == [
        "definition.fit[1]: bands overlap: “f0” and “f1” both hold for employees at 100"
    ]
    assert "from 50 to 100" in bands("fit", employees(50, 200), employees(1, 100))[0]
    assert "from 50 to 99" in bands("fit", employees(1, 99), field("employees", at_least=50))[0]
    low, high = field("fit", between=[0, 50]), field("fit", between=[40, 90])
    assert "overlap" in bands("decide", low, high)[0]


def test_bands_that_leave_a_gap() -> None:
    said = bands("fit", employees(1, 99), employees(200, 500))
    assert said == [
        "definition.fit[1]: bands leave a gap: neither “f0” nor “f1” holds for employees between "
        "99 and 200"
    ]
    said = bands("decide", field("fit", between=[0, 49]), field("fit", at_least=50))
    assert "neither “d0” nor “d1” holds for fit between 49 and 50" in said[0]


def test_bands_that_fit_together() -> None:
    assert bands("fit", employees(1, 99), employees(100, 500)) == []
    closed = (field("employees", at_most=9), employees(10, 99), field("employees", at_least=100))
    assert bands("fit", *closed) == []


def test_thresholds_and_other_rows_are_no_bands() -> None:
    assert bands("fit", field("employees", at_least=10), field("employees", at_least=100)) == []
    assert bands("decide", field("fit", at_least=80), field("fit", between=[20, 80])) == []
    assert bands("fit", employees(1, 9), field("revenue", between=[20, 30])) == []
    both = [{"key": "a", "points": 1, "when": [US, employees(1, 9)]},
            {"key": "b", "points": 1, "when": [CA, employees(5, 9)]},
            {"key": "c", "points": 1, "when": {"any": [US, employees(5, 9)]}},
            {"key": "d", "points": 1, "when": [{"signal": "demo", "at_least": 1, "at_most": 3}]},
            {"key": "e", "points": 1}]  # fmt: skip
    assert warnings(fit=both) == []
    three = [employees(1, 9), field("employees", at_least=10), field("employees", at_least=50)]
    assert bands("fit", *three) == []


def test_limits_the_wrong_way_round_never_hold() -> None:
    assert "can never hold" in bands("fit", employees(9, 1))[0]
    assert "can never hold" in decide([signal(at_least=3, at_most=1)])[0]


def test_hand_overs_without_a_clock_and_needless_approval() -> None:
    ready = {"key": "ready", "status": "sales_ready"}
    assert "without a tier" in warnings(decide=[ready])[0]
    assert "asks for approval" in warnings(decide=[{**LAST, "approve": True}])[0]


def test_reassigning_what_is_already_accepted() -> None:
    tiers = [
        {
            "key": "t",
            "accept": 15,
            "on_breach": {"first_touch": ["reassign"], "accept": ["reassign"]},
        }
    ]
    assert warnings(tiers=tiers) == [
        "definition.tiers[0].on_breach.first_touch: reassign does nothing once the lead is accepted"
    ]


def test_a_reminder_that_never_comes() -> None:
    tier = {"key": "t", "accept": 15, "first_touch": "same_business_day", "remind_before": 15}
    assert warnings(tiers=[tier]) == [
        "definition.tiers[0].remind_before: no reminder comes 15 minutes before the end of "
        "“accept”, which has only 15"
    ]
    assert warnings(tiers=[{**tier, "accept": 16}]) == []
    assert warnings(tiers=[{"key": "t", "accept": 15}]) == []


def test_a_required_field_that_is_always_known() -> None:
    assert "“customer” is always known" in warnings(required=["customer"])[0]


def test_a_rule_that_disqualifies_without_a_reason_is_doubted() -> None:
    rows = [{"key": "no", "status": "disqualified", "when": [{"field": "competitor", "is": True}]}]
    assert "disqualifies without a reason" in " ".join(warnings(decide=[*rows, LAST]))


def test_a_tier_that_promises_nothing():
    said = (
        "definition.tiers[1]: “empty” promises nothing, so no clock runs; give it minutes for one "
        "of assign, accept, first_touch, follow_up"
    )
    promised = {"key": "t", "first_touch": "same_business_day"}
    empty = {"key": "empty", "hours": "always", "remind_before": 5, "on_breach": ["task"]}
    assert warnings(tiers=[promised, empty]) == [said]
    assert warnings(tiers=[promised]) == []


def test_a_tier_of_a_further_step_that_promises_nothing():
    parsed = rules.parse_step(None, [DEFAULT], [{"key": "t"}], teams={"q"}, place="steps[1]")
    assert parsed.faults == ()
    (said,) = parsed.warnings
    assert said.place == "steps[1].tiers[0]" and "promises nothing" in said.message
