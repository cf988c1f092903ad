"""Both halves of the agreement in a real browser: read, narrowed, opened, confirmed, on a phone."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.journey import breaching
from leads.models import Miss
from tests import factories as make
from tests.leads.arriving import agreement, handed_over

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def signed_in(live_server, page):
    """Mara in marketing; two dozen leads that nobody answered for two days."""
    agreement()
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    at = timezone.now() - dt.timedelta(days=4)
    asked = {"signal": "demo_request", "occurred_at": f"{at - dt.timedelta(minutes=2):%FT%TZ}"}
    for _ in range(22):
        handed_over(at=at, touchpoints=[asked])
    breaching.sweep(at=timezone.now())
    page.goto(live_server.url)
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()
    return live_server.url


def test_the_two_halves_are_read_and_opened(page, signed_in, complaints, check):
    page.goto(f"{signed_in}/measures/sla/?compare=1")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sales keeps 0% of its half")
    check()
    page.goto(f"{signed_in}/measures/sla/?screen=1")
    page.set_viewport_size({"width": 1920, "height": 1080})
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{signed_in}/measures/sla/")
    check()
    by_owner = page.get_by_role("region", name="By owner, as a table", exact=True)
    expect(by_owner).to_have_count(0)
    for what in ("team", "owner", "source", "version", "week"):
        page.get_by_label(f"Show the table by {what}", exact=True).press("Space")
    expect(by_owner).to_be_visible()
    check()
    tables = page.locator(".scroll-x:has(> .by)")
    assert (
        tables.evaluate_all("all => all.map(one => one.scrollWidth > one.clientWidth)")
        == [False] * tables.count()
    )
    page.get_by_role("link", name=re.compile("22 missed")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("22 leads")
    check()
    page.set_viewport_size({"width": 1440, "height": 900})
    check()
    page.goto(f"{signed_in}/measures/sla/late/")
    check()


def test_a_miss_is_confirmed_in_one_press(page, signed_in, complaints, check):
    page.goto(f"{signed_in}/misses/")
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.get_by_role("button", name=re.compile("^Confirm")).first.click()
    expect(page.get_by_text("Noted.")).to_be_visible()
    assert Miss.objects.said().count() == 1
    page.goto(f"{signed_in}/measures/causes/")
    page.get_by_text("Name who mends a cause").click()
    check()
    page.set_viewport_size({"width": 1440, "height": 900})
    check()


def test_the_goals_are_set(page, signed_in, complaints, check):
    page.goto(f"{signed_in}/measures/sla/")
    page.get_by_role("link", name="Change the goals").click()
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.get_by_label("Sales, every tier").fill("75")
    page.get_by_role("button", name="Set the goals").click()
    expect(page.get_by_text("The goals are set.")).to_be_visible()
    expect(page.get_by_text("Goal: sales 75%, marketing 90%.")).to_be_visible()
    page.goto(f"{signed_in}/measures/causes/?team=sdr-na")
    expect(page.get_by_role("group", name="Narrowed by")).to_be_visible()
    check()
