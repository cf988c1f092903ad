"""A rep's morning in a real browser: sign in, queue, next lead, accept, touch, how it ended."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Handoff
from tests import factories as make
from tests.browser.keys import key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def office(live_server):
    """The agreement in force, Sam with a password, and three leads waiting."""
    make.agreement_in_force()
    sam = make.sam()
    sam.set_password("correct horse")
    sam.save()
    at = timezone.now()
    for minutes, name, owner in ((-7, "Marcus", sam), (6, "Ana", None), (300, "Keiko", sam)):
        handoff = make.HandoffFactory(
            lead__first_name=name, lead__last_name="Doe", owner=owner, made_at=at, triggered_at=at,
            due_at=at + dt.timedelta(minutes=minutes), assigned_at=at if owner else None,
        )  # fmt: skip
        make.TouchpointFactory(lead=handoff.lead, occurred_at=at - dt.timedelta(minutes=9))
        make.ClockFactory(handoff=handoff, started_at=at, due_at=handoff.due_at)
        make.ClockFactory(handoff=handoff, kind="first_touch", minutes=60.0, started_at=at)
        make.AssignmentFactory(handoff=handoff)
    return live_server.url


@pytest.fixture
def signed_in(page, office):
    page.goto(office)
    page.get_by_label("Email").fill("sam@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My queue")).to_be_visible()
    return office


def test_the_way_of_a_lead_through_a_reps_hands(page, office, complaints, check):
    page.goto(office)
    check()
    page.get_by_label("Email").fill("sam@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="My queue")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[data-row]").first).to_contain_text("7 min late")
    check()

    page.get_by_role("button", name="Next lead").click()
    expect(page.get_by_role("heading", name=re.compile("Ana Doe"))).to_be_visible()
    expect(page.get_by_text("is yours now")).to_be_visible()
    check()

    page.get_by_role("button", name="Accept", exact=False).first.click()
    expect(page.get_by_text("Accepted Ana Doe")).to_be_visible()
    page.get_by_text("Log touch…").click()
    check()
    page.get_by_label("How did you reach out?").select_option("call")
    page.get_by_label("Next step").fill("Send the sample report")
    page.get_by_label("When").fill("2031-10-20T10:00")
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("Logged.", exact=False)).to_be_visible()

    page.get_by_text("How it ended…").click()
    page.get_by_label("Converted").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: converted")).to_be_visible()
    check()
    handoff = Handoff.objects.get(lead__first_name="Ana")
    assert (handoff.state, handoff.disposition, handoff.channel) == ("closed", "converted", "call")


def test_all_of_it_with_the_keyboard_alone(page, signed_in, complaints, look):
    key(page, "j")
    key(page, "j")
    expect(page.locator("[data-row].is-cursor")).to_contain_text("Keiko")
    key(page, "k")
    key(page, "Enter")
    expect(page.get_by_role("heading", name=re.compile("Marcus Doe"))).to_be_visible()
    key(page, "a")
    expect(page.get_by_text("Accepted Marcus Doe")).to_be_visible()
    key(page, "t")
    expect(page.get_by_label("How did you reach out?")).to_be_focused()
    key(page, "Escape")
    expect(page.get_by_label("How did you reach out?")).to_be_hidden()
    key(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    key(page, "Escape")
    key(page, "/")
    page.keyboard.type("nnn")
    expect(page.locator(".topbar-search input")).to_have_value("nnn")


def test_the_keys_rest_when_a_person_turns_them_off(page, signed_in, complaints):
    make.sam().__class__.objects.filter(email="sam@northwind.example").update(shortcuts=False)
    page.reload()
    key(page, "?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_new_leads_wait_behind_a_bar_and_rows_stay_where_they_are(page, signed_in, complaints):
    page.evaluate("window.stayed = true")
    page.get_by_label(re.compile("Pick Marcus")).check()
    at = timezone.now() + dt.timedelta(seconds=1)
    make.HandoffFactory(lead__first_name="Fresh", made_at=at, assigned_at=at, due_at=at)
    bar = page.get_by_role("button", name=re.compile("1 new since"))
    expect(bar).to_be_visible(timeout=20_000)
    expect(page.locator("[data-row]")).to_have_count(2)
    bar.click()
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(page.get_by_label(re.compile("Pick Marcus"))).to_be_checked()
    expect(page.get_by_text("1 picked")).to_be_visible()
    assert page.evaluate("window.stayed")


def test_it_works_on_a_phone(page, signed_in, complaints, check):
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.get_by_role("link", name=re.compile("Marcus Doe")).click()
    expect(page.get_by_role("button", name="Accept", exact=False).first).to_be_in_viewport()
    check()
    page.get_by_text("Reject…").click()
    check()


def test_nothing_for_axe_to_find(page, signed_in, complaints, check):
    for address in (
        "/leads/", "/leads/add/", "/notifications/", "/settings/", "/playbook/", "/queue/returned/",
        "/queue/team/sdr-na/", "/queue/follow-ups/", "/queue/unsaid/",
    ):  # fmt: skip
        page.goto(signed_in + address)
        check()


def test_headings_of_a_list_stand_over_their_columns(page, signed_in):
    page.goto(signed_in + "/leads/")
    rows = ("thead tr", "tbody tr:first-child")
    headings, cells = (page.locator(f"table {row} > *") for row in rows)
    assert headings.count() == cells.count() == 7
    for heading, cell in zip(headings.all(), cells.all(), strict=True):
        over, under = heading.bounding_box(), cell.bounding_box()
        assert (over["x"], over["width"]) == (under["x"], under["width"])
        assert over["y"] < under["y"]


def test_nothing_for_axe_to_find_in_marketings_rooms(page, office, complaints, check):
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    make.ApprovalFactory()
    broken = make.DeliveryFactory(quarantined=True)
    file = make.ImportBatchFactory(state="running", rows=10, created=4)
    page.goto(office)
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    for address in (
        "/queue/approval/", "/queue/qualification/", "/quarantine/", f"/deliveries/{broken.pk}/",
        "/imports/", f"/imports/{file.pk}/", "/leads/", "/accounts/password/change/",
    ):  # fmt: skip
        page.goto(office + address)
        check()


def test_nothing_for_axe_to_find_before_sign_in(page, office, complaints, check):
    for address in (
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
    ):
        page.goto(office + address)
        check()


def test_it_works_without_a_script(browser, signed_in, page):
    context = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(signed_in + "/queue/")
    plain.get_by_role("link", name=re.compile("Marcus Doe")).click()
    plain.locator("summary", has_text="Reject").click()
    plain.locator(".menu[open]").get_by_label("Out of segment").check()
    plain.locator("#id_reject-note").fill("Students")
    plain.get_by_role("button", name="Reject", exact=True).click()
    expect(plain.get_by_text("Rejected Marcus Doe")).to_be_visible()
    context.close()
