"""A rep reads the turns of the team and why a lead went to a colleague, in any look and size."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from handoff.models import Membership
from leads.journey import owning, responding
from leads.models import Handoff
from tests import factories as make
from tests.browser.test_people import sign_in
from tests.leads.arriving import DEMO, handed_over

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def office(live_server):
    """A week of leads, one of them misrouted, one taken from who missed it; Otto serves Canada."""
    make.agreement_in_force()
    team = make.sdr_na()
    make.MembershipFactory(team=team, user=make.otto(), territories=["CA"], weight=2)
    team.memberships.update(calendar=make.CalendarFactory(round_the_clock=True))
    Membership.objects.filter(user=make.sam()).update(weight=3)
    start = timezone.now() - dt.timedelta(hours=3)
    touch = {**DEMO, "occurred_at": (start - dt.timedelta(minutes=5)).isoformat()}
    for number in range(9):
        at = start + dt.timedelta(minutes=number)
        country = "CA" if number % 4 == 3 else "US"
        handoff = handed_over(at=at, country=country, touchpoints=[touch], role="CFO")
        if number == 4:
            reason = "wrong_territory"
            responding.reject(handoff.pk, reason=reason, actor=handoff.owner, at=at)
    owning.take_away(handoff.pk, at=timezone.now())
    return live_server.url


def test_a_rep_reads_why_not_they(page, office, complaints, check):
    sign_in(page, office, make.ines())
    handoff = Handoff.objects.filter(owner=make.sam(), ended_at=None).first()
    page.goto(office + reverse("leads:lead", args=[handoff.lead_id]))
    page.get_by_role("link", name=re.compile("Rule by rule")).click()
    expect(page.get_by_text(re.compile("You were .* in turn"))).to_be_visible()
    check()
    page.get_by_role("link", name="Turns in SDR North America").click()
    expect(page.get_by_role("heading", name="Turns in SDR North America")).to_be_visible()
    page.get_by_label("Period").last.select_option("week")
    page.get_by_role("button", name="Show").click()
    check()
    page.get_by_role("row").filter(has_text="Ines").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Turns of Ines Ferro")).to_be_visible()
    check()


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_for_everyone(page, office, complaints, check, width):
    sign_in(page, office, make.lena())
    page.set_viewport_size({"width": width, "height": 900})
    team = make.sdr_na()
    moved = Handoff.objects.last()
    for name, args in (
        ("leads:turns", (team.key,)),
        ("leads:turns-of", (team.key, team.memberships.get(user=make.sam()).pk)),
        ("leads:why", (moved.pk,)),
    ):
        assert page.goto(office + reverse(name, args=args)).status == 200, name
        check()
