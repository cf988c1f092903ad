"""Lena looks after her teams, Sam takes a day off and a pause: by hand, by keyboard, on a phone."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from handoff.models import Absence, Membership
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def office(live_server):
    """The agreement in force; Sam owns a lead due tomorrow, another waits for an owner."""
    make.agreement_in_force()
    at = timezone.now()
    make.HandoffFactory(
        lead__first_name="Ana", made_at=at, triggered_at=at, due_at=at + dt.timedelta(days=2)
    )
    make.HandoffFactory(unowned=True, made_at=at, triggered_at=at)
    make.AbsenceFactory(user=make.ines(), starts_at=at - dt.timedelta(days=1), ends_at=at)
    Membership.objects.filter(user=make.ines()).update(territories=["DE"], max_open=40)
    return live_server.url


def sign_in(page, office, person):
    person.set_password("correct horse")
    person.save()
    page.goto(office)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_attached()


def test_a_manager_changes_a_member_and_enters_time_off(page, office, complaints, check):
    sign_in(page, office, make.lena())
    page.get_by_role("link", name="Teams").first.click()
    check()
    page.get_by_role("link", name="SDR North America").click()
    check()
    page.get_by_role("link", name=re.compile("Change.*Sam")).click()
    check()
    page.get_by_label("Share of turns").fill("2")
    page.get_by_role("button", name="See the change").click()
    expect(page.get_by_text("Share of turns: 1 → 2")).to_be_visible()
    check()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Saved Sam")).to_be_visible()
    page.get_by_role("link", name="Time off", exact=True).click()
    check()
    page.get_by_label("Who").select_option(label=str(make.sam()))
    page.get_by_label("First day").fill(f"{timezone.localdate() + dt.timedelta(days=1)}")
    page.get_by_label("Last day").fill(f"{timezone.localdate() + dt.timedelta(days=4)}")
    page.get_by_role("button", name="Enter time off").click()
    expect(page.get_by_role("heading", name=re.compile("Due while"))).to_be_visible()
    check()
    assert Absence.objects.filter(user=make.sam()).count() == 1


def test_a_rep_takes_a_pause_and_a_day_off(page, office, complaints, check):
    sign_in(page, office, make.sam())
    page.locator("summary", has_text="your account").click()
    check()
    page.get_by_role("button", name="No leads for 1 hour").click()
    expect(page.get_by_text("You take no leads until")).to_be_visible()
    check()
    page.get_by_role("link", name=re.compile("Not taking leads")).click()
    check()
    page.get_by_role("button", name="Take leads again").last.click()
    expect(page.get_by_text("You take leads again")).to_be_visible()
    page.get_by_label("First day").fill(f"{timezone.localdate() + dt.timedelta(days=20)}")
    page.get_by_label("It ends").select_option("midday")
    page.get_by_role("button", name="Enter time off").click()
    expect(page.get_by_text("You are away: ")).to_be_visible()
    check()
    page.get_by_role("button", name=re.compile("Cancel")).first.click()
    expect(page.get_by_text("Cancelled.", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_for_everyone(page, office, complaints, check, width):
    sign_in(page, office, make.lena())
    page.set_viewport_size({"width": width, "height": 900})
    team = make.sdr_na()
    member = team.memberships.first()
    for name, args in (
        ("leads:teams", ()),
        ("leads:roster", (team.key,)),
        ("leads:team-changes", (team.key,)),
        ("leads:member", (team.key, member.pk)),
        ("leads:member-add", (team.key,)),
        ("leads:responsible", (team.key,)),
        ("leads:team-time-off", (team.key,)),
        ("leads:hand-on", (make.sam().pk,)),
        ("leads:time-off", ()),
        ("calendars", ()),
        ("calendar", (team.calendar.key,)),
    ):
        assert page.goto(office + reverse(name, args=args)).status == 200, name
        check()
    page.goto(office + reverse("leads:roster", args=[team.key]))
    spills = "[...document.querySelectorAll('.week td')].some(e => e.scrollWidth > e.clientWidth)"
    assert not page.evaluate(spills)
