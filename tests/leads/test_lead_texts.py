"""Texts filled from a lead: which is offered, what it says, and the mail it opens."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from leads.journey.filling import NAMES
from leads.models import TextTemplate
from leads.views.campaigns import filled
from leads.views.campaigns.texts import likeliest_first
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client):
    make.agreement_in_force()
    client.force_login(make.sam())
    return client


@pytest.fixture
def ana(sam):
    lead = make.LeadFactory(
        first_name="Ana", last_name="Ribeiro", company="Nova Pay", email="ana@nova.example",
        language="en-GB", campaign="2026_close-faster_x", offer="guided demo", timing="this month",
        product_interest="payouts", problem="Nine days", phone="+12125550100",
    )  # fmt: skip
    make.TouchpointFactory(lead=lead, detail="Nine days!")
    handoff = make.HandoffFactory(
        lead=lead, accepted=True, next_step="Call her", next_step_due=make.MONDAY,
        judgement__missing=["timing"],
    )  # fmt: skip
    make.BriefFactory(campaign=make.CampaignFactory())
    make.OfferFactory()
    return handoff.lead


def shown(client, lead, **query):
    answer = client.get(reverse("leads:lead-texts", args=[lead.pk]), query)
    assert answer.status_code == 200
    return answer


def text_of(client, lead, body):
    text = make.TextTemplateFactory(body=body)
    return shown(client, lead, text=text.pk).context["filled"]


def test_every_name_is_filled_from_the_lead(sam, ana):
    body = "\n".join(f"{name}={{{{ {name} }}}}" for name in NAMES)
    found = text_of(sam, ana, body)
    assert found.gaps == () and found.missing == ""
    for said in (
        "full_name=Ana Ribeiro", "company=Nova Pay", "employees=400", "campaign=Close faster",
        "offer=Guided demo", "offer_promise=Thirty minutes on your own data", "unknown=timing",
        "question=What does the close run on today?", "goal=A call with whoever owns the close",
        "status=Sales ready", "fit=80", "intent=70", "owner_name=Sam Ortiz", "my_name=Sam Ortiz",
        "trigger_sentence=Demo request", "journey=12 Oct: Demo request (Nine days!)",
        "next_step=Call her, ",
    ):  # fmt: skip
        assert said in found.body, said


def test_what_is_not_known_is_a_gap_and_said(sam):
    lead = make.LeadFactory(anonymous=True, phone="+12125550199", employees=None, role="")
    make.HandoffFactory(lead=lead, unowned=True)
    body = "\n".join(f"{{{{ {name} }}}}" for name in NAMES)
    found = text_of(sam, lead, body)
    assert "[company?]" in found.body and "[offer promise?]" in found.body
    html = shown(sam, lead).content.decode()
    assert "Fill the gaps before you send it." in html
    assert "No address is known to mail it to." in html


def test_a_lead_that_nobody_judged_has_a_text_too(client):
    client.force_login(make.mara())
    lead = make.LeadFactory()
    assert text_of(client, lead, "{{ status }} {{ role }}").body == "[status?] Head of Finance"


def test_the_mail_carries_subject_and_text(sam, ana):
    found = text_of(sam, ana, "Hello {{ first_name }},\n\n50 % & more?")
    parts = urlsplit(found.mailto)
    assert (parts.scheme, parts.path) == ("mailto", "ana@nova.example")
    assert parse_qs(parts.query) == {
        "subject": ["Your close at Nova Pay"],
        "body": ["Hello Ana,\r\n\r\n50 % & more?"],
    }


def test_a_mail_too_long_for_a_link_opens_with_its_subject(sam, ana):
    found = text_of(sam, ana, "é" * 1000)
    assert found.is_short and "body=" not in found.mailto and "subject=" in found.mailto
    assert "too long for a mail link" in shown(sam, ana).content.decode()


def test_who_did_not_agree_is_offered_no_mail(sam, ana):
    ana.consent = False
    ana.save()
    make.TextTemplateFactory()
    html = shown(sam, ana).content.decode()
    assert "mailto:" not in html and "They did not agree to be contacted by email" in html


def test_a_note_is_no_mail(sam, ana):
    make.TextTemplateFactory(kind="summary", subject="")
    html = shown(sam, ana).content.decode()
    assert "mailto:" not in html and "Log the touch" not in html


@given(st.emails(), st.text(), st.text())
def test_a_mail_link_is_one_link_whatever_is_in_it(address, subject, body):
    link, is_short = filled.mail_link(address, subject, body.replace("\ud800", ""))
    assert link.isascii() and link.isprintable() and " " not in link
    assert len(link) <= filled.LONGEST_LINK or is_short
    assert "%0A" not in link.partition("&")[0] and "%0D" not in link.partition("&")[0]


def test_the_leads_language_picks_the_text():
    made = [
        TextTemplate(kind=kind, name=f"{kind} {language}", language=language)
        for kind in ("summary", "first_touch")
        for language in ("de", "", "en", "en-gb")
    ]
    order = [one.language for one in likeliest_first(made, "en-GB")]
    assert order == ["en-gb", "en", "", "de"] * 2
    assert [one.language for one in likeliest_first(made, "fr")[:4]] == ["", "en", "en-gb", "de"]
    assert [one.kind for one in likeliest_first(made, "")][:4] == ["first_touch"] * 4


def test_another_text_is_chosen_in_place(sam, ana):
    make.TextTemplateFactory()
    other = make.TextTemplateFactory(kind="summary", subject="", body="In short")
    address = reverse("leads:lead-texts", args=[ana.pk])
    part = sam.get(address, {"text": other.pk}, headers={"HX-Request": "true"})
    assert "In short" in part.content.decode() and b"<html" not in part.content
    assert "Hello Ana" in shown(sam, ana, text="999999").content.decode()
    assert "Hello Ana" in shown(sam, ana, text="x").content.decode()


def test_without_a_text_it_says_who_writes_them(sam, ana):
    assert "No text is written yet." in shown(sam, ana).content.decode()


def test_texts_of_leads_one_may_not_see_are_not_there(client, ana):
    client.force_login(make.otto())
    address = reverse("leads:lead-texts", args=[ana.pk])
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 405


def test_a_sent_mail_begins_its_touch(sam, ana):
    make.TextTemplateFactory()
    html = shown(sam, ana).content.decode()
    assert f"{reverse('leads:lead', args=[ana.pk])}?do=touch&amp;channel=email" in html
    page = reverse("leads:lead", args=[ana.pk])
    opened = sam.get(page, {"do": "touch", "channel": "email"}).content.decode()
    assert '<option value="email" selected>' in opened
    for query in ({"do": "touch", "channel": "pigeon"}, {"channel": "email"}):
        assert '<option value="email" selected>' not in sam.get(page, query).content.decode()


def test_who_only_reads_the_lead_logs_no_touch(client, ana):
    make.TextTemplateFactory()
    client.force_login(make.mara())
    assert "Log the touch" not in shown(client, ana).content.decode()


def test_a_text_is_read_on_the_lead_one_names(client, ana):
    client.force_login(make.mara())
    text = make.TextTemplateFactory()
    make.LeadFactory(first_name="Newer", last_seen_at=make.MONDAY + dt.timedelta(days=2))
    address = reverse("leads:text", args=[text.pk])
    assert "Hello Newer," in client.get(address).content.decode()
    assert "Hello Ana," in client.get(address, {"lead": "ribeiro"}).content.decode()
    assert "Hello Ana," in client.get(address, {"lead": ana.pk}).content.decode()
    assert "No such lead" in client.get(address, {"lead": "zzzz"}).content.decode()
