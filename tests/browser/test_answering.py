"""What is asked and told before an answer, in a real browser: who gets a lead as somebody else's,
which disposition needs a reason, why an added lead is not with sales; several moved to a track."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Event, Handoff, Lead
from tests import factories as make
from tests.browser.keys import key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def office(live_server, page):
    """Sam, signed in, with a lead that waits and one that he works; Bea rests in nurture."""
    make.agreement_in_force()
    make.ReasonFactory(key="wrong_role", label="Wrong role", applies_to=["bad_fit"])
    at = timezone.now()
    for name, traits in (("Ana", {}), ("Cy", {"accepted": True})):
        handoff = make.HandoffFactory(lead__first_name=name, made_at=at, due_at=at, **traits)
        make.AssignmentFactory(handoff=handoff)
    make.TrackFactory(key="close-faster", label="Close faster")
    make.LeadFactory(
        first_name="Bea", status="nurture", nurture_track="newsletter", nurture_since=at
    )
    return live_server.url


def sign_in(page, office, person):
    person.set_password("correct horse")
    person.save()
    page.goto(office)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()


def both_sizes(page, check):
    check()
    page.set_viewport_size(PHONE)
    check()
    page.set_viewport_size(DESK)


def lead_named(name):
    return Lead.objects.get(first_name=name).pk


def test_before_a_rejection_the_team_is_named(page, office, complaints, check):
    sign_in(page, office, make.sam())
    page.goto(f"{office}/leads/{lead_named('Ana')}/")
    key(page, "r")
    told = page.get_by_text("As somebody else’s lead it goes to")
    expect(told).to_contain_text("SDR North America")
    both_sizes(page, check)
    page.goto(f"{office}/handoffs/{Handoff.objects.get(lead=lead_named('Ana')).pk}/elsewhere/")
    both_sizes(page, check)


def test_a_bad_fit_asks_for_its_reason_before_it_is_sent(page, office, complaints, check):
    sign_in(page, office, make.sam())
    page.goto(f"{office}/leads/{lead_named('Cy')}/")
    key(page, "e")
    choice = page.locator("details.menu[open] label", has_text="Bad fit")
    key(page, choice.locator("kbd").inner_text().lower())
    expect(page.locator("#id_dispose-reason")).to_be_focused()
    both_sizes(page, check)
    page.locator("#id_dispose-reason").select_option(label="Wrong role")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#said")).to_contain_text("Saved: bad fit")


def test_a_touch_sent_again_from_the_past_is_told_as_logged(page, office, complaints):
    sign_in(page, office, make.sam())
    page.goto(f"{office}/leads/{lead_named('Cy')}/")
    form = page.locator("form[action*='/touch/']")
    twice = """form => fetch(form.action, { method: "POST", body: new FormData(form) })
        .then(() => form.submit())"""
    form.evaluate(twice)
    expect(page.locator("#said")).to_contain_text("Already logged")
    assert Event.objects.filter(kind="touched").count() == 1


def test_who_adds_a_lead_reads_why_sales_does_not_get_it(page, office, complaints, check):
    sign_in(page, office, make.sam())
    page.goto(f"{office}/leads/add/")
    page.get_by_label("Email").fill("dee@novapay.example")
    page.get_by_role("button", name="Add the lead").click()
    expect(page.get_by_role("heading", name=re.compile("is not with sales"))).to_be_visible()
    both_sizes(page, check)


def test_leads_of_a_track_are_moved_together(page, office, complaints, check):
    sign_in(page, office, make.mara())
    page.goto(f"{office}/nurture/newsletter/")
    page.get_by_label(re.compile("^Pick Bea")).check()
    expect(page.locator("#move")).to_contain_text("1 picked")
    both_sizes(page, check)
    page.get_by_role("button", name="Move to another track").click()
    both_sizes(page, check)
    page.get_by_label("Track").select_option(label="Close faster")
    page.get_by_role("button", name="Move them").click()
    expect(page.get_by_role("heading", name="1 moved")).to_be_visible()
    both_sizes(page, check)


def test_goals_of_both_hand_overs_are_set_side_by_side(page, office, complaints, check):
    make.StepFactory(tiers=[{"key": "qualified", "label": "Qualified", "first_touch": 60}])
    sign_in(page, office, make.mara())
    page.goto(f"{office}/measures/sla/goals/")
    expect(page.get_by_role("group", name="SDR to AE")).to_be_visible()
    both_sizes(page, check)
