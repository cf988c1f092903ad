"""An example through its form and back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff import playbook
from handoff.rules.examples import EXPECTED, NUMBERS
from handoff.rules.faults import Fault
from handoff.rules.fields import CATALOGUE, FACTS, Kind
from handoff.views.examples.form import changed_parts, places_in_form
from handoff.views.examples.reading import row_of, typed_of

DEFAULT = Path(__file__).resolve().parents[2] / "docs" / "examples" / "default.playbook.yaml"
EXAMPLES = playbook.from_text(DEFAULT.read_text())["definition"]["examples"]

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
NUMBER = st.integers(0, 10**12) | st.floats(0, 1e9, allow_nan=False)
KEY = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True)
VALUES = {Kind.TEXT: TEXT, Kind.NUMBER: NUMBER, Kind.BOOL: st.booleans()}
LEADS = st.fixed_dictionaries({}, optional={n: VALUES[CATALOGUE[n].kind] for n in FACTS})
TOUCHES = st.lists(
    st.fixed_dictionaries({"signal": KEY, "days_ago": st.floats(0, 400) | st.integers(0, 400)})
    | st.fixed_dictionaries({"signal": KEY}, optional={"url": TEXT})
    | st.fixed_dictionaries({"signal": KEY, "occurred_at": st.just("2026-10-12T14:00:00Z")}),
    max_size=4,
)
EXPECTATIONS = st.fixed_dictionaries(
    {"status": st.just("sales_ready")},
    optional={
        **{name: KEY | st.none() for name in EXPECTED if name not in ("status", *NUMBERS)},
        **{name: st.integers(0, 100) | st.floats(0, 100) for name in NUMBERS},
        "missing": st.lists(st.sampled_from(FACTS), unique=True),
    },
)


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["name"])
def test_an_example_that_is_opened_and_kept_says_the_same(row):
    row = {"kind": "example", **row}
    assert row_of(typed_of(row), was=row) == (row, [])


@given(LEADS, TOUCHES, EXPECTATIONS, TEXT)
def test_whatever_an_example_holds_is_kept_to_the_letter(lead, touches, expect, name):
    row = {"kind": "counterexample", "name": name, "expect": expect, "lead": lead}
    row |= {"touchpoints": touches} if touches else {}
    assert row_of(typed_of(row), was=row) == (row, [])


@given(LEADS, TOUCHES, EXPECTATIONS, TEXT)
def test_what_is_changed_beside_it_does_not_change_the_rest(lead, touches, expect, name):
    row = {"kind": "example", "name": name, "expect": expect, "lead": lead}
    row |= {"touchpoints": touches} if touches else {}
    typed = typed_of(row)
    typed["why"] = "Because"
    assert row_of(typed, was=row) == ({**row, "why": "Because"}, [])


@pytest.mark.parametrize(
    ("touch", "unit", "when"),
    [
        ({"days_ago": 0}, "days", "0"),
        ({"days_ago": 3}, "days", "3"),
        ({"days_ago": 2.5}, "days", "2.5"),
        ({"days_ago": 0.125}, "hours", "3"),
        ({"days_ago": 0.0125}, "minutes", "18"),
        ({"days_ago": 45.8375 / 24}, "hours", "45.8"),
        ({"occurred_at": "2026-10-12T14:00Z"}, "moment", "2026-10-12T14:00Z"),
        ({}, "days", "0"),
    ],
)
def test_ages_are_shown_in_the_unit_people_use(touch, unit, when):
    typed = typed_of({"touchpoints": [{"signal": "demo", **touch}]})
    assert (typed["t0-unit"], typed["t0-when"]) == (unit, when)


@pytest.mark.parametrize(
    ("sent", "place", "said"),
    [
        ({"f": "0", "f0-name": "consent", "f0-value": "perhaps"}, "f0-value", "write yes or no"),
        ({"f": "0", "f0-name": "revenue", "f0-value": "much"}, "f0-value", "is no number"),
        ({"f": "0", "f0-name": "fit", "f0-value": "80"}, "f0-value", "choose which field"),
        ({"f": "0", "f0-name": "role", "f0-value": ""}, "f0-value", "write a value"),
        ({"t": "0", "t0-when": "3"}, "t0-signal", "choose what they did"),
        ({"t": "0", "t0-signal": "x", "t0-unit": "moment", "t0-when": "noon"}, "t0-when", "moment"),
        ({"t": "0", "t0-signal": "x", "t0-when": "1e9"}, "t0-when", "a million days"),
        ({"x-fit": "high"}, "x-fit", "is no number"),
        ({"x-status": ""}, "expect", "say what is expected"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place(sent, place, said):
    typed = typed_of({"name": "An example", "expect": {"status": "nurture"}})
    for name, value in sent.items():
        typed[name] = value
    (fault,) = row_of(typed)[1]
    assert fault.place == place and said in fault.message


def test_a_field_is_there_once():
    typed = typed_of({"name": "x", "expect": {"status": "nurture"}, "lead": {"role": "CFO"}})
    typed.setlist("f", ["0", "1"])
    typed["f1-name"], typed["f1-value"] = "role", "CEO"
    (fault,) = row_of(typed)[1]
    assert fault.place == "f1-value" and "there already" in fault.message


def test_faults_of_the_definition_find_their_place_in_the_form():
    row = {"lead": {"role": "CFO"}, "touchpoints": [{"signal": "a"}, {"signal": "b"}]}
    typed = typed_of(row)
    faults = [
        Fault("lead.role", "no"),
        Fault("touchpoints[1].signal", "no"),
        Fault("touchpoints[0].days_ago", "no"),
        Fault("expect.rule", "no"),
        Fault("name", "no"),
    ]
    places = [fault.place for fault in places_in_form(faults, typed)]
    assert places == ["f0-value", "t1-signal", "t0-when", "x-rule", "name"]


def test_a_part_more_never_takes_the_number_of_another():
    typed = typed_of({"touchpoints": [{"signal": "a"}, {"signal": "b"}]})
    typed["less"] = "t0"
    less = changed_parts(typed)
    assert less is not None and less.getlist("t") == ["1"]
    less.pop("less")
    less["more"] = "t"
    more = changed_parts(less)
    assert more is not None and more.getlist("t") == ["1", "2"]
    assert changed_parts(typed_of({})) is None
