"""Mara writes an example while it is run beside her, and tries a lead under two versions."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from handoff import publishing
from handoff.models import DefinitionVersion
from leads.models import Lead
from tests import factories as make
from tests.leads.arriving import arrive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def office(live_server, page):
    """Mara signed in, a draft of the live definition, and Ana come in this minute."""
    live = make.agreement_in_force()
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    at = timezone.now()
    touch = {"signal": "demo_request", "occurred_at": at.isoformat()}
    arrive(at=at, occurred_at=at.isoformat(), touchpoints=[touch])
    publishing.clone(live, actor=mara, at=at)
    page.goto(live_server.url)
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".topbar")).to_be_visible()
    return live_server.url


def draft():
    return DefinitionVersion.objects.drafts().get()


def test_an_example_is_written_and_run_beside_it(page, office, complaints, check):
    page.goto(office + reverse("examples", args=[draft().number]))
    expect(page.get_by_role("heading", name="No example yet")).to_be_visible()
    check()
    page.get_by_role("link", name="Write the first one").click()
    page.get_by_label("Name", exact=True).fill("A demo from a fintech")
    page.get_by_label("Field", exact=True).first.select_option("industry")
    value = page.get_by_label("Value").first
    value.focus()
    expect(page.locator("#f0-list option").first).to_have_attribute("value", "fintech")
    value.fill("fintech")
    page.get_by_role("button", name="Field", exact=True).click()
    expect(page.get_by_label("Field", exact=True).nth(1)).to_be_focused()
    page.get_by_label("Field", exact=True).nth(1).select_option("employees")
    page.get_by_label("Value").nth(1).fill("400")
    page.get_by_role("button", name="What they did", exact=True).click()
    done = page.get_by_label("What they did", exact=True)
    expect(done).to_be_focused()
    expect(done.locator("option", has_text="Demo request (1)")).to_have_count(1)
    done.select_option("demo_request")
    page.get_by_label("Status", exact=True).select_option("nurture")
    expect(page.locator("#outcome")).to_contain_text("Differs")
    check()
    page.get_by_label("Status", exact=True).select_option("sales_ready")
    expect(page.locator("#outcome")).to_contain_text("As expected")
    page.get_by_role("button", name="Keep it").last.click()
    expect(page.get_by_text("1 of 1 come out right")).to_be_visible()
    check()
    page.get_by_role("button", name="Take out").click()
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_text("is back")).to_be_visible()


def test_a_lead_is_tried_under_two_versions_and_becomes_an_example(page, office, complaints, check):
    lead = Lead.objects.get()
    page.goto(office + reverse("leads:lead", args=[lead.pk]))
    page.get_by_role("link", name=re.compile("why and why not")).click()
    expect(page.get_by_text("Decided by")).to_be_visible()
    check()
    page.get_by_label("beside").select_option(str(draft().number))
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Everything comes out the same")).to_be_visible()
    page.get_by_text("A made-up lead").click()
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.goto(office + reverse("leads:reach", args=[draft().number]))
    check()
    page.goto(office + reverse("leads:reached", args=[draft().number, "fit", "size"]))
    check()
    page.goto(office + reverse("leads:lead", args=[lead.pk]))
    page.get_by_role("button", name="Make it an example").click()
    expect(page.locator("#outcome")).to_contain_text("As expected")
    check()
