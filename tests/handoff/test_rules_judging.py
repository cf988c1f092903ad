"""Judging given rows: figures, edges of time and number, and rows that cannot be read."""

import datetime as dt
from typing import Any

import pytest

from handoff import rules, statements
from handoff.rules.compile import tenths
from handoff.rules.judge import folding

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
REST = {"key": "rest", "status": "nurture"}
DEFAULT = {"key": "default", "to": {"queue": "q"}}


def definition(**sections: Any) -> rules.Definition:
    document = {"decide": [REST], "route": [DEFAULT], **sections}
    parsed = rules.parse(document, teams=None, reasons=None, tracks=None)
    assert parsed.definition is not None, parsed.faults
    return parsed.definition


def judge(row: Any, as_of: dt.datetime = NOW, **sections: Any) -> rules.Decision:
    return rules.judge([row], definition(**sections), as_of)[0]


def holds(condition: dict[str, Any], row: dict[str, Any]) -> bool:
    fit = [{"key": "it", "points": 1, "when": [condition]}]
    return judge(row, fit=fit).fit == 1


def done(signal: str, *days: float) -> dict[str, Any]:
    return {"touchpoints": [{"signal": signal, "days_ago": day} for day in days]}


def scored(row: dict[str, Any], **signal: Any) -> rules.Decision:
    return judge(row, signals=[{"key": "s", "points": 80, **signal}])


def test_nothing_known_and_nothing_asked() -> None:
    assert judge({}).as_line() == {
        "fit": 0.0,
        "fit_parts": {},
        "intent": 0.0,
        "intent_parts": {},
        "motion": None,
        "missing": [],
        "status": "nurture",
        "rule": "rest",
        "tier": None,
        "route": None,
        "team": None,
    }
    assert rules.judge([], definition(), NOW) == []


@pytest.mark.parametrize(("halvings", "left"), [(0, 80), (1, 40), (2, 20), (3, 10), (5, 2.5)])
def test_a_touch_fades_by_half_exactly(halvings: int, left: float) -> None:
    assert scored(done("s", 30 * halvings), half_life_days=30).intent == left
    assert scored(done("s", 30 * halvings), half_life_days=30, cap=1).intent == left


def test_the_newest_touches_count_up_to_the_cap() -> None:
    assert scored(done("s", 7, 0, 14), half_life_days=7, cap=2, points=10).intent == 15
    assert scored(done("s", 7, 0, 14), cap=2, points=10).intent == 20
    assert scored(done("s", 7, 0, 14), points=10).intent == 30
    assert scored(done("s", 7, 0), half_life_days=7, points=10).intent_parts == {"s": 15.0}


def test_without_touches_a_signal_has_no_part() -> None:
    for limits in ({}, {"cap": 1}, {"half_life_days": 7}, {"half_life_days": 7, "cap": 1}):
        assert scored(done("other", 1), **limits).intent_parts == {}
        assert scored(done("s", -1), **limits).intent_parts == {}
    assert scored(done("s", 1), points=0).intent_parts == {"s": 0.0}


def test_ages_and_half_lives_without_measure() -> None:
    ancient = {"touchpoints": [{"signal": "s", "occurred_at": "0001-01-01T00:00:00Z"}]}
    assert scored(ancient, half_life_days=1e-300).intent == 0
    assert scored(ancient, half_life_days=1e-300, points=-1e9).intent == 0
    assert scored(ancient, half_life_days=1e9).intent == pytest.approx(79.96, abs=0.1)
    assert scored(ancient).intent == 80
    assert scored(done("s", *range(500)), points=1e9).intent == 100
    assert scored(done("s", 1), points=1e-300, half_life_days=1).intent == 0
    far = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
    assert judge(ancient, far, signals=[{"key": "s", "points": 80}]).intent == 80
    condition = {"signal": "s", "within_days": 1e300}
    assert holds(condition, ancient)


def test_within_days_counts_the_edge_and_nothing_beyond() -> None:
    edge = NOW - dt.timedelta(days=14)
    condition = {"signal": "s", "within_days": 14}
    for moment, counted in (
        (edge, True),
        (edge - dt.timedelta(microseconds=1), False),
        (NOW, True),
        (NOW + dt.timedelta(microseconds=1), False),
    ):
        row = {"touchpoints": [{"signal": "s", "occurred_at": moment.isoformat()}]}
        assert holds(condition, row) is counted


def test_signals_that_nothing_scores_are_counted_too() -> None:
    assert holds({"signal": "s", "at_least": 2}, done("s", 1, 2))
    assert not holds({"signal": "s", "at_least": 3}, done("s", 1, 2))
    assert holds({"signal": "s", "at_most": 0}, {})
    assert not holds({"signal": "S"}, done("s", 1))


def test_binary_fractions_leave_no_trace_in_scores() -> None:
    fit = [{"key": "a", "points": 0.7}, {"key": "b", "points": 0.1}]
    decide = [{"key": "ok", "status": "nurture", "when": [{"field": "fit", "at_least": 0.8}]}, REST]
    decision = judge({}, fit=fit, decide=decide)
    assert decision.rule == "ok"
    assert decision.fit_parts == {"a": 0.7, "b": 0.1}


def test_what_clamping_and_rounding_take_is_a_part() -> None:
    assert judge({}, fit=[{"key": "a", "points": 130}]).fit_parts == {"a": 130.0, "_limit": -30.0}
    assert judge({}, fit=[{"key": "a", "points": -30}]).fit_parts == {"a": -30.0, "_limit": 30.0}
    halves = [{"key": "a", "points": 0.25}, {"key": "b", "points": 0.25}]
    assert judge({}, fit=halves).fit_parts == {"a": 0.3, "b": 0.3, "_limit": -0.1}
    signals = [{"key": "a", "points": 0.25}, {"key": "b", "signal": "a", "points": 0.25}]
    assert judge(done("a", 1), signals=signals).intent_parts == {"a": 0.3, "b": 0.3, "_limit": -0.1}


def test_figures_are_shown_as_people_round() -> None:
    for hundredth in range(10_001):
        exact = hundredth / 100
        assert rules.shown(exact) * 10 == pytest.approx(tenths(exact))


def test_more_rows_than_a_function_takes_arguments() -> None:
    fit = [{"key": f"f{n}", "points": 0.5} for n in range(120)]
    signals = [{"key": f"s{n}", "signal": "a", "points": 0.5} for n in range(120)]
    decision = judge(done("a", 0), fit=fit, signals=signals)
    assert (decision.fit, decision.intent) == (60, 60)
    assert list(decision.fit_parts) == [f"f{n}" for n in range(120)]
    assert len(decision.intent_parts) == 120


@pytest.mark.parametrize(
    ("stored", "asked"),
    [("ÉCOLE", "école"), ("E\u0301cole", "École"), ("STRASSE", "Straße"), ("ΟΔΟΣ", "οδος")]
    + [("  Software ", "software"), ("İ", "i\u0307")],
)
def test_text_is_alike_over_all_of_unicode(stored: str, asked: str) -> None:
    assert holds({"field": "industry", "is": asked}, {"industry": stored})
    assert holds({"field": "industry", "contains": asked}, {"industry": f"x {stored} y"})
    assert holds({"field": "industry", "starts_with": asked}, {"industry": stored + "z"})
    assert not holds({"field": "industry", "not_in": [asked, "b"]}, {"industry": stored})


@pytest.mark.parametrize(
    "text", ["100%", "a_b", "O'Neil", "back\\slash", "%s", '"', "{}", "$1", "; --"]
)
def test_text_is_taken_as_it_stands(text: str) -> None:
    for operator in ("is", "contains", "starts_with"):
        assert holds({"field": "industry", operator: text}, {"industry": text})
        assert not holds({"field": "industry", operator: text}, {"industry": "100x axb"})
    fit = [{"key": "it", "points": 1, "when": [{"signal": text}]}]
    signals = [{"key": "s", "signal": text, "points": 3, "sources": [text]}]
    decision = judge({**done(text, 0), "source": text}, fit=fit, signals=signals)
    assert (decision.fit, decision.intent) == (1, 3)


def test_what_follows_from_a_row_is_derived_and_what_it_says_is_taken() -> None:
    free = {"field": "free_mail", "is": True}
    assert holds(free, {"email": "jo@gmail.com"})
    assert not holds(free, {"email": "jo@gmail.com", "free_mail": False})
    assert holds({"field": "seniority", "is": "c_level"}, {"role": "CFO"})
    assert holds({"field": "submissions", "is": 1}, {})
    assert holds({"field": "submissions", "is": 4}, {"submissions": 4})
    assert holds(
        {"field": "phone", "is": "+49 30 1234567"}, {"phone": "030 1234567", "country": "DE"}
    )
    assert holds({"field": "consent", "known": False}, {"consent": None})
    assert not holds({"field": "customer", "known": False}, {"customer": None})


def test_an_owner_takes_a_lead_only_where_there_is_one() -> None:
    ready = [{"key": "ready", "status": "sales_ready", "tier": "t"}]
    route = [
        {"key": "account", "to": {"owner_of": "account"}, "when": [{"field": "role", "is": "x"}]},
        {"key": "deal", "to": {"owner_of": "opportunity"}, "when": [{"field": "role", "is": "x"}]},
        {"key": "team", "to": {"team": "sdr"}, "when": [{"field": "role", "is": "x"}]},
        DEFAULT,
    ]
    sections = {"decide": ready, "route": route, "tiers": [{"key": "t"}]}

    def taken(**row: Any) -> tuple[str | None, str | None]:
        decision = judge({"role": "x", **row}, **sections)
        assert decision.is_handed_over
        return decision.route, decision.team

    assert taken(owned=True, open_opportunity=True) == ("account", None)
    assert taken(open_opportunity=True) == ("deal", None)
    assert taken() == ("team", "sdr")
    assert judge({}, **sections).team == "q"
    last = [{"key": "account", "to": {"owner_of": "account"}}]
    assert judge({}, **{**sections, "route": last}).route is None
    waiting = judge({}, **{**sections, "decide": [{**ready[0], "approve": True}]})
    assert (waiting.route, waiting.team, waiting.routes) == (None, None, ("default",))


def test_a_further_step_routes_leads_of_every_status() -> None:
    law = definition(decide=[REST])
    step = rules.step_definition(law, route=[{"key": "ae", "to": {"team": "ae"}}], tiers=[])
    assert rules.judge([{}], step, NOW)[0].routes == ("ae",)


def test_touchpoints_stand_inside_or_beside_the_lead() -> None:
    touch = {"signal": "s", "days_ago": 0}
    for row in (
        {"touchpoints": [touch]},
        {"lead": {"role": "x"}, "touchpoints": [touch]},
        {"lead": {"touchpoints": [touch]}},
        {"touchpoints": [{"signal": " s "}]},
        {"touchpoints": [{"signal": "s", "occurred_at": NOW}]},
        {"touchpoints": [{"signal": "s", "occurred_at": "2026-03-10T12:00:00"}]},
    ):
        assert scored(row).intent == 80
    both = {"lead": {"touchpoints": [touch]}, "touchpoints": [touch]}
    assert scored(both, points=10).intent == 20


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (5, "must be an object"),
        ({"fit": 5}, "cannot carry fit"),
        ({"role": "a\0"}, "role holds a NUL"),
        ({"role": "\ud800"}, "role holds a NUL or half"),
        ({"role": ["a"]}, "role must be a single value"),
        ({"touchpoints": {}}, "touchpoints must be a list"),
        ({"lead": {"touchpoints": 5}, "touchpoints": []}, "touchpoints must be a list"),
        ({"touchpoints": ["x"]}, r"touchpoints\[0\] must be an object"),
        ({"touchpoints": [{"signal": 5}]}, r"touchpoints\[0\].signal"),
        ({"touchpoints": [{"signal": "s", "occurred_at": 5}]}, "must be an ISO-8601 time"),
        ({"touchpoints": [{"signal": "s", "occurred_at": "soon"}]}, "“soon” is no ISO-8601 time"),
        (
            {"touchpoints": [{"signal": "s", "occurred_at": "0001-01-01T00:00:00+14:00"}]},
            "beyond the calendar",
        ),
        ({"touchpoints": [{"signal": "s", "days_ago": "x"}]}, "days_ago must be a number"),
        ({"touchpoints": [{"signal": "s", "days_ago": True}]}, "days_ago must be a number"),
        ({"touchpoints": [{"signal": "s", "days_ago": float("nan")}]}, "within 1,000,000"),
        ({"touchpoints": [{"signal": "s", "days_ago": 999_999}]}, "beyond the calendar"),
    ],
)
def test_a_row_that_cannot_be_judged_says_why(row: Any, wrong: str) -> None:
    with pytest.raises(rules.Unreadable, match=wrong):
        rules.judge([{}, row], definition(), NOW)
    fine, problem, also_fine = rules.judge_each([{}, row, {}], definition(), NOW)
    assert isinstance(problem, rules.Unreadable)
    assert isinstance(fine, rules.Decision)
    assert isinstance(also_fine, rules.Decision)


def test_only_rows_that_cannot_be_judged() -> None:
    (problem,) = rules.judge_each([5], definition(), NOW)
    assert isinstance(problem, rules.Unreadable)


def test_given_facts_may_be_blank_or_null() -> None:
    law = definition(
        required=["company"],
        fit=[{"key": "a", "points": 1, "when": [{"field": "owned", "is": False}]}],
    )
    compiled = rules.compile_definition(law, folding=folding())
    facts = "SELECT 7 AS id, now() AS as_of, ''::text AS company, NULL::boolean AS owned"
    nothing = "SELECT 1 AS id, ''::text AS signal, now() AS occurred_at WHERE false"
    ((number, *said),) = statements.fetch(compiled.sql(facts=facts, touches=nothing))
    verdict = dict(zip(rules.VERDICT[1:], said, strict=True))
    assert number == 7
    assert verdict["missing"] == ["company"]
    assert verdict["fit"] == 1


def test_every_server_has_a_folding() -> None:
    assert "casefold" in rules.folding_of(180001)("x")
    assert "und-x-icu" in rules.folding_of(150000)("x")
