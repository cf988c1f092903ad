"""The narrow row beside each hand-over says what it and its clocks say, whoever wrote them."""

import datetime as dt

import pytest

from leads.journey import breaching, owning, responding
from leads.models import Clock, Handoff, Promise
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


def test_it_follows_a_lead_from_hand_over_to_touch():
    agreement()
    handoff = handed_over()
    kept = Promise.objects.get(handoff=handoff)
    running = handoff.clocks.get(kind="first_touch")
    assert (kept.owner_id, kept.team_id) == (handoff.owner_id, handoff.team_id)
    assert (kept.due_at, kept.met, kept.missed) == (running.due_at, False, False)
    assert (kept.source, kept.tier, kept.incomplete) == ("organic", "urgent", False)
    responding.touch(handoff.pk, channel="call", at=MONDAY + 5 * MINUTE, actor=handoff.owner)
    kept.refresh_from_db()
    assert (kept.due_at, kept.met, kept.missed, kept.to_touch) == (None, True, False, 300.0)


def test_a_breach_and_a_change_of_hands_are_seen():
    agreement()
    handoff = handed_over()
    make.ReasonFactory(moved=True)
    other = make.ines() if handoff.owner == make.sam() else make.sam()
    owning.reassign(
        handoff.pk, to=other, reason="wrong_territory", actor=make.lena(), at=MONDAY + MINUTE
    )
    breaching.sweep(at=MONDAY + 120 * MINUTE)
    kept = Promise.objects.get(handoff=handoff)
    assert (kept.owner_id, kept.missed) == (other.pk, True)


def test_what_marketing_did_not_hand_over_has_none_and_what_goes_takes_it_along():
    first = make.HandoffFactory()
    make.HandoffFactory(previous=first)
    make.HandoffFactory(previous=make.HandoffFactory(step="ae"), step="ae")
    clock = make.ClockFactory(handoff=first, kind="first_touch", state="met")
    assert list(Promise.objects.order_by("step").values_list("step", flat=True)) == ["ae", "sdr"]
    Handoff.objects.filter(step="ae").exclude(previous=None).delete()
    Handoff.objects.filter(step="ae").delete()
    kept = Promise.objects.get()
    assert (kept.handoff_id, kept.met) == (first.pk, True)
    Clock.objects.filter(pk=clock.pk).delete()
    kept.refresh_from_db()
    assert not kept.met
    Handoff.objects.exclude(previous=None).delete()
    Handoff.objects.filter(pk=first.pk)._raw_delete("default")
    assert not Promise.objects.exists()
