"""A lead is found by the beginnings of its words, whatever stands between them."""

import pytest

from leads.models import Lead
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    ["ana", "RIB", "ana rib", "nova", "ana.ribeiro@nova", "novapay.com", "1 212", "2125550199"],
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
    assert list(Lead.objects.search(text)) == [ana]


def test_a_name_that_looks_like_a_tag_hides_nobody():
    odd = LeadFactory(first_name="<img src=x onerror=alert(1)>", last_name="Ek", email="bo@x.com")
    assert list(Lead.objects.search("bo@x.com")) == [odd]
    assert list(Lead.objects.search("img")) == [odd]


@pytest.mark.parametrize("text", ["", "  ", "&|!:*", "'", "\\"])
def test_nothing_to_look_for_finds_everybody(text):
    LeadFactory()
    assert Lead.objects.search(text).count() == 1
