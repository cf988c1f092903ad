"""How values are written before rules compare them, and what follows from them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.rules import fields


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1,200", 1200.0),
        ("1 200", 1200.0),
        ("1\u00a0200", 1200.0),
        ("1'200", 1200.0),
        ("1.200,50", 1200.5),
        ("1,200.50", 1200.5),
        ("1,5", 1.5),
        ("12,345,678", 12345678.0),
        ("1.200.000", 1200000.0),
        (".5", 0.5),
        ("-3", -3.0),
        ("1e3", 1000.0),
        (2**63, 9223372036854775808.0),
        ("9223372036854775808", 9223372036854775808.0),
        (-0.0, 0.0),
    ],
)
def test_numbers_are_read_as_people_write_them(said: object, meant: float) -> None:
    assert fields.normalise("employees", said) == meant
    assert math.copysign(1, fields.normalise("employees", said)) == math.copysign(1, meant)


@pytest.mark.parametrize(
    "said",
    ["", "  ", None, "many", "100-200", "500+", "NaN", "inf", float("nan"), float("-inf")]
    + ["2^63", "1,2,", True, [1], {"a": 1}, 10**400, "1e999"],
)
def test_what_is_no_number_is_unknown(said: object) -> None:
    assert fields.normalise("employees", said) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [(True, True), ("Yes", True), (" on ", True), (1, True), ("false", False), (0, False)]
    + [("no", False), ("maybe", None), ("", None), (2, None), (None, None), ([], None)],
)
def test_yes_and_no(said: object, meant: bool | None) -> None:
    assert fields.normalise("consent", said) is meant


@pytest.mark.parametrize(
    ("name", "said", "meant"),
    [
        ("email", " Ana.B+x@NovaPay.COM ", "ana.b+x@novapay.com"),
        ("email", "jo@BÜCHER.de", "jo@xn--bcher-kva.de"),
        ("email", "jo@bü..de", "jo@bü..de"),
        ("email", "nobody", "nobody"),
        ("country", "Germany", "DE"),
        ("country", "deu", "DE"),
        ("country", "no", "NO"),
        ("country", "UK", "GB"),
        ("country", "The Netherlands", "NL"),
        ("country", "COTE D'IVOIRE", "CI"),
        ("country", "Atlantis", "Atlantis"),
        ("domain", "https://www.Acme.co.uk:8080/about?x#y", "acme.co.uk"),
        ("domain", "ana@mail.acme.com", "acme.com"),
        ("domain", "localhost", "localhost"),
        ("domain", "192.168.0.1", "192.168.0.1"),
        ("domain", "co.uk", "co.uk"),
        ("domain", "/", "/"),
        ("phone", "+49 30 1234567", "+49301234567"),
        ("phone", "call me", "call me"),
        ("phone", "+49 1", "+49 1"),
        ("phone", "+1 23", "+1 23"),
        ("industry", "  E\u0301cole ", "\u00c9cole"),
        ("industry", 2026, "2026"),
        ("industry", True, "true"),
        ("industry", ["a"], None),
        ("first_name", " Ana ", "Ana"),
    ],
)
def test_texts_have_one_form(name: str, said: object, meant: object) -> None:
    assert fields.normalise(name, said) == meant


def test_a_national_number_is_read_by_its_country() -> None:
    assert fields.phone("030 1234567", "DE") == "+49301234567"
    assert fields.phone("030 1234567", "Atlantis") == "030 1234567"
    assert fields.phone("030 1234567") == "030 1234567"


@pytest.mark.parametrize(
    ("name", "said", "meant"),
    [("country", "usa", "US"), ("phone", "+1 (415)", "+1415"), ("phone", " - ", "-")]
    + [("email_domain", " .edu ", ".edu"), ("email", "@acme", "@acme"), ("role", " ", None)],
)
def test_parts_of_texts_are_left_whole_but_for_countries_and_phones(
    name: str, said: str, meant: str | None
) -> None:
    assert fields.normalise_part(name, said) == meant


@given(st.text())
def test_normalising_twice_changes_nothing(said: str) -> None:
    for name in ("industry", "country", "employees", "consent"):
        once = fields.normalise(name, said)
        assert fields.normalise(name, once) == once


def test_an_email_tells_its_domain_and_whether_anybody_may_have_it() -> None:
    assert fields.derive({"email": "jo@mail.acme.co.uk"}) == {
        "email": "jo@mail.acme.co.uk",
        "email_domain": "acme.co.uk",
        "free_mail": False,
    }
    assert fields.derive({"email": "jo@gmail.com"})["free_mail"] is True
    assert fields.derive({})["free_mail"] is False
    assert "email_domain" not in fields.derive({"email": "jo@"})
    assert "email_domain" not in fields.derive({"email": "jo"})


def test_what_is_said_is_not_derived() -> None:
    told = {
        "email": "jo@gmail.com",
        "email_domain": "acme.com",
        "role": "CFO",
        "seniority": "vp",
        "function": "sales",
        "region": None,
    }
    full = fields.derive(told)
    assert (full["email_domain"], full["free_mail"]) == ("acme.com", False)
    assert (full["seniority"], full["function"]) == ("vp", "sales")
    assert "region" not in full


@pytest.mark.parametrize(
    ("role", "seniority", "function"),
    [
        ("CFO", "c_level", "finance"),
        ("Chief Revenue Officer", "c_level", "sales"),
        ("VP Finance", "vp", "finance"),
        ("Head of IT", "head", "it"),
        ("Director of Sales", "director", "sales"),
        ("Marketing Manager", "manager", "marketing"),
        ("Senior Accountant", "senior", "finance"),
        ("Accountant", "individual", "finance"),
        ("Account Executive", "individual", "sales"),
        ("PhD student", "student", "education"),
        ("Co-Founder", "founder", "management"),
        ("Product Owner", "individual", "product"),
        ("Geschäftsführerin", "c_level", "management"),
        ("Baker", None, None),
    ],
)
def test_a_job_title_tells_rank_and_trade(
    role: str, seniority: str | None, function: str | None
) -> None:
    full = fields.derive({"role": role})
    assert (full.get("seniority"), full.get("function")) == (seniority, function)
