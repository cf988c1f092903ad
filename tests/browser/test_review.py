"""A joint review in real browsers: one presents, two take part on pages of their own, one of them
late; the presenter's browser is gone and another takes over."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from reviews.meetings import planning
from reviews.models import Meeting
from tests import factories as make
from tests.browser.keys import key
from tests.browser.test_own import sign_in
from tests.reviews.meeting import seats, series
from tests.reviews.test_effects import handed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

DAY = dt.timedelta(days=1)
SCREEN = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def office(live_server):
    """Thirty hand-overs since the last time, forty before; a review that is about to begin."""
    make.agreement_in_force()
    for person in (make.mara(), make.sam(), make.ines()):
        person.set_password("correct horse")
        person.save()
    now = timezone.now()
    made = planning.keep_series(series(), seats(), actor=make.mara(), at=now)
    Meeting.objects.filter(pk=made.pk).update(starts_at=now, since=now - 14 * DAY, until=now)
    live = make.live_version()
    handed(live, now - 3 * DAY, accepted=18, rejected=12)
    handed(live, now - 17 * DAY, accepted=38, rejected=2)
    return live_server.url


@pytest.fixture
def another(browser, office, browser_context_args):
    """Opens a browser of its own for somebody, signed in."""
    opened = []

    def open_for(who, viewport):
        context = browser.new_context(**{**browser_context_args, "viewport": viewport})
        opened.append(context)
        page = context.new_page()
        sign_in(page, office, who)
        return page

    yield open_for
    for context in opened:
        context.close()


def test_a_review_goes_on_when_its_presenter_is_gone(page, office, another, complaints, check):
    mara = another("mara", SCREEN)
    mara.goto(f"{office}/reviews/1/screen/")
    key(mara, "b")
    expect(mara.get_by_role("heading", level=1)).to_have_text("Nothing is open from last time")
    sam = another("sam", PHONE)
    sam.goto(f"{office}/reviews/1/")
    expect(sam.get_by_text("Mara Lindqvist is presenting")).to_be_visible()

    key(mara, "1")
    expect(mara.get_by_role("heading", level=1)).to_have_text("Both halves of the agreement")
    expect(mara.get_by_role("timer")).to_contain_text(re.compile(r"(10:00|9:\d\d)"))
    expect(sam.get_by_role("heading", name="1. SLA performance")).to_be_visible()
    expect(sam.get_by_role("timer")).to_contain_text(re.compile(r"9:\d\d"))

    key(mara, "2")
    expect(mara.get_by_role("heading", level=1)).to_have_text("How sales answered")
    expect(mara.get_by_role("row", name=re.compile("^Rejected")).first).to_contain_text("40%")
    expect(mara.get_by_role("row", name=re.compile("^Rejected")).first).to_contain_text(
        "more than chance"
    )
    key(mara, "m")
    mara.get_by_label("What was decided").fill("Ask for the size on every form")
    mara.get_by_role("button", name="Write it down").click()
    expect(mara.get_by_text("It stands in the minutes.")).to_be_visible()

    sign_in(page, office, "ines")
    page.goto(f"{office}/reviews/1/")
    expect(page.get_by_role("heading", name="2. Disposition trends")).to_be_visible()
    check()
    page.set_viewport_size(PHONE)
    check()
    expect(mara.get_by_role("list", name="Who is there")).to_contain_text("Ines")
    mara.context.close()

    page.set_viewport_size(SCREEN)
    page.goto(f"{office}/reviews/1/screen/")
    expect(page.get_by_role("heading", level=1)).to_have_text("How sales answered")
    key(page, "o")
    expect(page.get_by_text("You are presenting.")).to_be_visible()
    check()
    key(page, "3")
    expect(page.get_by_role("heading", level=1)).to_have_text("What should change?")
    expect(sam.get_by_role("heading", name="3. Definition changes")).to_be_visible()
    check()
    key(page, "t")
    page.get_by_label("What is to be done").fill("Change the form")
    page.get_by_label("By whom").select_option(label="Sam Ortiz")
    page.get_by_role("button", name="Give it to them").click()
    expect(sam.get_by_text("Change the form")).to_be_visible()
    page.get_by_role("button", name="End and mail the minutes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Minutes of joint review 1")
    expect(page.get_by_text("Ask for the size on every form")).to_be_visible()
    expect(page.get_by_text("Ines Ferro took over from Mara Lindqvist.")).to_be_visible()
    check()
    page.set_viewport_size(PHONE)
    check()
    expect(sam.get_by_text("This review is over")).to_be_visible()
    sam.get_by_role("button", name="Done: Change the form").click()
    expect(sam.get_by_text("Done. It can be opened again")).to_be_visible()


def test_who_loses_the_screen_is_told(page, office, another, complaints):
    sign_in(page, office, "mara")
    page.goto(f"{office}/reviews/1/screen/")
    key(page, "b")
    expect(page.get_by_text("You are presenting.")).to_be_visible()
    sam = another("sam", SCREEN)
    sam.goto(f"{office}/reviews/1/screen/")
    sam.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("Sam Ortiz took over from Mara Lindqvist.")).to_be_visible()
    expect(page.get_by_role("button", name="Take over")).to_be_visible()


def test_a_series_is_planned_by_hand(page, office, complaints, check):
    sign_in(page, office, "mara")
    page.goto(f"{office}/reviews/")
    check()
    page.get_by_role("link", name="Plan a series").click()
    check()
    page.get_by_label("Who chairs it").select_option(label="Mara Lindqvist")
    page.get_by_label("Find somebody").fill("ortiz")
    expect(page.get_by_label("Side of Ines Ferro")).to_be_hidden()
    page.get_by_role("checkbox", name="Sam Ortiz").check()
    page.get_by_label("Side of Sam Ortiz").select_option("sales")
    page.get_by_label("Find somebody").fill("")
    expect(page.get_by_label("Side of Mara Lindqvist")).to_have_value("marketing")
    page.get_by_role("button", name="Save and invite").click()
    expect(page.get_by_text("Joint review 2 is planned, and everybody is invited.")).to_be_visible()
    check()
    page.set_viewport_size(PHONE)
    check()
    page.get_by_role("link", name="Joint review 2").click()
    check()
    page.get_by_role("link", name="Move or cancel").click()
    check()
    page.goto(f"{office}/reviews/actions/")
    check()
