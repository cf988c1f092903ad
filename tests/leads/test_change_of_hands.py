"""What clocks do when a lead changes hands: as the tier says, and the receipt tells."""

import copy
import datetime as dt

import pytest
from django.urls import reverse

from leads.journey import breaching, responding
from leads.models import Handoff
from tests.factories import (
    DEFINITION,
    MONDAY,
    DefinitionVersionFactory,
    ReasonFactory,
    ines,
    qualification,
    sam,
    sdr_na,
)
from tests.leads.arriving import handed_over

pytestmark = pytest.mark.django_db

LATER = MONDAY + dt.timedelta(minutes=6)


def lead(**on_reassign):
    """A hand-over under a tier with this policy."""
    document = copy.deepcopy(DEFINITION)
    document["tiers"][0]["on_reassign"] = on_reassign
    DefinitionVersionFactory(document=document, live=True)
    sdr_na()
    qualification()
    ReasonFactory(moved=True)
    return handed_over()


def given(handoff, at=LATER):
    other = ines() if handoff.owner == sam() else sam()
    return responding.reassign(
        handoff.pk, to=other, reason="wrong_territory", actor=handoff.owner, at=at
    )


def clock(handoff, kind):
    return handoff.clocks.filter(kind=kind).last()


def whys(one):
    return [row["why"] for row in one.receipt]


def is_whole(one):
    """Whether the receipt's counted minutes sum to the target, and it ends at the deadline."""
    ends = dt.datetime.fromisoformat(one.receipt[-1]["to"])
    return sum(row["minutes"] for row in one.receipt) == one.minutes and ends == one.due_at


def test_by_default_accept_starts_anew_and_first_touch_carries_on():
    handoff = given(lead())
    accept, touch = clock(handoff, "accept"), clock(handoff, "first_touch")
    assert (accept.started_at, accept.due_at) == (LATER, LATER + dt.timedelta(minutes=15))
    assert whys(accept)[0] == f"Reassigned to {handoff.owner}; this clock starts anew"
    assert touch.started_at == MONDAY and touch.due_at == MONDAY + dt.timedelta(minutes=30)
    assert f"Reassigned to {handoff.owner}; first touch carries on" in whys(touch)
    assert is_whole(accept) and is_whole(touch)


def test_a_tier_may_say_otherwise():
    handoff = given(lead(accept="carry_on", first_touch="restart"))
    accept, touch = clock(handoff, "accept"), clock(handoff, "first_touch")
    assert accept.due_at == MONDAY + dt.timedelta(minutes=15)
    assert any("accept carries on" in why for why in whys(accept))
    assert (touch.started_at, touch.due_at) == (LATER, LATER + dt.timedelta(minutes=30))
    assert handoff.clocks.filter(kind="first_touch", state="stopped").count() == 1
    assert is_whole(accept) and is_whole(touch)


def test_who_gets_an_accepted_lead_has_to_accept_it_whatever_the_tier_says():
    handoff = lead(accept="carry_on")
    responding.accept(handoff.pk, how="in_discovery", actor=handoff.owner, at=MONDAY)
    moved = given(Handoff.objects.get(pk=handoff.pk))
    assert moved.state == "waiting"
    assert clock(moved, "accept").started_at == LATER


def test_a_first_touch_that_was_made_is_not_owed_again():
    handoff = lead(first_touch="restart", follow_up="restart")
    responding.touch(
        handoff.pk, channel="call", next_step="Call", next_step_due=MONDAY.replace(day=15),
        actor=handoff.owner, at=MONDAY,
    )  # fmt: skip
    moved = given(Handoff.objects.get(pk=handoff.pk))
    assert moved.clocks.filter(kind="first_touch").count() == 1
    assert clock(moved, "follow_up").started_at == LATER
    step = clock(moved, "next_step")
    assert step.state == "running" and any("next step carries on" in why for why in whys(step))


def test_a_note_from_after_the_deadline_says_so_and_ends_no_receipt_elsewhere():
    handoff = lead()
    late = MONDAY + dt.timedelta(minutes=40)
    breaching.sweep(at=late)
    touch = clock(given(Handoff.objects.get(pk=handoff.pk), at=late), "first_touch")
    assert "after the deadline" in whys(touch)[-1] and is_whole(touch)


def test_the_lead_page_tells_the_policy(client):
    handoff = given(lead(accept="carry_on"))
    client.force_login(handoff.owner)
    page = client.get(reverse("leads:lead", args=[handoff.lead_id])).content.decode()
    assert "In other hands it carries on." in page and "Definition v" in page
