"""The lead's page in a real browser: what is told without scrolling, the timeline, the account."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.journey.recording import Happening, record
from leads.models import Lead
from tests import factories as make

from .test_people import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SITE = "https://northwind.example"


@pytest.fixture
def ana(live_server):
    """Ana of Nova Pay: refused once, back with a demo request, a colleague and a lost deal."""
    make.agreement_in_force()
    at = timezone.now() - dt.timedelta(minutes=4)
    long_ago = at - dt.timedelta(days=40)
    account = make.AccountFactory(name="Nova Pay", industry="fintech", domain="nova.example")
    lead = make.LeadFactory(
        first_name="Ana", last_name="Ribeiro", company="Nova Pay", account=account, consent=False,
        problem="Our close takes nine days", answers={"runs_on": "Spreadsheets"},
        provenance={"industry": "enrichment", "employees": "form"},
    )  # fmt: skip
    first = make.HandoffFactory(
        lead=lead, triggered_at=long_ago, rejected=True, note="Budget opens later",
        reason=make.ReasonFactory(wrong_timing=True),
    )  # fmt: skip
    for signal, hours, path in (
        ("demo_request", 24 * 40, ""), ("pricing_page", 30, "/pricing"), ("email_open", 20, ""),
        ("pricing_page", 2, "/pricing"), ("integration_page", 1, "/integrations/erp"),
        ("demo_request", 0, ""),
    ):  # fmt: skip
        make.TouchpointFactory(
            lead=lead, signal=signal, occurred_at=at - dt.timedelta(hours=hours), seconds=70,
            url=f"{SITE}{path}" if path else "",
        )  # fmt: skip
    judgement = make.JudgementFactory(lead=lead, as_of=at)
    Lead.objects.filter(pk=lead.pk).update(judgement=judgement)
    handoff = make.HandoffFactory(
        lead=lead, judgement=judgement, triggered_at=at, reentry=True, previous=first,
        due_at=at + dt.timedelta(hours=3), opened_at=at,
    )  # fmt: skip
    make.ClockFactory(handoff=handoff, started_at=at, due_at=handoff.due_at)
    make.AssignmentFactory(handoff=handoff)
    make.SubmissionFactory(lead=lead, occurred_at=at, answers={"runs_on": "Spreadsheets"})
    colleague = make.LeadFactory(first_name="Bruno", last_name="Reis", account=account)
    make.HandoffFactory(lead=colleague, owner=make.ines())
    make.OpportunityFactory(account=account, lead=lead, lost=True, amount=12000, reason="no budget")
    record(
        [
            Happening(lead.pk, "received", at, by="form Website", body={"trigger": "demo_request"}),
            Happening(lead.pk, "judged", at, handoff.pk, body={"status": "sales_ready"}),
            Happening(lead.pk, "opened", at, handoff.pk, actor=make.sam()),
        ]
    )
    lead.page = f"{live_server.url}/leads/{lead.pk}/"
    lead.url = live_server.url
    return lead


def test_who_why_now_what_and_by_when_need_no_scrolling(page, ana, complaints, check):
    sign_in(page, ana.url, make.sam())
    page.goto(f"{ana.page}?from=mine")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana Ribeiro, Nova Pay")
    for said in (
        "at a 400-person fintech", "Second time here: rejected", "In their words: “Our close",
        "Accept by", "How they got here", "Started the hand-over", "On pricing: 2 visits",
        "Opened 1 email: opening never counts", "did not agree to be contacted",
    ):  # fmt: skip
        expect(page.get_by_text(said).first).to_be_in_viewport()
    expect(page.get_by_role("button", name="Accept", exact=False).first).to_be_in_viewport()
    check()


def test_the_timeline_is_narrowed_in_place(page, ana, complaints, check):
    sign_in(page, ana.url, make.sam())
    page.goto(ana.page)
    timeline = page.locator("#timeline")
    expect(timeline).to_contain_text("Judged sales ready")
    expect(timeline).to_contain_text("Pricing page")
    timeline.get_by_role("link", name="People", exact=True).click()
    expect(timeline).not_to_contain_text("Pricing page")
    expect(timeline).to_contain_text("Opened")
    expect(timeline.get_by_role("link", name="People", exact=True)).to_be_focused()
    check()
    timeline.get_by_role("link", name="The whole timeline").click()
    expect(page.get_by_role("heading", name="Timeline", level=1)).to_be_visible()
    page.get_by_role("link", name="The machine").click()
    expect(page.get_by_text("Judged sales ready")).to_be_visible()
    check()


def test_the_account_and_the_people_of_it(page, ana, complaints, check):
    sign_in(page, ana.url, make.sam())
    page.goto(ana.page)
    page.get_by_role("link", name="Nova Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Nova Pay", level=1)).to_be_visible()
    expect(page.get_by_text(re.compile("Lost, USD.12,000"))).to_be_visible()
    check()
    page.get_by_role("link", name="Bruno Reis").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bruno Reis")


def test_on_a_phone_the_rest_is_folded(page, ana, complaints, check):
    sign_in(page, ana.url, make.sam())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(ana.page)
    expect(page.get_by_text("Second time here: rejected")).to_be_in_viewport()
    told = page.locator("details", has=page.get_by_role("heading", name="What they told us"))
    expect(told.get_by_text("Not asked").or_(told.get_by_text("they did not agree"))).to_be_hidden()
    tops = [
        page.get_by_role("heading", name=name, exact=True).bounding_box()["y"]
        for name in ("How they got here", "Clocks", "Account", "What they told us")
    ]
    assert tops == sorted(tops)
    account = page.locator("details", has=page.get_by_role("heading", name="Account"))
    expect(account.get_by_role("link", name="Nova Pay")).to_be_hidden()
    told.locator("summary").click()
    expect(told.get_by_text("they did not agree")).to_be_visible()
    check()
    page.goto(f"{ana.url}/accounts/{ana.account_id}/")
    check()
    page.goto(f"{ana.page}timeline/")
    check()


def test_without_a_script_everything_is_open_and_a_link_away(browser, page, ana):
    sign_in(page, ana.url, make.sam())
    context = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(ana.page)
    expect(plain.get_by_text("No: they did not agree")).to_be_visible()
    plain.locator("#timeline").get_by_role("link", name="People", exact=True).click()
    expect(plain).to_have_url(re.compile("timeline/.show=people"))
    expect(plain.get_by_role("heading", name="Timeline", level=1)).to_be_visible()
    context.close()
