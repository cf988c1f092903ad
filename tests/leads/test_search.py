"""A lead is found by the beginnings of its words, in any order, and by either end of its phone
number."""

import pytest

from leads.models import Lead
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db


def found(text):
    """The same by index as row by row."""
    leads = list(Lead.objects.search(text).order_by("pk"))
    assert list(Lead.objects.matching(text).order_by("pk")) == leads
    return leads


@pytest.mark.parametrize(
    "text",
    [
        *("ana", "RIB", "ana rib", "rib ana nova", "nova", "ana.ribeiro@nova", "novapay.com"),
        *("ana.ribeiro@novapay.com", "1 212", "2125550199"),
    ],
)
def test_found_by(text):
    ana = LeadFactory(
        first_name="Ana",
        last_name="Ribeiro",
        email="ana.ribeiro@novapay.com",
        company="Nova Pay",
        phone="+1 2125550199",
    )
    LeadFactory(first_name="Bo", last_name="Ek", email="bo@x.com", company="Ek", phone="")
    assert found(text) == [ana]


@pytest.mark.parametrize(
    ("phone", "texts"),
    [
        (
            "+12125550199",
            (
                *("+1 (212) 555-0199", "212-555", "(212) 555 0199", "212.555.0199", "0199"),
                *("5550199", "001 212 555", "+1212", "1-212-555-0199", "12125550199"),
            ),
        ),
        ("+442079460018", ("020 7946 0018", "0044 20 7946", "+44 20", "460018", "0018")),
        ("+351211234567", ("+351 211", "211 234 567", "00351211")),
        ("+4915112345678", ("0151 12345678", "+49 151", "345678")),
        ("(212) 555-0199 ext. 4", ("212 555", "55501994")),
    ],
)
def test_found_by_a_phone_number_however_it_is_written(phone, texts):
    ana = LeadFactory(phone=phone)
    LeadFactory(phone="+33612999888")
    LeadFactory(phone="")
    for text in texts:
        assert found(text) == [ana], text


@pytest.mark.parametrize("text", ["00", "(2", "555 019", "+33 212", "0033 0199"])
def test_too_little_or_out_of_the_middle_is_no_phone_number(text):
    LeadFactory(phone="+12125550199", first_name="Ana", last_name="Ek", email="a@x.com", company="")
    assert not found(text)


def test_a_number_may_be_a_name_as_well():
    firm = LeadFactory(company="Studio 404", phone="")
    caller = LeadFactory(phone="+14045550111")
    assert found("404") == [firm, caller]


def test_a_name_that_looks_like_a_tag_hides_nobody():
    odd = LeadFactory(first_name="<img src=x onerror=alert(1)>", last_name="Ek", email="bo@x.com")
    assert found("bo@x.com") == [odd]
    assert found("img") == [odd]


@pytest.mark.parametrize("text", ["", "  ", "&|!:*", "'", "\\"])
def test_nothing_to_look_for_finds_everybody(text):
    LeadFactory()
    assert len(found(text)) == 1
