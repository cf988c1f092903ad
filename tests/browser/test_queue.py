"""A queue in a real browser: views kept and shared, columns, search, rows that others took."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Handoff
from tests import factories as make
from tests.browser.keys import key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PATIENCE = 60_000
"""Milliseconds; a list asks every eight seconds, and the machine may be busy."""


@pytest.fixture
def office(live_server):
    """The agreement in force, and three leads of Sam's team, two of them his."""
    make.agreement_in_force()
    at = timezone.now()
    waits = (
        (30, "Marcus", make.sam(), "urgent", "+12125550199"),
        (60, "Ana", make.sam(), "standard", "+14155550122"),
        (90, "Keiko", make.ines(), "urgent", "+13125550133"),
    )
    for minutes, name, owner, tier, phone in waits:
        make.HandoffFactory(
            lead__first_name=name, lead__last_name="Doe", lead__phone=phone, owner=owner,
            made_at=at, triggered_at=at, due_at=at + dt.timedelta(minutes=minutes),
            tier=tier,
        )  # fmt: skip
    return live_server.url


@pytest.fixture
def sit_down(page, office):
    """Signs a person in, in place of whoever was."""

    def run(person):
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": office}]
        )
        page.goto(f"{office}/queue/")
        expect(page.get_by_role("heading", name="My queue")).to_be_visible()

    return run


def rows(page):
    return page.locator("[data-row]")


def test_a_view_is_kept_shared_and_opened_by_a_colleague(page, sit_down, complaints, check):
    sit_down(make.sam())
    page.get_by_label("Tier", exact=True).select_option("urgent")
    expect(page.get_by_text("Tier: Hand-raiser")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    check()
    page.get_by_role("link", name="Save this view").click()
    check()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Name", exact=True).fill("Urgent ones")
    page.get_by_label("Who sees it", exact=True).select_option("SDR North America")
    page.get_by_role("button", name="Save").click()
    tab = page.get_by_role("link", name=re.compile("^Urgent ones"))
    expect(tab).to_have_attribute("aria-current", "page")
    check()
    address = page.url

    sit_down(make.ines())
    page.goto(re.sub(r"^https?://[^/]+", page.url.split("/queue/")[0], address))
    expect(tab).to_have_attribute("aria-current", "page")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Keiko")
    page.get_by_role("link", name="Due first").click()
    expect(tab).not_to_have_attribute("aria-current", "page")

    tab.click()
    page.get_by_role("link", name="Change the view Urgent ones").click()
    check()
    page.get_by_role("button", name="Open My queue with this view").click()
    expect(page.get_by_text("now opens with “Urgent ones”")).to_be_visible()
    page.get_by_role("link", name="My queue").first.click()
    expect(tab).to_have_attribute("aria-current", "page")


def test_columns_are_picked_and_moved(page, sit_down, complaints, check):
    sit_down(make.sam())
    page.get_by_role("link", name="Columns").click()
    check()
    page.get_by_role("checkbox", name=re.compile("^Owner")).check()
    page.get_by_role("button", name="Tier: one place up").click()
    expect(page.get_by_role("listitem").first).to_contain_text("Tier")
    expect(page.get_by_role("checkbox", name=re.compile("^Owner"))).to_be_checked()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Columns saved.")).to_be_visible()
    heads = page.locator("table.queue thead th")
    expect(heads.filter(has_text="Owner")).to_be_visible()
    assert heads.all_inner_texts().index("Tier") < heads.all_inner_texts().index("Why now")
    check()


def test_somebody_is_found_by_the_end_of_their_number(page, sit_down, complaints, check):
    sit_down(make.sam())
    key(page, "/")
    page.keyboard.type("555-0199")
    key(page, "Enter")
    expect(page.get_by_text("found for “555-0199”")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    check()
    key(page, "j")
    key(page, "Enter")
    expect(page.get_by_role("heading", name=re.compile("Marcus Doe"))).to_be_visible()


def test_a_row_that_somebody_took_stays_and_says_so(page, sit_down, complaints):
    sit_down(make.sam())
    page.goto(page.url.replace("/queue/", "/queue/team/sdr-na/"))
    expect(rows(page)).to_have_count(3)
    at = timezone.now()
    Handoff.objects.filter(lead__first_name="Ana").update(
        owner=make.ines(), state="accepted", accepted_at=at
    )
    taken = rows(page).nth(1)
    expect(taken).to_contain_text("Accepted by Ines Ferro", timeout=PATIENCE)
    expect(taken).to_contain_text("Ana Doe")
    expect(rows(page)).to_have_count(3)


def test_on_a_phone_the_filters_wait_behind_a_button(page, sit_down, complaints, check):
    page.set_viewport_size({"width": 390, "height": 844})
    sit_down(make.sam())
    expect(page.get_by_label("Tier", exact=True)).to_be_hidden()
    page.get_by_text("Filters", exact=True).click()
    expect(page.get_by_label("Tier", exact=True)).to_be_visible()
    check()
    page.get_by_label("Tier", exact=True).select_option("standard")
    expect(page.get_by_text("Tier: Standard")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    page.goto(page.url.split("?")[0] + "?tier=urgent&state=accepted")
    expect(page.get_by_text("No lead in My queue has")).to_be_visible()
    check()
