"""The coverage audit in a real browser: read, opened, let be, handed on, on a phone."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff.models import Membership
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def signed_in(live_server, page):
    """Lena, who looks after sales; leads from where nobody sells, at night, and of who left."""
    make.agreement_in_force()
    Membership.objects.update(territories=["US"], max_open=3)
    now = timezone.now()
    for place in range(24):
        at = now - dt.timedelta(days=place // 2 + 1, hours=place * 5 % 24)
        judgement = make.JudgementFactory(as_of=at, country=["US", "BR"][place % 2])
        make.HandoffFactory(
            judgement=judgement,
            lead=judgement.lead,
            triggered_at=at,
            owner=[make.sam(), make.ines()][place % 2],
        )
    Membership.objects.filter(user=make.ines()).update(active=False)
    lena = make.lena()
    lena.set_password("correct horse")
    lena.save()
    page.goto(live_server.url)
    page.get_by_label("Email").fill(lena.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()
    return live_server.url


def test_gaps_are_read_let_be_and_mended(page, signed_in, complaints, check):
    page.get_by_role("link", name="Teams").first.click()
    page.get_by_role("link", name="Coverage").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Coverage: ")
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.locator("summary", has_text="Known…").first.click()
    check()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_label("Until, that day too").first.fill(
        f"{timezone.localdate() + dt.timedelta(days=9)}"
    )
    page.get_by_label("Because").first.fill("She comes back next week")
    page.get_by_role("button", name="Let it be until then").first.click()
    expect(page.get_by_text("quiet until then")).to_be_visible()
    expect(page.get_by_role("heading", name="Known, and let be")).to_be_visible()
    check()
    page.get_by_role("button", name="Tell it again").click()
    page.get_by_role("link", name="12 leads").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("12 leads")
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="Hand them on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("in SDR North America")
    check()
