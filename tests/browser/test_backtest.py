"""A backtest in a real browser: asked for, watched until it is done, read, opened, on a phone."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Handoff
from reviews import backtesting
from reviews.models import Backtest
from tests import factories as make
from tests.leads.arriving import agreement, arrive, handed_over
from tests.reviews.backtesting import stricter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def draft(live_server, page):
    """Mara before her stricter draft; two dozen leads of the last days, some answered."""
    agreement()
    make.TrackFactory()
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    now = timezone.now() - dt.timedelta(days=1)
    for place in range(24):
        touch = {"signal": "demo_request", "occurred_at": now.isoformat()}
        handoff = handed_over(at=now, employees=400 if place % 3 else 3000, touchpoints=[touch])
        answered = {"state": "accepted", "accepted_at": now}
        if place % 2:
            answered = {"state": "rejected", "reason": make.ReasonFactory(), "ended_at": now}
        Handoff.objects.filter(pk=handoff.pk).update(**answered)
    make.OpportunityFactory(lead=Handoff.objects.all()[2].lead, account=None, won=True)
    arrive(at=now, touchpoints=[])
    page.goto(live_server.url)
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()
    return stricter(), live_server.url


def test_a_draft_is_tried_on_the_past(page, draft, complaints, check):
    version, url = draft
    page.goto(f"{url}/definition/{version.number}/backtests/")
    page.get_by_label("Leads imported from the past").select_option("leave_out")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Condition 1: about").select_option("country")
    page.get_by_label("Country: value").fill("US")
    expect(page.get_by_label("Leads imported from the past")).to_have_value("leave_out")
    check()
    page.get_by_role("button", name="Run the backtest").click()
    expect(page.get_by_role("heading", name="Waiting to begin")).to_be_visible()
    check()

    backtesting.run(Backtest.objects.get().pk, at=timezone.now())
    expect(page.get_by_role("heading", name=re.compile("16 fewer leads"))).to_be_visible()
    page.get_by_text("Week by week").click()
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()

    page.get_by_role("link", name=re.compile("from sales ready to needs qualification")).click()
    expect(page.get_by_role("heading", name="16 leads")).to_be_visible()
    expect(page.locator("[data-row]").first).to_contain_text("Size gives 0, was 50")
    check()
    page.set_viewport_size({"width": 1440, "height": 900})
    check()
    page.get_by_label(f"Remove filter {version}").click()
    expect(page.get_by_role("heading", name="24 leads")).to_be_visible()


def test_two_runs_stand_side_by_side(page, draft, complaints, check):
    version, url = draft
    now = timezone.now()
    runs = [
        backtesting.start(one, since=now - dt.timedelta(days=9), until=now, actor=None, at=now)
        for one in (version, make.DefinitionVersionFactory())
    ]
    for run in runs:
        backtesting.run(run.pk, at=now)
    page.goto(f"{url}/definition/{version.number}/backtests/{runs[0].pk}/")
    page.get_by_label("Another run of the same question").select_option(str(runs[1].pk))
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name=re.compile("beside v"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Sales ready 24 8 24 16 more"))).to_be_visible()
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
