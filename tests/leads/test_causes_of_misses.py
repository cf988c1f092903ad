"""Why a promise was missed: suggested with its evidence by the worker, said by a person."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from leads.journey import breaching, causing, owning, responding
from leads.journey.causing import Evidence, cause_of
from leads.journey.recording import broken_links
from leads.journey.states import NotAllowed
from leads.models import Event, Handoff, Miss
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db


def after(minutes: float) -> dt.datetime:
    return MONDAY + dt.timedelta(minutes=minutes)


def seen(**evidence) -> Evidence:
    nothing = {
        "clock_id": 1,
        "kind": "accept",
        "fault": "",
        "moved_wrongly": 0,
        "teams": 1,
        "names": "SDR North America",
        "missing": (),
        "is_unowned": False,
        "team": "SDR North America",
        "owner": "Sam",
        "is_away": False,
        "is_opened": False,
        "is_approved": False,
    }
    return Evidence(**nothing | evidence)


@pytest.mark.parametrize(
    ("evidence", "cause", "says"),
    [
        ({}, "other", "Sam had not opened it by the deadline."),
        ({"is_opened": True}, "other", "Sam opened it in time and left it."),
        ({"is_away": True}, "coverage_gap", "Sam was away while the clock ran."),
        (
            {"is_unowned": True},
            "coverage_gap",
            "Nobody had taken it in the queue of SDR North America by the deadline.",
        ),
        (
            {"missing": ("timing", "product_interest"), "is_unowned": True},
            "missing_data",
            "Missing when it was handed over: timing, product interest.",
        ),
        (
            {"teams": 2, "names": "A, B", "missing": ("timing",)},
            "wrong_queue",
            "It went through 2 teams before an answer: A, B.",
        ),
        (
            {"moved_wrongly": 1, "teams": 2},
            "routing_error",
            "It was given elsewhere because it was routed wrongly.",
        ),
        ({"fault": "no rule"}, "routing_error", "Routing failed: no rule"),
        (
            {"kind": "handover", "is_approved": True, "is_unowned": True},
            "coverage_gap",
            "It waited for marketing’s approval.",
        ),
        (
            {"kind": "handover"},
            "other",
            "It reached sales after the deadline, with nothing missing.",
        ),
    ],
)
def test_the_first_evidence_that_holds_names_the_cause(evidence, cause, says):
    assert cause_of(seen(**evidence)) == (cause, says)


def test_the_worker_writes_the_cause_with_the_breach():
    agreement()
    handoff = handed_over()
    breaching.sweep(at=after(16))
    miss = Miss.objects.get()
    assert (miss.clock.handoff_id, miss.clock.kind) == (handoff.pk, "accept")
    assert miss.cause == miss.suggested == "other" and not miss.is_confirmed
    assert miss.evidence == f"{handoff.owner} had not opened it by the deadline."
    breaching.sweep(at=after(17))
    assert Miss.objects.count() == 1


def test_what_ended_late_before_the_worker_came_is_explained_by_the_next_sweep():
    agreement()
    handoff = handed_over()
    responding.touch(handoff.pk, channel="call", actor=handoff.owner, at=after(40))
    assert Miss.objects.count() == 0
    breaching.sweep(at=after(41))
    assert set(Miss.objects.values_list("clock__kind", flat=True)) == {"accept", "first_touch"}


def test_the_imported_past_is_not_explained():
    agreement()
    handoff = handed_over(historical=True)
    handoff.clocks.update(breached_at=after(20))
    assert causing.suggest_unsaid(at=after(30)) == 0


def test_a_lead_that_was_passed_on_sat_in_the_wrong_queue():
    agreement()
    make.ReasonFactory(moved=True)
    handoff = handed_over()
    team = make.TeamFactory(key="emea", name="EMEA", members=[make.otto()])
    reason = make.ReasonFactory(key="rebalance", applies_to=["reassign"]).key
    owning.reassign(handoff.pk, to=team, reason=reason, actor=make.lena(), at=after(3))
    breaching.sweep(at=after(35))
    found = Miss.objects.get(clock__kind="first_touch")
    assert found.cause == "wrong_queue" and "EMEA" in found.evidence


def test_an_owner_who_is_away_is_a_gap():
    agreement()
    handoff = handed_over()
    make.AbsenceFactory(user=handoff.owner)
    breaching.sweep(at=after(16))
    assert Miss.objects.get().cause == "coverage_gap"


@pytest.fixture
def missed():
    agreement()
    handoff = handed_over()
    breaching.sweep(at=after(16))
    return Miss.objects.get(clock__handoff=handoff)


def test_its_owner_confirms_in_one_press_and_the_lead_tells_it(client, missed):
    handoff = missed.clock.handoff
    client.force_login(handoff.owner)
    html = client.get(reverse("leads:misses")).content.decode()
    assert missed.evidence in html and "Confirm" in html
    page = client.get(reverse("leads:lead", args=[handoff.lead_id])).content.decode()
    assert missed.evidence in page
    address = reverse("leads:say-cause", args=[missed.pk])
    there = reverse("leads:lead", args=[handoff.lead_id])
    answer = client.post(address, {"cause": missed.cause, "next": there})
    assert answer["Location"] == there
    missed.refresh_from_db()
    assert (missed.is_confirmed, missed.confirmed_by) == (True, handoff.owner)
    page = client.get(there).content.decode()
    assert "Why accept was missed: other" in page
    assert missed.evidence not in client.get(reverse("leads:misses")).content.decode()
    assert missed.evidence in client.get(reverse("leads:misses") + "?said=1").content.decode()


def test_a_correction_keeps_what_was_said_before(missed):
    for cause, minute in (("other", 20), ("coverage_gap", 30)):
        causing.confirm(
            missed.pk, cause=cause, note="Fire drill", actor=make.lena(), at=after(minute)
        )
    said = Event.objects.filter(kind="explained").order_by("seq")
    assert [event.body["label"] for event in said] == ["Other", "Coverage gap"]
    assert said[1].body["was"] == "Other" and said[1].body["suggested"] == "other"
    assert broken_links(missed.clock.handoff.lead_id) == []


def test_pressed_twice_it_is_said_once(missed):
    for minute in (20, 21):
        causing.confirm(missed.pk, cause="other", actor=make.lena(), at=after(minute))
    assert Event.objects.filter(kind="explained").count() == 1


def test_others_may_not_say_why(client, missed):
    handoff = missed.clock.handoff
    colleague = make.ines() if handoff.owner == make.sam() else make.sam()
    with pytest.raises(NotAllowed):
        causing.confirm(missed.pk, cause="other", actor=colleague, at=after(20))
    client.force_login(make.otto())
    address = reverse("leads:say-cause", args=[missed.pk])
    assert client.post(address, {"cause": "other"}).status_code == 404
    assert client.get(address).status_code == 405
    missed.refresh_from_db()
    assert not missed.is_confirmed


@pytest.mark.parametrize("cause", ["", "nonsense"])
def test_a_cause_there_is_not_is_refused(client, missed, cause):
    client.force_login(make.lena())
    client.post(reverse("leads:say-cause", args=[missed.pk]), {"cause": cause})
    missed.refresh_from_db()
    assert not missed.is_confirmed
    assert Handoff.objects.get().state == "waiting"


def test_a_miss_goes_with_its_clock_whoever_deletes_it(missed):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leads_clock WHERE id = %s", [missed.clock_id])
    assert Miss.objects.count() == 0
