"""The second hand-over in a real browser: an SDR qualifies and hands on, the account executive
sends it back, the SDR mends it, the account executive says yes."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Handoff
from tests import factories as make
from tests.browser.keys import key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

TO_AE = [
    {"key": "need", "label": "What it costs them", "call": True},
    {
        "key": "budget",
        "label": "How it is paid for",
        "kind": "choice",
        "choices": ["Set", "Not yet"],
    },
]


@pytest.fixture
def office(live_server):
    """Sam has accepted Ana's lead; Tilda is the account executive."""
    make.agreement_in_force()
    make.ReasonFactory(key="thin", label="Too thin", applies_to=["return"], steps=["ae"])
    make.StepFactory(checklist=make.ChecklistFactory(label="Before it moves to AE", items=TO_AE))
    tilda = make.UserFactory(email="tilda@northwind.example", name="Tilda Marsh", rep=True)
    make.TeamFactory(key="ae", account_executives=True, members=(tilda,))
    for person in (make.sam(), tilda):
        person.set_password("correct horse")
        person.save()
    at = timezone.now() - dt.timedelta(hours=1)
    lead = make.LeadFactory(first_name="Ana", last_name="Doe")
    make.HandoffFactory(
        lead=lead, judgement=make.JudgementFactory(lead=lead, as_of=at), state="accepted",
        accepted_at=at, made_at=at, triggered_at=at, assigned_at=at,
    )  # fmt: skip
    return live_server.url


@pytest.fixture
def signed_in(page, office):
    def go(name):
        page.context.clear_cookies()
        page.goto(office)
        page.get_by_label("Email").fill(f"{name}@northwind.example")
        page.get_by_label("Password").fill("correct horse")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="My queue")).to_be_visible()
        page.goto(f"{office}/leads/{Handoff.objects.earliest('pk').lead_id}/")
        expect(page.get_by_role("heading", name=re.compile("Ana Doe")).first).to_be_visible()

    return go


def test_qualified_handed_on_sent_back_mended_and_accepted(page, signed_in, complaints, check):
    signed_in("sam")
    card = page.locator("#checklist")
    expect(card).to_contain_text("Before it moves to AE: What it costs them; How it is paid for.")
    card.get_by_text("Answer the questions").click()
    card.locator("#id_q-need").fill("Nine days a month")
    check()
    card.get_by_role("button", name="Keep answers").click()
    expect(card.get_by_role("status")).to_contain_text("Kept 1 answer.")
    expect(card).to_contain_text("Nine days a month")
    expect(card).to_contain_text("Before it moves to AE: How it is paid for.")

    key(page, "?")
    expect(page.get_by_text("Hand on to the next step", exact=True)).to_be_visible()
    key(page, "Escape", "h")
    page.get_by_label("Introduce them").fill("She signs, with her CFO")
    page.get_by_role("button", name="Hand on", exact=True).click()
    expect(page.get_by_text("Needed before it moves on.")).to_be_visible()
    complaints.clear()  # The refusal itself is one.
    check()
    page.locator("#id_advance-q-budget").select_option("Set")
    page.get_by_role("button", name="Hand on", exact=True).click()
    expect(page.get_by_text("on to Tilda Marsh")).to_be_visible()

    signed_in("tilda")
    expect(card).to_contain_text("She signs, with her CFO")
    expect(card).to_contain_text("Nine days a month")
    check()
    page.locator("summary", has_text="Send back…").first.click()
    page.get_by_label(re.compile("Too thin")).check()
    page.locator("#id_return-note").fill("Who signs?")
    page.get_by_role("button", name="Send it back").click()
    expect(page.get_by_text("Your clocks are paused.")).to_be_visible()
    check()

    signed_in("sam")
    expect(card).to_contain_text("Tilda Marsh sent it back: Too thin")
    page.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect(page.get_by_text("Accepted Ana Doe")).to_be_visible()
    card.get_by_text("Note a call").click()
    card.locator("#id_call_with_whom").fill("Ana")
    card.locator("#id_call_note").fill("Her CFO signs in March")
    check()
    card.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("The call is noted.")).to_be_visible()
    expect(card).to_contain_text("Spoke with them: Ana")
    page.get_by_role("link", name="My queue").first.click()
    key(page, "j", "h")
    page.get_by_role("button", name="Hand on", exact=True).click()
    expect(page.get_by_text("on to Tilda Marsh")).to_be_visible()

    signed_in("tilda")
    expect(card).to_contain_text("Her CFO signs in March")
    page.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect(page.get_by_text("Accepted Ana Doe")).to_be_visible()
    assert Handoff.objects.get(step="ae").state == "accepted"
