"""A rep's own page in a real browser: figures, what they open, and what a rejection changed."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff import publishing
from leads.journey import citing
from leads.models import Handoff
from tests import factories as make
from tests.browser.keys import key
from tests.reviews.backtesting import stricter
from tests.reviews.test_effects import handed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def office(live_server):
    """Sam rejected five of thirty leads a week before a version answers it, one of thirty since."""
    now = timezone.now()
    day = dt.timedelta(days=1)
    for part in (make.sdr_na, make.qualification, make.ReasonFactory, make.TrackFactory):
        part()
    first = make.DefinitionVersionFactory()
    former = publishing.publish(first, actor=make.mara(), at=now - 40 * day, reason="The first")
    make.agreement_in_force()
    for person in (make.sam(), make.mara()):
        person.set_password("correct horse")
        person.save()
    handed(former, now - 20 * day, accepted=25, rejected=5)
    Handoff.objects.filter(state="rejected").update(answered_by=make.sam(), ended_at=now - 20 * day)
    draft = stricter()
    citing.cite(draft, ["out_of_segment"], actor=make.mara(), at=now - 15 * day)
    done = publishing.publish(draft, actor=make.mara(), at=now - 14 * day, reason="Too small")
    handed(done, now - 7 * day, accepted=29, rejected=1)
    return live_server.url


def sign_in(page, address, who):
    page.goto(address)
    page.get_by_label("Email").fill(f"{who}@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)
    expect(page.get_by_role("banner")).to_be_visible()


def test_a_rep_reads_their_figures_and_opens_them(page, office, complaints, check):
    sign_in(page, office, "sam")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("My queue")
    key(page, "g")
    key(page, "h")
    expect(heading).to_have_text("Your figures, and what you changed")
    page.locator("summary").filter(has_text="your account").click()
    page.get_by_role("link", name="Your figures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your figures, and what you changed")
    expect(page.get_by_role("table")).to_contain_text("90%")
    expect(page.get_by_text("You rejected 5 leads as “Out of segment”.")).to_be_visible()
    expect(page.locator("#feedback")).to_contain_text("17% (n 30) → 3% (n 30)")
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.get_by_text("How these are counted").click()
    expect(page.get_by_text("Which leads", exact=True)).to_be_visible()
    check()
    accepted = page.get_by_role("row", name=re.compile("^Accepted"))
    accepted.get_by_role("link", name="54").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accepted: 54 leads")
    check()
    page.go_back()
    page.get_by_role("link", name="5 of them yours").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("5 leads")
    check()


def test_marketing_says_what_a_draft_answers(page, office, complaints, check):
    Handoff.objects.filter(state="rejected", answered_by=None).update(
        answered_by=make.sam(), ended_at=timezone.now() - dt.timedelta(days=1)
    )
    sign_in(page, office, "mara")
    page.goto(f"{office}/definition/rejections/")
    expect(page.get_by_role("heading", level=1)).to_have_text("What sales rejects")
    check()
    page.get_by_role("button", name="Begin a draft that answers Out of segment").click()
    expect(page.get_by_text("is a draft that answers 1 rejection")).to_be_visible()
    page.get_by_role("link", name="What it answers", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("answers")
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.get_by_role("checkbox", name="Out of segment").uncheck()
    page.get_by_role("button", name=re.compile("^Keep what")).click()
    expect(page.get_by_text("answers no rejections now.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Publish")).click()
    expect(page.get_by_text("Nothing said yet.")).to_be_visible()
    check()
