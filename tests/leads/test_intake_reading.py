"""A payload is read as contracts.md §2 says, or refused with everything that is wrong."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.journey.intake import Refused, understand
from tests.factories import MONDAY


def read(payload: Any) -> Any:
    return understand(payload, received_at=MONDAY)


def places(payload: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(payload)
    return [problem.place for problem in refused.value.problems]


def test_values_are_trimmed_and_normalised() -> None:
    enquiry = read(
        {
            "email": "  Ana.Lee+demo@BÜCHER.example ",
            "phone": "(212) 555-0100",
            "country": "United States",
            "domain": "https://www.NovaPay.co.uk/about",
            "employees": "1,200",
            "company": "  NovaPay  ",
        }
    )

    assert enquiry.email == "ana.lee+demo@xn--bcher-kva.example"
    assert enquiry.phone == "+12125550100"
    assert enquiry.values["country"] == "US"
    assert enquiry.values["domain"] == "novapay.co.uk"
    assert enquiry.values["employees"] == 1200.0
    assert enquiry.values["company"] == "NovaPay"


def test_unknown_keys_are_kept_as_answers() -> None:
    enquiry = read({"email": "a@novapay.com", "colour": "red", "answers": {"budget": 5, "x": ""}})

    assert enquiry.answers == {"colour": "red", "budget": 5}


def test_blank_and_null_say_nothing() -> None:
    enquiry = read({"email": "a@novapay.com", "company": "  ", "role": None, "consent": ""})

    assert enquiry.values == {} and enquiry.unread == {}


@pytest.mark.parametrize("raw", ["about fifty", "NaN", "inf", "1e999", "12 or so"])
def test_an_unreadable_number_is_unknown_and_its_text_is_kept(raw: str) -> None:
    enquiry = read({"email": "a@novapay.com", "employees": raw})

    assert "employees" not in enquiry.values
    assert enquiry.unread == {"employees": raw}
    assert enquiry.notes == (f"employees: “{raw}” could not be read",)


def test_a_huge_number_is_a_number() -> None:
    assert read({"email": "a@novapay.com", "revenue": 2**63}).values["revenue"] == float(2**63)


def test_times_without_a_zone_are_utc_and_default_to_now() -> None:
    told = read({"email": "a@novapay.com", "occurred_at": "2026-10-11T10:00:00"})
    silent = read({"email": "a@novapay.com", "touchpoints": [{"signal": "demo_request"}]})

    assert told.occurred_at == dt.datetime(2026, 10, 11, 10, tzinfo=dt.UTC)
    assert silent.occurred_at == silent.touches[0].occurred_at == MONDAY


def test_a_clock_slightly_ahead_counts_as_now() -> None:
    ahead = (MONDAY + dt.timedelta(minutes=4)).isoformat()

    assert read({"email": "a@novapay.com", "occurred_at": ahead}).occurred_at == MONDAY


@pytest.mark.parametrize(
    "moment",
    [
        "2026-10-12T14:05:01Z",
        "1989-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "yesterday",
        12,
        True,
        {},
    ],
)
def test_a_time_that_cannot_be_is_refused(moment: Any) -> None:
    assert places({"email": "a@novapay.com", "occurred_at": moment}) == ["occurred_at"]


@pytest.mark.parametrize(
    "email",
    [
        "nobody",
        "a b@novapay.com",
        "a@",
        "@novapay.com",
        "a@localhost",
        "a@@novapay.com",
        "Ana <a@novapay.com>",
        "a..b@novapay.com",
        "a@-novapay.com",
        f"{'a' * 65}@novapay.com",
        f"a@{'b' * 320}.com",
    ],
)
def test_a_bad_email_is_refused(email: str) -> None:
    assert places({"email": email}) == ["email"]


@pytest.mark.parametrize("email", ["o'neil@novapay.com", "ana@novapay.test", "ünal@novapay.com"])
def test_an_unusual_email_is_taken(email: str) -> None:
    assert read({"email": email}).email == email


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        ({}, "email"),
        ({"company": "NovaPay"}, "email"),
        ({"phone": "n/a"}, "phone"),
        ({"email": "a@novapay.com", "company": "a\0b"}, "company"),
        ({"email": "a@novapay.com", "answers": {"x": ["\ud800"]}}, "answers.x[0]"),
        ({"email": "a@novapay.com", "a\0b": 1}, "(a name)"),
        ({"email": "a@novapay.com", "external_id": "x" * 201}, "external_id"),
        ({"email": "a@novapay.com", "phone": "1" * 101}, "phone"),
        ({"email": "a@novapay.com", "country": "x" * 65}, "country"),
        ({"email": "a@novapay.com", "company": ["NovaPay"]}, "company"),
        ({"email": "a@novapay.com", "employees": [1]}, "employees"),
        ({"email": "a@novapay.com", "answers": "yes"}, "answers"),
        ({"email": "a@novapay.com", "touchpoints": {}}, "touchpoints"),
        ({"email": "a@novapay.com", "touchpoints": [{"signal": "a"}] * 1001}, "touchpoints"),
        ({"email": "a@novapay.com", "touchpoints": [1]}, "touchpoints[0]"),
        ({"email": "a@novapay.com", "touchpoints": [{}]}, "touchpoints[0].signal"),
        (
            {"email": "a@novapay.com", "touchpoints": [{"signal": "x" * 65}]},
            "touchpoints[0].signal",
        ),
        ("text", ""),
        (None, ""),
        ([], ""),
    ],
)
def test_what_is_no_lead_is_refused_with_its_place(payload: Any, place: str) -> None:
    assert places(payload) == [place]


def test_nesting_without_end_is_refused() -> None:
    deep: Any = "end"
    for _ in range(100):
        deep = {"in": deep}

    assert len(places({"email": "a@novapay.com", "answers": deep})) == 1


def test_all_problems_are_told_at_once_in_one_sentence() -> None:
    payload = {"email": "nobody", "occurred_at": "never", "touchpoints": [{"signal": ""}, 7]}

    with pytest.raises(Refused) as refused:
        read(payload)

    assert [problem.place for problem in refused.value.problems] == [
        "email",
        "occurred_at",
        "touchpoints[0].signal",
        "touchpoints[1]",
    ]
    assert str(refused.value).startswith("email: “nobody” is no email address.")
    assert str(refused.value).endswith("And 1 more.")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["email", "phone", "external_id", "employees", "answers", "touchpoints", "x"]
)


@given(st.dictionaries(keys, anything) | anything)
def test_whatever_comes_is_understood_or_refused(payload: Any) -> None:
    try:
        enquiry = read(payload)
    except Refused as error:
        told = [str(problem) for problem in error.problems]
    else:
        told = [enquiry.email, enquiry.external_id, enquiry.phone]
    assert any(told)
