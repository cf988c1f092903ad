"""Mara reads how every letter is worded, drawn from a real lead; nothing is sent."""

import pytest
from django.urls import reverse

from leads.models import Message
from leads.wording.kinds import KINDS
from tests import factories as make

pytestmark = pytest.mark.django_db

KEYS = [kind.key for kind in KINDS]


@pytest.fixture
def mara(client):
    client.force_login(make.mara())
    return client


@pytest.fixture
def ana():
    make.sdr_na()
    return make.HandoffFactory(lead__first_name="Ana", lead__last_name="Ruiz")


@pytest.mark.parametrize("key", KEYS)
def test_every_kind_is_drawn_as_text_and_as_mail_programs_show_it(mara, ana, key):
    page = mara.get(reverse("leads:preview", args=[key]))
    assert page.status_code == 200 and "Choose what you are told" in page.content.decode()
    if key not in ("coverage", "digest_weekly") and page.context["message"].lead_id:
        assert "Ana Ruiz" in page.context["mail"].text
    alone = mara.get(reverse("leads:preview-mail", args=[key]))
    policy = alone["Content-Security-Policy"]
    assert "nonce-" in policy and "unsafe" not in policy
    assert '<style nonce="' in alone.content.decode() and " style=" not in alone.content.decode()
    assert not Message.objects.exists()


def test_another_lead_is_drawn_from_by_its_number(mara, ana):
    other = make.HandoffFactory(lead__first_name="Bo", lead__last_name="Li")
    address = reverse("leads:preview", args=["assigned"])
    assert "Bo Li" in mara.get(address, {"lead": other.lead_id}).content.decode()
    for unknown in ("0", "x", "9" * 30):
        page = mara.get(address, {"lead": unknown})
        assert page.status_code == 200 and "No lead like this" in page.content.decode()
    assert (
        mara.get(reverse("leads:preview-mail", args=["assigned"]), {"lead": "0"}).status_code == 404
    )


def test_without_a_lead_it_says_what_would_fill_it(mara):
    assert "Nothing to draw from yet" in mara.get(reverse("leads:previews")).content.decode()


def test_an_unknown_kind_is_not_there_nor_is_the_page_for_reps(mara, ana, client):
    assert mara.get(reverse("leads:preview", args=["nothing"])).status_code == 404
    client.force_login(make.sam())
    for name in ("preview", "preview-mail"):
        assert client.get(reverse(f"leads:{name}", args=["assigned"])).status_code == 404
