"""Random definitions and leads: the one statement says what a slow, plain evaluation says."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff import rules, statements
from handoff.rules.fields import CATALOGUE, normalise
from handoff.rules.judge import GIVEN_TOUCHES, folding, given_facts

from .slow_rules import SlowJudge

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NOW = dt.datetime(2026, 3, 10, 12, 30, tzinfo=dt.UTC)
SIGNALS = ["demo_request", "pricing_page", "webinar", "never_scored"]
TEXTS = [
    "École", "ÉCOLE", "e\u0301cole", "Straße", "STRASSE", "ΟΔΟΣ", "οδος", "ΟΔΟΣΣΑ", "σα",
    "İstanbul", "i\u0307stanbul", "100%", "%", "a_b", "axb", "_", "O'Neil", "back\\slash", "%s",
    "%(x)s", '"quoted"', "  padded ", "école supérieure", "software", "Software ", "🚀 rocket",
    "{}",
]  # fmt: skip
TEXT_FIELDS = ["industry", "role", "source", "region", "company", "campaign"]
NUMBER_FIELDS = ["employees", "revenue", "submissions"]
BOOL_FIELDS = ["customer", "consent", "owned", "open_opportunity", "free_mail", "reentry"]
COUNTRY = ["US", "usa", "Germany", "de", "FR", "Atlantis"]
NUMBERS = [0, 1, 2, 10, 99.5, 100, 100.5, 1000, -3, 1e15, 2**63]
DAYS = [0, 0.5, 1, 7, 14, 30, 400]

texts = st.sampled_from(TEXTS)
numbers = st.sampled_from(NUMBERS)
points = st.sampled_from(
    [-100, -12.5, -0.05, 0, 0.1, 0.25, 0.7, 7, 15, 33.3, 33.35, 50, 80, 250, 1e6]
)


def text_condition(field: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.tuples(st.sampled_from(["is", "is_not", "contains", "starts_with"]), values),
        st.tuples(st.sampled_from(["in", "not_in"]), st.lists(values, min_size=1, max_size=3)),
        st.tuples(st.just("known"), st.booleans()),
    ).map(lambda test: {"field": field, test[0]: test[1]})


def number_condition(field: str) -> st.SearchStrategy[dict[str, Any]]:
    one = st.one_of(
        st.tuples(st.sampled_from(["is", "is_not", "at_least", "at_most"]), numbers),
        st.tuples(st.sampled_from(["in", "not_in"]), st.lists(numbers, min_size=1, max_size=3)),
        st.tuples(st.just("between"), st.lists(numbers, min_size=2, max_size=2)),
        st.tuples(st.just("known"), st.booleans()),
    ).map(lambda test: {"field": field, test[0]: test[1]})
    both = st.tuples(numbers, numbers).map(
        lambda pair: {"field": field, "at_least": pair[0], "at_most": pair[1]}
    )
    return st.one_of(one, both)


def bool_condition(field: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(st.sampled_from(["is", "is_not", "known"]), st.booleans()).map(
        lambda test: {"field": field, test[0]: test[1]}
    )


signal_conditions = st.fixed_dictionaries(
    {"signal": st.sampled_from(SIGNALS)},
    optional={
        "at_least": st.integers(0, 3),
        "at_most": st.integers(0, 3),
        "within_days": st.sampled_from(DAYS),
    },
)
fact_conditions = st.one_of(
    st.sampled_from(TEXT_FIELDS).flatmap(lambda field: text_condition(field, texts)),
    text_condition("country", st.sampled_from(COUNTRY)),
    st.sampled_from(NUMBER_FIELDS).flatmap(number_condition),
    st.sampled_from(BOOL_FIELDS).flatmap(bool_condition),
    signal_conditions,
)


def whens(conditions: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Any]:
    some = st.lists(conditions, min_size=1, max_size=3)
    return st.one_of(some, some.map(lambda c: {"any": c}), some.map(lambda c: {"all": c}))


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    motions = [
        {"key": f"m{i}", "when": draw(whens(fact_conditions))}
        for i in range(draw(st.integers(0, 2)))
    ]
    keys = [motion["key"] for motion in motions]
    with_motion = fact_conditions
    if keys:
        motion = text_condition("motion", st.sampled_from(keys))
        with_motion = st.one_of(fact_conditions, motion)
    scores = st.sampled_from(["fit", "intent", "missing"]).flatmap(number_condition)
    late = st.one_of(with_motion, scores)
    tiers = [{"key": "urgent", "accept": 5}, {"key": "slow"}]
    statuses = text_condition("status", st.sampled_from(rules.STATUSES))
    last = st.one_of(late, statuses, text_condition("tier", st.sampled_from(["urgent", "slow"])))

    def row(key: str, conditions: st.SearchStrategy[dict[str, Any]], **more: Any) -> dict[str, Any]:
        made = {"key": key, **more}
        if draw(st.booleans()):
            made["when"] = draw(whens(conditions))
        return made

    def maybe_motion() -> dict[str, Any]:
        return {"motion": draw(st.sampled_from(keys))} if keys and draw(st.booleans()) else {}

    def rule(key: str) -> dict[str, Any]:
        said = {"status": draw(st.sampled_from(rules.STATUSES))}
        if draw(st.booleans()):
            said["tier"] = draw(st.sampled_from(["urgent", "slow"]))
        return {"key": key, **said, **({"approve": True} if draw(st.integers(0, 4)) == 0 else {})}

    def taker() -> dict[str, str]:
        return draw(
            st.sampled_from(
                [
                    {"team": "a"},
                    {"queue": "b"},
                    {"owner_of": "account"},
                    {"owner_of": "opportunity"},
                ]
            )
        )

    return {
        "motions": motions,
        "fit": [
            row(f"f{i}", with_motion, points=draw(points), **maybe_motion())
            for i in range(draw(st.integers(0, 4)))
        ],
        "signals": [
            {
                "key": f"s{i}",
                "signal": draw(st.sampled_from(SIGNALS[:3])),
                "points": draw(points),
                **draw(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "half_life_days": st.sampled_from([1e-9, 0.25, 1, 7, 30, 1e9]),
                            "cap": st.integers(1, 3),
                            "sources": st.lists(texts, min_size=1, max_size=2),
                        },
                    )
                ),
                **maybe_motion(),
            }
            for i in range(draw(st.integers(0, 4)))
        ],
        "required": draw(
            st.lists(st.sampled_from(["company", "employees", "consent"]), unique=True)
        ),
        "decide": [
            *({**rule(f"d{i}"), "when": draw(whens(late))} for i in range(draw(st.integers(0, 4)))),
            rule("rest"),
        ],
        "tiers": tiers,
        "route": [
            *(
                {"key": f"r{i}", "to": taker(), "when": draw(whens(last))}
                for i in range(draw(st.integers(0, 3)))
            ),
            {"key": "default", "to": {"queue": "b"}},
        ],
    }


ages = st.one_of(
    st.sampled_from(DAYS).map(lambda days: dt.timedelta(days=days)),
    st.sampled_from(DAYS).map(lambda days: dt.timedelta(days=days, microseconds=1)),
    st.sampled_from(
        [dt.timedelta(microseconds=-1), dt.timedelta(days=-2), dt.timedelta(days=700000)]
    ),
    st.integers(0, 10**13).map(lambda us: dt.timedelta(microseconds=us)),
)
touchpoints = st.fixed_dictionaries(
    {
        "signal": st.sampled_from([*SIGNALS, "unheard_of"]),
        "occurred_at": ages.map(lambda a: NOW - a),
    }
)
leads = st.fixed_dictionaries(
    {"touchpoints": st.lists(touchpoints, max_size=8)},
    optional={
        **{field: st.one_of(texts, st.sampled_from(["", "  ", None])) for field in TEXT_FIELDS},
        "country": st.one_of(st.sampled_from(COUNTRY), st.none()),
        **{field: st.one_of(numbers, st.none()) for field in ["employees", "revenue"]},
        "submissions": numbers,
        **{field: st.one_of(st.booleans(), st.none()) for field in BOOL_FIELDS},
    },
)


def parsed(document: dict[str, Any]) -> rules.Definition:
    found = rules.parse(document, teams={"a", "b"}, reasons=set(), tracks=set())
    assert found.definition is not None, found.faults
    return found.definition


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=definitions(), rows=st.lists(leads, min_size=1, max_size=6))
def test_the_statement_says_what_the_slow_evaluation_says(
    document: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    definition = parsed(document)
    expected = [SlowJudge(document).judge(row, NOW) for row in rows]
    decisions = rules.judge(rows, definition, NOW)
    for decision, wanted in zip(decisions, expected, strict=True):
        said = decision.as_line() | {"routes": list(decision.routes)}
        assert said == wanted
        assert sum(decision.fit_parts.values()) == pytest.approx(rules.shown(decision.fit))
        assert sum(decision.intent_parts.values()) == pytest.approx(rules.shown(decision.intent))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=definitions(), row=leads)
def test_the_explanation_agrees_with_each_condition(
    document: dict[str, Any], row: dict[str, Any]
) -> None:
    definition = parsed(document)
    told = explain(definition, row)
    decision = rules.judge([row], definition, NOW)[0]
    held = {section: [r.key for r in told if r.section == section and r.holds] for section in
            ("motions", "fit", "decide", "route")}  # fmt: skip
    assert (held["motions"] or [None])[0] == decision.motion
    assert held["fit"] == [key for key in decision.fit_parts if key != "_limit"]
    assert held["decide"][0] == decision.rule
    if decision.is_handed_over:
        assert tuple(held["route"]) == decision.routes
    slow = SlowJudge(document).judge(row, NOW)
    assert slow["rule"] == held["decide"][0]
    for line in told:
        assert all(one.state in ("met", "unmet", "unknown") for one in line.conditions)
        assert not any(one.state == "unknown" and one.seen is not None for one in line.conditions)
        assert line.state == "met" if line.holds else line.state in ("unmet", "unknown")


def explain(definition: rules.Definition, row: dict[str, Any]) -> tuple[rules.ExplainedRow, ...]:
    compiled = rules.compile_definition(definition, folding=folding())
    facts = [{**known(row), "id": 1, "as_of": NOW.isoformat()}]
    touches = [
        {"id": 1, "signal": t["signal"], "occurred_at": t["occurred_at"].isoformat()}
        for t in row["touchpoints"]
    ]
    sql = compiled.explain_sql(facts=given_facts(compiled.fact_columns), touches=GIVEN_TOUCHES)
    places = [json.dumps(facts), json.dumps(touches)] if compiled.signals else [json.dumps(facts)]
    ((_, _, holds, states, seen),) = statements.fetch(sql, places)
    return rules.explained(definition, holds, states, seen)


def known(row: dict[str, Any]) -> dict[str, Any]:
    values = {"submissions": 1, **row}
    return {name: normalise(name, value) for name, value in values.items() if name in CATALOGUE}
