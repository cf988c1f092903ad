"""The measures in a real browser: read, narrowed, compared, opened, taken as a file and printed."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

ACCEPTED, REJECTED = 18, 6


@pytest.fixture
def signed_in(live_server, page):
    """Mara in marketing; two dozen leads, a quarter of them rejected, and some of a year ago."""
    make.agreement_in_force()
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    at = timezone.now() - dt.timedelta(days=3)
    long_ago = at - dt.timedelta(days=360)
    for made_at, answer, count in (
        (at, "accepted", ACCEPTED),
        (at, "rejected", REJECTED),
        (long_ago, "accepted", 2),
    ):
        for _ in range(count):
            judgement = make.JudgementFactory(source="webinar")
            make.HandoffFactory(
                judgement=judgement,
                lead=judgement.lead,
                made_at=made_at,
                triggered_at=made_at,
                first_touch_at=made_at + dt.timedelta(minutes=30),
                **{answer: True},
            )
    page.goto(live_server.url)
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()
    return live_server.url


def heading(page):
    return page.get_by_role("heading", level=1)


def test_a_figure_opens_as_many_leads_as_it_counts(page, signed_in, complaints, check):
    page.goto(f"{signed_in}/measures/")
    figure = page.get_by_role("link", name=re.compile(f"{ACCEPTED} of {ACCEPTED + REJECTED}"))
    expect(figure.first).to_contain_text("75%")
    check()
    figure.first.click()
    expect(heading(page)).to_contain_text(f"Accepted: {ACCEPTED} leads")
    expect(page.locator("tr[data-row]")).to_have_count(ACCEPTED)
    check()
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV").click()
    assert len(Path(begun.value.path()).read_text().splitlines()) == 1 + ACCEPTED


def test_filter_period_and_comparison_stand_in_the_address(page, signed_in, complaints, check):
    page.goto(f"{signed_in}/measures/")
    expect(page.get_by_text(f"{ACCEPTED + REJECTED} hand-overs.")).to_be_visible()
    page.get_by_label("Period").select_option("all")
    page.get_by_label("Table by").select_option("source")
    page.get_by_label("Beside the time before").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("period=all.*by=source.*compare=1"))
    expect(page.get_by_text(f"{ACCEPTED + REJECTED + 2} hand-overs.")).to_be_visible()
    expect(page.get_by_text("not enough data to compare").first).to_be_visible()
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.get_by_role("link", name="Webinar").first.click()
    expect(page.get_by_role("link", name="Remove filter Source")).to_be_visible()
    expect(page.get_by_text(f"{ACCEPTED + REJECTED + 2} hand-overs.")).to_be_visible()


def test_it_is_printed_without_what_only_a_screen_needs(page, signed_in, complaints):
    page.goto(f"{signed_in}/measures/?by=source")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("form", name="Filter")).to_be_hidden()
    expect(page.get_by_role("heading", name="Acceptance rate")).to_be_visible()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert re.match(r"oklch\(0\.9|rgb\(25\d, 25\d, 25\d\)|rgba\(0, 0, 0, 0\)", paper), paper


def test_response_time_stands_beside_the_time_before_and_is_a_file(page, signed_in, complaints):
    page.goto(f"{signed_in}/measures/response/?compare=1")
    expect(page.get_by_role("columnheader", name="Beside the time before")).to_be_visible()
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV").click()
    lines = Path(begun.value.path()).read_text().splitlines()
    assert lines[0].startswith("after_minutes,within_minutes,hand_overs")
    assert sum(int(line.split(",")[2]) for line in lines[1:]) == ACCEPTED + REJECTED
