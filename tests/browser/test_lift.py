"""What goes with outcomes, in a real browser: asked for, read, drafted, brought to the review."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from reviews.lifting import running
from reviews.models import Backtest, LiftStudy
from tests import factories as make
from tests.leads.arriving import agreement
from tests.reviews.lifting import planted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def entered(live_server, page):
    """Mara signed in; hand-overs in which industry and size go with winning."""
    agreement()
    make.TrackFactory()
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    planted()
    page.goto(live_server.url)
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()
    return live_server.url


def test_a_study_is_asked_for_read_and_drafted(page, entered, complaints, check):
    page.goto(f"{entered}/measures/lift/")
    check()
    page.get_by_label("Handed over from").fill("2025-01-01")
    page.get_by_label("To", exact=True).fill(str(timezone.now().date()))
    page.get_by_role("button", name="Begin the study").click()
    expect(page.get_by_role("heading", name="Waiting to begin")).to_be_visible()
    check()

    running.run(LiftStudy.objects.get().pk, at=timezone.now())
    title = re.compile("Leads with “Industry” were won .* times as often")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{entered}{reverse('reviews:quarter')}")
    check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
    check()

    page.goto(f"{entered}/measures/lift/")
    page.get_by_role("button", name="Draft these weights").click()
    expect(page.get_by_text("Nothing changes until it is published")).to_be_visible()
    assert Backtest.objects.get().version.lift.study == LiftStudy.objects.get()
    assert not complaints
