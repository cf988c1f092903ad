"""Mara describes a campaign and its brief; Sam reads it beside a lead, says whether it helped, and
sends the text."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Brief, BriefVote
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def sign_in(page, live_server, person, to):
    person.set_password("correct horse")
    person.save()
    page.goto(live_server.url + to)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: url.endswith(to))


@pytest.fixture
def ana(live_server):
    """Ana’s lead with Sam, by a campaign and an offer that nobody has described."""
    make.agreement_in_force()
    at = timezone.now()
    handoff = make.HandoffFactory(
        lead__first_name="Ana", lead__last_name="Ribeiro", lead__company="Nova Pay",
        lead__function="finance", lead__campaign="2026q4_email_close-faster_texas",
        lead__offer="Guided demo", made_at=at, triggered_at=at, assigned_at=at, accepted=True,
    )  # fmt: skip
    make.AssignmentFactory(handoff=handoff)
    return handoff.lead


def test_marketing_describes_what_leads_carry(page, live_server, ana, complaints, check):
    sign_in(page, live_server, make.mara(), reverse("leads:undescribed"))
    check()
    page.get_by_role("link", name=re.compile("Describe 2026q4_email")).click()
    expect(page.get_by_label("Comes with leads as")).to_have_value(ana.campaign)
    check()
    page.get_by_label("Name").fill("Close faster")
    page.get_by_label("Comes with leads as").fill("*_close-faster_*")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Close faster")).to_be_visible()
    check()
    page.get_by_role("link", name="Add a brief").click()
    page.get_by_label("Goal of the first touch").fill("A call on Thursday")
    page.locator("#questions").get_by_label("Ask", exact=True).first.fill("By when?")
    page.locator("#questions").get_by_label("Fills").first.select_option(label="Timing")
    page.locator("#objections").get_by_role("button", name="More rows").click()
    expect(page.locator("#objections").get_by_label("If they say")).to_have_count(5)
    page.locator("#objections").get_by_label("If they say").nth(3).fill("not this year")
    check()
    page.get_by_role("button", name="Preview on a lead").click()
    expect(page.get_by_text("Fills the unknown: timing")).to_be_visible()
    expect(page.get_by_role("link", name="Ana Ribeiro, Nova Pay")).to_be_visible()
    check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Brief “Close faster, everybody” is saved.")).to_be_visible()
    check()
    assert Brief.objects.get().objections == [{"said": "not this year", "answer": ""}]


def test_the_rep_reads_it_says_whether_it_helped_and_sends_the_text(
    page, live_server, ana, complaints, check
):
    brief = make.BriefFactory(campaign=make.CampaignFactory(), pain="Nine days", proof="Four days")
    make.OfferFactory(countries=["DE"])
    make.TextTemplateFactory(name="First mail")
    make.TextTemplateFactory(name="In short", kind="summary", subject="", body="{{ problem }}")
    lead = reverse("leads:lead", args=[ana.pk])
    sign_in(page, live_server, make.sam(), lead)
    card = page.locator("#brief")
    expect(card.get_by_text("What does the close run on today?")).to_be_visible()
    expect(page.get_by_text("It is for DE; this lead is in US.")).to_be_visible()
    card.get_by_text("If they say “we build it ourselves”").click()
    expect(card.get_by_text("Show the report")).to_be_visible()
    card.get_by_role("button", name="Worked").click()
    expect(card.get_by_text("You said: it worked.")).to_be_visible()
    card.get_by_label("Why, in a line").fill("She signed")
    card.get_by_role("button", name="Worked").click()
    expect(card.get_by_text("“She signed”")).to_be_visible()
    assert BriefVote.objects.get(brief=brief).line == "She signed"

    words = page.locator("#words")
    words.scroll_into_view_if_needed()
    expect(words.get_by_label("First-touch mail")).to_have_value("Hello Ana,")
    check()
    link = words.get_by_role("link", name="Open as a mail")
    expect(link).to_have_attribute("href", re.compile("^mailto:.+body=Hello%20Ana%2C$"))
    words.get_by_label("First-touch mail").fill("Dear Ana")
    expect(link).to_have_attribute("href", re.compile("body=Dear%20Ana$"))
    words.get_by_role("button", name="Copy").click()
    expect(words.get_by_text(re.compile("^(Copied|Selected)"))).to_be_visible()
    words.get_by_label("Which text").select_option("In short")
    expect(words.get_by_text("Not known: problem.")).to_be_visible()
    check()
    words.get_by_label("Which text").select_option("First mail")
    words.get_by_role("link", name=re.compile("Log the touch")).click()
    expect(page.get_by_label("How did you reach out?")).to_have_value("email")


def test_all_of_it_for_axe_and_on_a_phone(page, live_server, ana, complaints, check):
    campaign, persona = make.CampaignFactory(), make.PersonaFactory()
    rows = [{"topic": "Webinar", "means": "They plan", "ask": "When?"}]
    brief = make.BriefFactory(campaign=campaign, persona=persona, readings=rows)
    offer, text = make.OfferFactory(countries=["DE"]), make.TextTemplateFactory()
    sign_in(page, live_server, make.mara(), reverse("leads:campaigns"))
    lists = ("campaigns", "offers", "briefs", "personas", "texts", "undescribed", "misfits")
    pages = [
        *(reverse(f"leads:{name}") for name in (*lists, "offers-add")),
        reverse("leads:persona", args=[persona.pk]),
        reverse("leads:offer", args=[offer.pk]),
        reverse("leads:brief", args=[brief.pk]),
        reverse("leads:brief-edit", args=[brief.pk]),
        reverse("leads:text", args=[text.pk]),
        reverse("leads:text-edit", args=[text.pk]),
        reverse("leads:lead-texts", args=[ana.pk]),
    ]
    for place, address in enumerate(pages):
        page.set_viewport_size({"width": 390 if place % 2 else 1440, "height": 844})
        page.goto(live_server.url + address)
        check()
    page.set_viewport_size({"width": 390, "height": 844})
    for address in pages[::2]:
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
