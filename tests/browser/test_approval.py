"""Mara goes through what waits for her yes: by hand, by keyboard, several at once, on a phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from leads.models import Approval, Handoff
from tests import factories as make
from tests.browser.keys import key
from tests.leads.approving import agreement_that_asks
from tests.leads.test_approval_pages import came

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def queue(page, live_server):
    """Four leads waiting, one late and one nearly; Mara signed in and before them."""
    agreement_that_asks()
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    for name, minutes in (("Ana", 22), ("Marcus", 3), ("Keiko", 1), ("Lucía", 0)):
        came(minutes, first_name=name, last_name="Doe", country="" if name == "Keiko" else "US")
    address = live_server.url + reverse("leads:approval")
    page.goto(address)
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Approval")).to_be_visible()
    return address


def test_one_by_one(page, queue, complaints, check):
    expect(page.locator("[data-row]")).to_have_count(4)
    expect(page.locator("[data-row]").first).to_contain_text("Ana Doe")
    check()
    page.locator("summary", has_text="Hand over").first.click()
    check()
    page.get_by_label("Note").first.fill("Call today")
    page.get_by_role("button", name="Yes, hand over").first.click()
    expect(
        page.get_by_text(re.compile("Handed Ana Doe, Nova Pay .* over: it went to"))
    ).to_be_visible()
    check()
    page.get_by_role("link", name=re.compile("Otherwise.*Marcus")).click()
    expect(page.get_by_text("Waits for marketing’s yes since")).to_be_visible()
    check()
    page.get_by_label("Nurture", exact=True).check()
    page.get_by_label("Wrong timing").check()
    page.get_by_label("Not before").fill("2020-01-01")
    page.get_by_role("button", name="Send it there").click()
    expect(page.get_by_text("2020-01-01 is past")).to_be_visible()
    assert [one for one in complaints if "422" not in one] == []
    complaints.clear()
    check()
    page.get_by_label("Out of segment").check()
    page.get_by_label("Not before").fill("")
    page.get_by_role("button", name="Send it there").click()
    expect(page.get_by_text(re.compile("Sent Marcus Doe.* elsewhere: Nurture"))).to_be_visible()
    assert Approval.objects.get(state="elsewhere").lead.first_name == "Marcus"


def test_several_at_once_and_by_keyboard(page, queue, complaints, check):
    many = page.locator("[data-bulk] summary")
    expect(many).to_have_attribute("aria-disabled", "true")
    key(page, "j")
    key(page, "x")
    key(page, "j")
    key(page, "x")
    expect(page.get_by_text("2 picked")).to_be_visible()
    check()
    many.click()
    check()
    page.locator("[data-bulk]").get_by_role("button", name="Yes, hand over").click()
    expect(page.get_by_role("heading", name="Handed 2 leads over to sales")).to_be_visible()
    check()
    assert Handoff.objects.count() == 2
    key(page, "j")
    key(page, "a")
    expect(page.get_by_role("button", name="Yes, hand over").first).to_be_visible()


def test_on_a_phone(page, queue, complaints, check):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(queue)
    check()
    page.get_by_label(re.compile("Pick Ana")).check()
    check()
    page.locator("[data-bulk] summary").click()
    check()
    page.goto(queue)
    page.get_by_role("link", name=re.compile("Ana Doe")).first.click()
    check()
    page.locator("summary", has_text="Send elsewhere").click()
    check()


def test_without_a_script(browser, page, queue):
    context = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(queue)
    for name in ("Ana", "Keiko"):
        plain.get_by_label(re.compile(f"Pick {name}")).check()
    plain.locator("[data-bulk] summary").click()
    plain.locator("[data-bulk]").get_by_role("button", name="Yes, hand over").click()
    expect(plain.get_by_role("heading", name="Handed 2 leads over to sales")).to_be_visible()
    context.close()
