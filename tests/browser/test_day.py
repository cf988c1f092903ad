"""A rep's whole day in a real browser: with the keyboard alone, and with a thumb at 390 px."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Handoff
from tests import factories as make
from tests.browser.keys import key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

NAMES = ("Ana", "Bo", "Cy", "Dee", "Eve", "Flo")


@pytest.fixture
def office(live_server):
    """The agreement in force, Sam with a password and six leads waiting with him."""
    make.agreement_in_force()
    sam = make.sam()
    sam.set_password("correct horse")
    sam.save()
    at = timezone.now()
    for hours, name in enumerate(NAMES, 1):
        due = at + dt.timedelta(hours=hours)
        handoff = make.HandoffFactory(
            lead__first_name=name, lead__last_name="Doe", made_at=at, triggered_at=at, due_at=due
        )
        make.ClockFactory(handoff=handoff, started_at=at, due_at=due)
        make.ClockFactory(handoff=handoff, kind="first_touch", started_at=at, due_at=due)
        make.AssignmentFactory(handoff=handoff)
    return live_server.url


@pytest.fixture
def queue(page, office):
    page.goto(office)
    page.get_by_label("Email").fill("sam@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[data-row]")).to_have_count(6)
    return page


def stands(name):
    found = Handoff.objects.filter(lead__first_name=name).latest("pk")
    return found.state, found.disposition


def at_row(page, name):
    """Go down to a row with the keyboard alone."""
    for _ in range(len(NAMES) + 1):
        cursor = page.locator("[data-row].is-cursor")
        if cursor.count() and name in cursor.inner_text():
            return
        key(page, "j" if not cursor.count() or not _passed(cursor, name) else "k")
    raise AssertionError(f"{name} is not in the list")


def _passed(cursor, name):
    there = next(one for one in NAMES if one in cursor.inner_text())
    return there > name


def said(page, text):
    expect(page.locator("#said")).to_contain_text(text)


def test_a_whole_day_with_the_keyboard_alone(queue, complaints):
    page = queue
    at_row(page, "Ana")
    key(page, "a")
    said(page, "Accepted Ana Doe")

    at_row(page, "Bo")
    key(page, "r")
    expect(page.get_by_role("heading", name=re.compile("Bo Doe"))).to_be_visible()
    expect(page.locator("details.menu[open] [data-picks]")).to_be_visible()
    reason = page.locator("details.menu[open] label", has_text="Out of segment")
    expect(reason).to_contain_text("goes to nurture")
    key(page, reason.locator("kbd").inner_text().lower())
    said(page, "Rejected Bo Doe")
    expect(page.get_by_role("heading", name="My queue")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(5)
    assert stands("Bo") == ("rejected", "")

    key(page, "z")
    said(page, "Taken back. Bo Doe")
    expect(page.locator("[data-row]")).to_have_count(6)
    assert stands("Bo") == ("waiting", "")

    at_row(page, "Cy")
    key(page, "Enter")
    expect(page.get_by_role("heading", name=re.compile("Cy Doe"))).to_be_visible()
    key(page, "a")
    said(page, "Accepted Cy Doe")
    key(page, "t")
    expect(page.get_by_label("How did you reach out?")).to_be_focused()
    page.get_by_label("Next step").focus()
    page.keyboard.type("Send the sample report")
    key(page, "Enter")
    said(page, "The next step is promised for")
    key(page, "e")
    expect(page.locator("details.menu[open] [data-picks]")).to_be_visible()
    key(page, "2")
    said(page, "Saved: converted")
    assert stands("Cy") == ("closed", "converted")

    key(page, "g", "q")
    expect(page.get_by_role("heading", name="My queue")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(5)


def test_several_at_once_with_the_keyboard(queue, complaints, check):
    page = queue
    at_row(page, "Ana")
    key(page, "x")
    at_row(page, "Bo")
    key(page, "x")
    expect(page.locator("#bulk")).to_contain_text("2 picked")
    check()
    key(page, "r")
    expect(page.get_by_role("heading", name="Reject 2 leads")).to_be_visible()
    check()
    reason = page.locator("[data-asking] label", has_text="Out of segment")
    key(page, reason.locator("kbd").inner_text().lower())
    expect(page.get_by_role("heading", name="2 rejected")).to_be_visible()
    check()
    key(page, "z")
    expect(page.get_by_role("heading", name="2 taken back")).to_be_visible()
    key(page, "n")
    expect(page.locator("[data-row]")).to_have_count(6)


def test_rows_from_one_to_another_with_shift_and_all_with_one_box(queue, complaints):
    page = queue
    page.get_by_label("Pick Ana Doe").click()
    page.get_by_label("Pick Dee Doe").click(modifiers=["Shift"])
    expect(page.locator("#bulk")).to_contain_text("4 picked")
    page.get_by_label("Pick all on this page").click()
    expect(page.locator("#bulk")).to_contain_text("6 picked")
    key(page, "Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_a_reason_that_asks_for_a_date_waits_for_it(queue, complaints):
    page = queue
    at_row(page, "Ana")
    key(page, "r")
    reason = page.locator("details.menu[open] label", has_text="Wrong timing")
    expect(reason).to_contain_text("until the date, then back by itself")
    key(page, reason.locator("kbd").inner_text().lower())
    expect(page.locator("details.menu[open]").get_by_label("Not before")).to_be_focused()
    page.locator("details.menu[open]").get_by_role("button", name="Next quarter").click()
    key(page, "Enter")
    said(page, "Rejected Ana Doe")
    assert stands("Ana") == ("rejected", "")


def test_the_list_of_keys_tells_what_works_here_and_leads_to_places(queue, complaints, check):
    page = queue
    key(page, "?")
    keys = page.get_by_role("dialog")
    expect(keys.get_by_text("Reject, and the key of the reason")).to_be_visible()
    expect(keys.get_by_text("Move a rule of a draft up or down")).to_be_hidden()
    expect(keys.get_by_text("Undo what you just answered")).to_be_hidden()
    check()
    keys.get_by_role("link", name="Playbook").click()
    expect(page.get_by_role("heading", name="Playbook", level=1)).to_be_visible()
    key(page, "g", "t")
    expect(page.get_by_role("heading", name="SDR North America")).to_be_visible()


def test_a_whole_day_with_a_thumb(queue, complaints, check):
    page = queue
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name=re.compile("Ana Doe")).click()
    accept = page.locator(".actionbar").get_by_role("button", name="Accept", exact=False).first
    expect(accept).to_be_in_viewport()
    assert accept.bounding_box()["height"] >= 44
    accept.click()
    said(page, "Accepted Ana Doe")
    page.locator("summary", has_text="Log touch").click()
    check()
    page.get_by_label("Next step").fill("Call again")
    page.locator(".menu[open]").get_by_label("In 3 days").check()
    page.get_by_role("button", name="Log it").click()
    said(page, "The next step is promised for")
    page.locator("summary", has_text="How it ended").click()
    page.locator(".menu[open] label", has_text="No response").first.click()
    page.get_by_role("button", name="Save").click()
    said(page, "Saved: no response")
    page.get_by_role("button", name="Undo").click()
    said(page, "is being worked again")
    check()

    page.goto(page.url.split("/leads/")[0] + "/queue/")
    page.get_by_label("Pick Bo Doe").check()
    page.get_by_label("Pick Cy Doe").check()
    bar = page.locator("#bulk")
    expect(bar).to_be_in_viewport()
    check()
    bar.get_by_role("button", name="Nurture until…").click()
    page.get_by_role("button", name="Next month").click()
    page.locator("[data-asking] label", has_text="Wrong timing").click()
    check()
    page.get_by_role("button", name="Send 2 leads to nurture").click()
    expect(page.get_by_role("heading", name="2 sent to nurture")).to_be_visible()
    check()
    assert stands("Bo") == ("rejected", "")


def test_the_offer_goes_after_ten_seconds(queue, complaints):
    page = queue
    page.clock.install()
    at_row(page, "Ana")
    key(page, "a")
    said(page, "Accepted Ana Doe")
    expect(page.locator("[data-undo]")).to_be_visible()
    page.clock.run_for(12_000)
    expect(page.locator("[data-undo]")).to_have_count(0)
    said(page, "Accepted Ana Doe")


def test_answering_and_undoing_without_a_script(browser, queue, office, page):
    context = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(office + "/queue/")
    plain.get_by_label("Pick Ana Doe").check()
    plain.get_by_label("Pick Bo Doe").check()
    plain.get_by_role("button", name="Reject… R").click()
    plain.get_by_label("Out of segment").check()
    plain.get_by_role("button", name="Reject 2 leads").click()
    expect(plain.get_by_role("heading", name="2 rejected")).to_be_visible()
    plain.get_by_role("button", name="Undo").click()
    expect(plain.get_by_role("heading", name="2 taken back")).to_be_visible()
    context.close()
