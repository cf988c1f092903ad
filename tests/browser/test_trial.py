"""Mara puts a draft on trial by picking, reads both sides, and stops it."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff import publishing
from handoff.models import DefinitionVersion, Trial
from leads.models import TrialMember
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def draft(live_server):
    """The agreement in force, a draft of it, and some leads to count."""
    make.agreement_in_force()
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    at = timezone.now()
    for country in ("DE", "US", "US"):
        lead = make.LeadFactory(country=country, first_seen_at=at, last_seen_at=at)
        lead.judgement = make.JudgementFactory(lead=lead, country=country, as_of=at, judged_at=at)
        lead.save()
    return publishing.clone(DefinitionVersion.objects.live().get(), actor=mara, at=at)


def came_in(trial):
    """Leads on both sides, answered and not."""
    for arm, count in (("trial", 24), ("control", 22)):
        for place in range(count):
            rejected = place % 4 == 0
            at = timezone.now()
            handoff = make.HandoffFactory(
                made_at=at, triggered_at=at, rejected=rejected, accepted=not rejected
            )
            TrialMember.objects.create(trial=trial, lead=handoff.lead, arm=arm, joined_at=at)


def test_a_trial_from_its_start_to_its_end(page, live_server, draft, complaints, check):
    page.goto(f"{live_server.url}/definition/{draft.number}/trial/")
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name=f"Put {draft} on trial")).to_be_visible()
    check()

    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Condition 1: about").focus()
    page.get_by_label("Condition 1: about").select_option("country")
    value = page.get_by_label("Country: value")
    expect(page.get_by_label("Condition 1: about")).to_be_focused()
    value.press_sequentially("US", delay=60)
    expect(page.locator("#values-country option")).not_to_have_count(0)
    expect(value).to_have_value("US")
    page.get_by_label("Share of them").fill("40")
    page.get_by_label("Why").click()
    expect(page.locator("#segment [role=status]")).to_contain_text("held for 2 of 3 leads")
    page.get_by_role("button", name="Add a condition").click()
    expect(page.get_by_label("Condition 2: about")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    check()
    page.get_by_label("Remove condition 2").click()
    page.get_by_label("Why").fill("Are small companies worth it?")
    page.get_by_role("button", name="Start the trial").click()
    expect(page.get_by_text("is on trial for leads that come in from now on")).to_be_visible()
    expect(page.get_by_text("40% of the leads where country is US")).to_be_visible()
    check()

    trial = Trial.objects.get()
    Trial.objects.update(started_at=trial.started_at - dt.timedelta(hours=1))
    came_in(trial)
    page.reload()
    expect(page.get_by_role("heading", name="No difference beyond chance")).to_be_visible()
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.get_by_role("link", name="25%").first.click()
    expect(page.get_by_role("heading", name="Rejected by sales, on trial")).to_be_visible()
    check()
    page.go_back()
    page.get_by_label("Why you stop it").fill("Nothing to see")
    page.get_by_role("button", name="Stop and keep as a new draft").click()
    expect(page.get_by_text(f"is a copy of {draft} to go on with")).to_be_visible()
    check()
    page.get_by_role("link", name="How the trial went").click()
    expect(page.get_by_text("Nothing to see")).to_be_visible()
    check()
