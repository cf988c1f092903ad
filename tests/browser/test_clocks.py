"""Clocks in a real browser: every receipt on the lead's page, marketing's answer to what sales
returned, and the promises in the definition room."""

import copy
import datetime as dt
import os

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from leads.journey import breaching, responding
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import handed_over

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SHOTS = os.environ.get("SHOTS", "")
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def office(live_server):
    """Marketing in Berlin promises context and answers; the urgent tier keeps accept running in
    other hands."""
    document = copy.deepcopy(make.DEFINITION)
    document["marketing"] |= {"context": 120, "returned": 60}
    document["tiers"][0]["on_reassign"] = {"accept": "carry_on"}
    make.DefinitionVersionFactory(document=document, live=True)
    make.sdr_na()
    make.qualification()
    make.ReasonFactory(needs_work=True)
    make.ReasonFactory(moved=True)
    calendar = make.CalendarFactory(berlin=True)
    make.TeamFactory(key="marketing", kind="marketing", calendar=calendar, responsible=make.mara())
    return live_server.url


@pytest.fixture
def mara(page, office):
    person = make.mara()
    person.set_password("correct horse")
    person.save()
    page.goto(office)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    return office


def shot(page, name, look):
    if SHOTS:
        page.screenshot(
            path=f"{SHOTS}/{name}-{look}-{page.viewport_size['width']}.png", full_page=True
        )


def both_sizes(page, check, name, look):
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        check()
        shot(page, name, look)
    page.set_viewport_size(WIDE)


def test_every_clock_tells_its_receipt(page, mara, look, check, complaints):
    handoff = handed_over(company="", email="ana@gmail.com", domain="")
    other = make.ines() if handoff.owner == make.sam() else make.sam()
    moved = responding.reassign(
        handoff.pk, to=other, reason="wrong_territory", actor=handoff.owner,
        at=MONDAY + dt.timedelta(minutes=4),
    )  # fmt: skip
    touched = responding.touch(
        moved.pk, channel="call", next_step="Send the offer",
        next_step_due=MONDAY + dt.timedelta(days=1), actor=other,
        at=MONDAY + dt.timedelta(minutes=9),
    )  # fmt: skip
    breaching.sweep(at=MONDAY + dt.timedelta(days=1, minutes=1))
    page.goto(mara + reverse("leads:lead", args=[touched.lead_id]))
    card = page.get_by_role("region", name="Clocks")
    closed = card.locator("details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    expect(card).to_contain_text("accept carries on")
    expect(card).to_contain_text("In other hands it carries on.")
    expect(card).to_contain_text("Promised: Send the offer")
    expect(card).to_contain_text("Missing context")
    both_sizes(page, check, "clocks", look)


def test_marketing_answers_what_sales_returned(page, mara, look, check, complaints):
    handoff = handed_over()
    responding.return_to_marketing(
        handoff.pk, reason="missing_context", missing=["company"], actor=handoff.owner,
        at=MONDAY + dt.timedelta(minutes=5),
    )  # fmt: skip
    page.goto(mara + reverse("leads:returned"))
    expect(page.get_by_role("row").last).to_contain_text("Answer to sales")
    both_sizes(page, check, "returned", look)
    page.goto(mara + reverse("leads:lead", args=[handoff.lead_id]))
    both_sizes(page, check, "returned-lead", look)
    page.get_by_role("button", name="Give back to sales").click()
    expect(page.get_by_role("region", name="Clocks")).to_contain_text("Given back by marketing")


def test_the_room_takes_the_promises(page, mara, look, check, complaints):
    draft = make.DefinitionVersionFactory()
    page.goto(mara + reverse("room", args=[draft.number]) + "?edit=marketing#marketing")
    page.get_by_label("Complete missing context within").fill("240")
    page.get_by_label("Answer a returned lead within").fill("60")
    both_sizes(page, check, "room-marketing", look)
    page.locator("#marketing").get_by_role("button", name="Keep").click()
    half = page.locator("#marketing")
    expect(half).to_contain_text("What sales returns is answered within 60 min")
    page.goto(mara + reverse("room", args=[draft.number]) + "?edit=tiers-1#tiers")
    page.get_by_label("Accepted: on a change of hands").select_option("carry_on")
    both_sizes(page, check, "room-tier", look)


def test_both_halves_show_what_marketing_promised_besides(page, mara, look, check, complaints):
    at = timezone.now() - dt.timedelta(days=1)
    handoff = make.HandoffFactory(triggered_at=at, made_at=at)
    over = {"state": "met", "ended_at": at + dt.timedelta(hours=2)}
    make.ClockFactory(handoff=handoff, kind="context", started_at=at, **over)
    make.ClockFactory(
        handoff=handoff, kind="returned", started_at=at, breached_at=over["ended_at"], **over
    )
    page.goto(mara + reverse("reviews:sla"))
    card = page.get_by_role("region", name="Marketing, after the hand-over")
    expect(card).to_contain_text("Returned leads answered in time")
    both_sizes(page, check, "besides", look)
    card.get_by_role("row").last.get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 lead")
