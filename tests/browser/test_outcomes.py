"""What becomes of a lead, in a real browser: an opportunity opened, closed with its reasons and
read by marketing; a lead put on a nurture track and moved. Also on a phone, in light and dark."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Lead, Opportunity
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def signed_in(live_server, page):
    """Lena, who may do all of it; one accepted lead, one in nurture."""
    make.agreement_in_force()
    make.HandoffFactory(
        accepted=True, lead__email="ana@novapay.example", lead__first_campaign="erp_q4"
    )
    make.LeadFactory(
        email="bea@othello.example",
        status="nurture",
        nurture_track="newsletter",
        nurture_reason="wrong_timing",
        nurture_since=timezone.now(),
        nurture_by=make.sam(),
    )
    make.TrackFactory(key="close-faster", label="Close faster")
    make.OpportunityFactory(lost=True, objections=["Price"], told_at=timezone.now())
    lena = make.lena()
    lena.set_password("correct horse")
    lena.save()
    page.goto(live_server.url)
    page.get_by_label("Email").fill(lena.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()
    return live_server.url


def both_sizes(page, check):
    check()
    page.set_viewport_size(PHONE)
    check()
    page.set_viewport_size(DESK)


def test_a_deal_is_opened_closed_and_read(page, signed_in, complaints, check):
    lead = Lead.objects.get(email="ana@novapay.example")
    page.goto(f"{signed_in}/opportunities/add/?lead={lead.pk}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open an opportunity")
    both_sizes(page, check)
    page.get_by_label("Number").fill("D-77")
    page.get_by_label("Amount").fill("12000")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("D-77")
    page.get_by_text("Say that it is won or lost").click()
    both_sizes(page, check)
    page.get_by_label("Lost").check()
    page.get_by_label("Price").check()
    page.get_by_label("Another trigger").fill("Audit ahead")
    page.get_by_label("Competitor").fill("Quillbooks")
    page.locator("#why").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Why it was lost")).to_be_visible()
    both_sizes(page, check)
    assert Opportunity.objects.get(ref="D-77").objections == ["Price"]
    page.goto(f"{signed_in}/opportunities/")
    expect(page.get_by_role("link", name="D-77")).to_be_visible()
    both_sizes(page, check)
    page.get_by_role("link", name="Why they end").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why deals end")
    expect(page.get_by_role("link", name="erp_q4")).to_be_visible()
    both_sizes(page, check)
    page.get_by_role("link", name="Audit ahead").click()
    expect(page.get_by_label("Remove filter What made them look for us")).to_be_visible()
    both_sizes(page, check)


def test_a_lead_in_nurture_is_looked_at_and_moved(page, signed_in, complaints, check):
    page.goto(f"{signed_in}/nurture/")
    expect(page.get_by_role("link", name="Monthly product letter")).to_be_visible()
    both_sizes(page, check)
    page.get_by_role("link", name="Monthly product letter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Monthly product letter")
    both_sizes(page, check)
    page.get_by_role("link", name="Change").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("in nurture")
    both_sizes(page, check)
    page.get_by_label("Track").select_option("close-faster")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is on Close faster")).to_be_visible()
    page.get_by_label("Email or number of the lead").fill("nobody@x.example")
    page.get_by_role("button", name="Put on this track").click()
    expect(page.get_by_text("There is no lead")).to_be_visible()
    check()
    page.get_by_role("link", name="Came back").click()
    expect(page.get_by_text("Nobody came back from this track yet")).to_be_visible()
    both_sizes(page, check)
