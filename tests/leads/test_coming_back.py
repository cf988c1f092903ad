"""A known lead comes back: added to what is open, or another hand-over on new evidence only."""

import datetime as dt

import pytest

from leads.journey import nurturing, outcomes, responding
from leads.models import Handoff, Lead, Message, Submission
from tests.factories import MONDAY
from tests.leads.arriving import DEMO, agreement, arrive, handed_over

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
ANA = {"email": "ana@novapay.com"}


@pytest.fixture(autouse=True)
def _agreement():
    agreement()


def reject(handoff: Handoff, *, at: dt.datetime, until: dt.date = dt.date(2026, 11, 2)) -> None:
    responding.reject(handoff.pk, reason="wrong_timing", until=until, actor=handoff.owner, at=at)


def test_a_repeat_while_open_is_added_and_told():
    first = handed_over(**ANA)
    again = arrive(**ANA, at=MONDAY + HOUR)
    assert again.handoff_id == first.pk
    assert again.as_answer()["owner"] == first.owner.email
    assert Submission.objects.filter(lead=first.lead).count() == 2
    assert Handoff.objects.filter(lead=first.lead).count() == 1
    assert Message.objects.inbox(first.owner).filter(kind="added").count() == 1


def test_a_worse_judgement_never_withdraws_it():
    first = handed_over(**ANA)
    worse = arrive(**ANA, at=MONDAY + HOUR, role="PhD student")
    assert worse.as_answer()["status"] == "disqualified"
    assert worse.handoff_id == first.pk
    assert Handoff.objects.get(pk=first.pk).is_open


def test_a_more_urgent_tier_moves_deadlines_forward_only():
    pages = [
        {"signal": "pricing_page", "occurred_at": (MONDAY - n * HOUR).isoformat()}
        for n in (1, 2, 3)
    ]
    slow = handed_over(**ANA, employees=50, touchpoints=pages)
    assert slow.tier == "standard"
    before = slow.clocks.get(kind="accept").due_at if slow.owner else slow.due_at
    later = MONDAY + dt.timedelta(minutes=30)
    demo = {"signal": "demo_request", "occurred_at": (later - dt.timedelta(minutes=1)).isoformat()}
    sooner = arrive(**ANA, at=later, employees=400, touchpoints=[demo])
    moved = Handoff.objects.get(pk=slow.pk)
    assert sooner.handoff_id == slow.pk
    assert moved.tier == "urgent"
    assert moved.clocks.get(kind="accept").due_at == later + dt.timedelta(minutes=15) < before


def test_after_a_rejection_a_new_enquiry_opens_another():
    first = handed_over(**ANA)
    reject(first, at=MONDAY + HOUR)
    again = arrive(**ANA, at=MONDAY + 2 * HOUR)
    second = Handoff.objects.get(pk=again.handoff_id)
    assert second.pk != first.pk
    assert (second.previous_id, second.reentry, again.reentry) == (first.pk, True, True)


def test_an_enquiry_from_before_the_rejection_does_not():
    first = handed_over(**ANA)
    reject(first, at=MONDAY + HOUR)
    stale = arrive(**ANA, at=MONDAY + 2 * HOUR, occurred_at=(MONDAY + HOUR / 2).isoformat())
    assert stale.handoff_id is None


def test_a_rescore_on_unchanged_evidence_never_does():
    first = handed_over(**ANA)
    reject(first, at=MONDAY + HOUR)
    nurturing.rescore([first.lead_id], at=MONDAY + 2 * HOUR)
    assert not Handoff.objects.open().filter(lead=first.lead).exists()


def status_of(handoff: Handoff) -> str:
    return Lead.objects.get(pk=handoff.lead_id).status


def test_nor_does_its_status_say_so():
    first = handed_over(**ANA)
    reject(first, at=MONDAY + HOUR)
    assert nurturing.rescore([first.lead_id], at=MONDAY + 2 * HOUR) == 1
    assert first.lead.judgements.latest("pk").status == "sales_ready"
    assert status_of(first) == "nurture"
    stale = (MONDAY + HOUR / 2).isoformat()
    assert arrive(**ANA, at=MONDAY + 3 * HOUR, occurred_at=stale).handoff_id is None
    assert status_of(first) == "nurture"
    arrive(**ANA, at=MONDAY + 4 * HOUR)
    assert status_of(first) == "sales_ready"


def test_what_a_person_disqualified_stays_so_while_nothing_new_is_known():
    first = handed_over(**ANA)
    responding.accept(first.pk, how="outreach_started", actor=first.owner, at=MONDAY + HOUR)
    responding.dispose(first.pk, disposition="bad_fit", actor=first.owner, at=MONDAY + 2 * HOUR)
    nurturing.rescore([first.lead_id], at=MONDAY + 400 * 24 * HOUR)
    assert first.lead.judgements.latest("pk").status == "nurture"
    assert status_of(first) == "disqualified"


def test_what_was_never_handed_over_is_what_it_is_judged_to_be():
    pages = [{"signal": "pricing_page", "occurred_at": MONDAY.isoformat()}]
    lead = Lead.objects.get(pk=arrive(**ANA, employees=10, touchpoints=pages).lead_id)
    before = lead.status
    Lead.objects.filter(pk=lead.pk).update(role="PhD student")
    nurturing.rescore([lead.pk], at=MONDAY + HOUR)
    lead.refresh_from_db()
    assert (before, lead.status) == ("nurture", "disqualified")


def test_a_changed_fact_does_and_the_same_fact_told_again_does_not():
    first = handed_over(**ANA)
    reject(first, at=MONDAY + HOUR)
    domain = first.lead.domain

    def told(hours: int, **facts: object) -> bool:
        at = MONDAY + hours * HOUR
        outcomes.upsert_account(domain, facts, actor=None, at=at)
        return Handoff.objects.open().filter(lead=first.lead).exists()

    assert not told(2)
    assert told(3, target=True)
    again = Handoff.objects.open().get(lead=first.lead)
    assert (again.reentry, again.previous_id) == (True, first.pk)
    responding.reject(
        again.pk,
        reason="wrong_timing",
        until=dt.date(2026, 11, 2),
        actor=again.owner,
        at=MONDAY + 4 * HOUR,
    )
    assert not told(5, target=True)


def test_a_nurture_date_reached_does():
    first = handed_over(**ANA)
    reject(first, at=MONDAY + HOUR, until=MONDAY.date() + dt.timedelta(days=7))
    assert nurturing.come_back(at=MONDAY + dt.timedelta(days=6)) == 0
    assert nurturing.come_back(at=MONDAY + dt.timedelta(days=7)) == 1
    second = Handoff.objects.open().get(lead=first.lead)
    assert second.reentry
    assert Lead.objects.get(pk=first.lead_id).nurture_until is None


def test_a_rescore_writes_only_what_changed():
    first = handed_over(**ANA)
    assert nurturing.rescore([first.lead_id], at=MONDAY + HOUR) == 0
    assert nurturing.rescore([first.lead_id], at=MONDAY + dt.timedelta(days=60)) == 1
    assert first.lead.judgements.count() == 2


def test_an_imported_past_is_judged_at_its_own_dates():
    then = MONDAY - dt.timedelta(days=200)
    touch = {**DEMO, "occurred_at": (then - HOUR).isoformat()}
    handoff = handed_over(**ANA, historical=True, occurred_at=then.isoformat(), touchpoints=[touch])
    assert handoff.historical
    assert handoff.made_at == then
    assert handoff.judgement.as_of == then
    assert handoff.clocks.get(kind="accept").due_at > then
    assert not handoff.turns.exists()
    assert not Handoff.objects.working().exists()
    assert handoff.team.memberships.filter(served__gt=0).count() == 0
