"""A lead that waits for marketing's yes: answered, renewed, withdrawn, and its clock."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from leads.journey import nurturing, qualifying, receive, recording, responding
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Approval, Clock, Event, Handoff, Message, Turn
from tests import factories as make
from tests.factories import DEFINITION, MONDAY
from tests.leads.approving import LATER, agreement_that_asks, asking, replace_law, waiting
from tests.leads.arriving import arrive, envelope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _agreement():
    agreement_that_asks()


@pytest.fixture
def mara():
    return make.mara()


def kinds(lead_id):
    return list(Event.objects.filter(lead=lead_id).order_by("seq").values_list("kind", flat=True))


def again(approval, *, at=LATER, **payload):
    """The same person once more."""
    approval.lead.refresh_from_db()
    outcome = arrive(at=at, email=approval.lead.email, **payload)
    approval.refresh_from_db()
    return outcome


def test_it_waits_with_marketings_deadline_and_nobody_in_sales_hears_of_it():
    approval = waiting(occurred_at=MONDAY.isoformat())
    assert approval.state == "waiting" and approval.triggered_at == MONDAY
    assert approval.due_at == MONDAY + dt.timedelta(minutes=10)
    assert kinds(approval.lead_id)[-1] == "awaits_approval"
    assert not Handoff.objects.exists()
    assert not Message.objects.exclude(kind="approval_asked").exists()


def test_a_batch_asks_for_each_and_renews_who_waits():
    known = waiting()
    enquiries = [envelope(email=known.lead.email), *(envelope() for _ in range(4))]
    outcomes = receive(enquiries, at=LATER)
    assert [one.handoff_id for one in outcomes] == [None] * 5
    assert Approval.objects.filter(state="waiting").count() == 5
    renewed = Event.objects.filter(kind="awaits_approval", body__renewed=True)
    assert [event.lead_id for event in renewed] == [known.lead_id]
    assert Event.objects.filter(kind="awaits_approval").count() == 6
    assert all(recording.broken_links(one.lead_id) == [] for one in outcomes)


def test_a_yes_hands_over_at_once_and_the_receipt_tells_of_the_wait(mara):
    approval = waiting(occurred_at=MONDAY.isoformat())
    passed = qualifying.approve(approval.pk, actor=mara, at=LATER, note="Call today")
    handoff = Handoff.objects.get(pk=passed.handoff_id)
    assert handoff.owner is not None and handoff.triggered_at == MONDAY
    clock = Clock.objects.get(handoff=handoff, kind="handover")
    assert (clock.state, clock.started_at, clock.ended_at) == ("met", MONDAY, LATER)
    assert clock.due_at == MONDAY + dt.timedelta(minutes=10) and clock.breached_at is None
    assert [(line["minutes"], line["why"]) for line in clock.receipt] == [
        (0, "waits for approval"),
        (7.0, "every hour counts"),
        (0, "approved by Mara Lindqvist"),
        (3.0, "every hour counts"),
    ]
    assert clock.receipt[-1]["to"] == clock.due_at.isoformat()
    assert kinds(approval.lead_id)[-3:] == ["approved", "handed_over", "assigned"]
    assert recording.broken_links(approval.lead_id) == []


def test_a_late_yes_is_late_for_marketing(mara):
    approval = waiting()
    late = MONDAY + dt.timedelta(minutes=25)
    passed = qualifying.approve(approval.pk, actor=mara, at=late)
    clock = Clock.objects.get(handoff=passed.handoff_id, kind="handover")
    assert clock.is_late and sum(line["minutes"] for line in clock.receipt) == 10
    assert clock.receipt[-1]["to"] == clock.due_at.isoformat()


def test_a_second_answer_hears_who_was_quicker(mara):
    approval = waiting()
    qualifying.approve(approval.pk, actor=mara, at=LATER)
    with pytest.raises(Conflict, match="Mara Lindqvist approved this lead a moment ago"):
        qualifying.decline(approval.pk, actor=make.ada(), at=LATER, note="")
    assert Handoff.objects.count() == 1


def test_only_marketing_answers(mara):
    approval = waiting()
    for who in (make.sam(), make.lena(), make.otto()):
        with pytest.raises(NotAllowed):
            qualifying.approve(approval.pk, actor=who, at=LATER)
    approval.refresh_from_db()
    assert approval.state == "waiting"


def test_declined_it_is_nurture_until_they_do_something_new(mara):
    approval = waiting()
    qualifying.decline(approval.pk, actor=mara, at=LATER, note="No project")
    approval.lead.refresh_from_db()
    assert approval.lead.status == "nurture" and kinds(approval.lead_id)[-1] == "declined"
    replace_law(asking(tier="standard"))
    assert nurturing.rescore([approval.lead_id], at=LATER + dt.timedelta(hours=1)) == 1
    assert Approval.objects.filter(state="waiting").count() == 0
    again(approval, at=LATER + dt.timedelta(hours=2))
    assert Approval.objects.filter(lead=approval.lead, state="waiting").count() == 1


@pytest.mark.parametrize(
    ("to", "status", "queue"),
    [
        ({"to": "requalify"}, "needs_qualification", "qualification"),
        ({"to": "team", "team": "sdr-east"}, "sales_ready", "sdr-east"),
        ({"to": "nurture", "track": "newsletter"}, "nurture", None),
        ({"to": "disqualify"}, "disqualified", None),
    ],
)
def test_it_is_sent_elsewhere_with_a_reason(mara, to, status, queue):
    make.TeamFactory(key="sdr-east", name="SDR East", members=(make.otto(),))
    approval = waiting()
    qualifying.send_elsewhere(
        approval.pk, **to, reason="out_of_segment", note="Wrong region", actor=mara, at=LATER
    )
    approval.refresh_from_db()
    approval.lead.refresh_from_db()
    assert approval.state == "elsewhere" and approval.reason.key == "out_of_segment"
    assert approval.sent_to and approval.lead.status == status
    event = Event.objects.get(lead=approval.lead, kind="sent_elsewhere")
    assert event.body["reason"] == "out_of_segment" and event.actor == mara
    if queue is None:
        assert not Handoff.objects.exists()
        assert approval.lead.nurture_track == to.get("track", "")
    else:
        handoff = Handoff.objects.get(lead=approval.lead)
        assert (handoff.team.key, handoff.status) == (queue, status)
        assert Clock.objects.get(handoff=handoff, kind="handover").started_at == MONDAY
    assert recording.broken_links(approval.lead_id) == []


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"to": "requalify", "reason": ""}, "reason"),
        ({"to": "requalify", "reason": "missing_context"}, "reason"),
        ({"to": "requalify", "reason": "other"}, "note"),
        ({"to": "nurture", "reason": "wrong_timing"}, "until"),
        ({"to": "team", "team": "nobody", "reason": "out_of_segment"}, "team"),
        ({"to": "nurture", "track": "gone", "reason": "out_of_segment"}, "track"),
        ({"to": "the moon", "reason": "out_of_segment"}, "to"),
    ],
)
def test_what_an_answer_lacks_is_named(mara, answer, field):
    approval = waiting()
    with pytest.raises(Invalid) as refused:
        qualifying.send_elsewhere(approval.pk, **answer, actor=mara, at=LATER)
    assert refused.value.field == field
    approval.refresh_from_db()
    assert approval.state == "waiting"


def test_the_database_asks_where_and_why():
    approval = waiting()
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(state="elsewhere")


def test_judged_again_it_is_renewed_and_its_clock_runs_on(mara):
    approval = waiting(occurred_at=MONDAY.isoformat())
    first = approval.judgement_id
    again(approval, employees=4000)
    assert approval.state == "waiting" and approval.judgement_id > first
    approval.lead.refresh_from_db()
    assert approval.judgement_id == approval.lead.judgement_id
    assert approval.triggered_at == MONDAY
    assert approval.due_at == MONDAY + dt.timedelta(minutes=10)
    last = Event.objects.filter(lead=approval.lead).order_by("-seq").first()
    assert last.kind == "awaits_approval" and last.body["renewed"] is True


def test_who_answers_what_they_saw_before_it_was_renewed_looks_again(mara):
    approval = waiting()
    seen = approval.judgement_id
    again(approval)
    with pytest.raises(Conflict, match="was judged again since you looked"):
        qualifying.approve(approval.pk, actor=mara, at=LATER, seen=seen)
    approval.refresh_from_db()
    assert approval.state == "waiting"
    qualifying.approve(approval.pk, actor=mara, at=LATER, seen=approval.judgement_id)


def test_no_longer_ready_it_is_withdrawn_and_the_person_hears_so(mara):
    approval = waiting()
    again(approval, role="PhD student")
    assert approval.state == "withdrawn"
    assert kinds(approval.lead_id)[-1] == "withdrawn"
    with pytest.raises(Conflict, match="no longer waits: it was judged again and is disqualified"):
        qualifying.approve(approval.pk, actor=mara, at=LATER)
    assert not Handoff.objects.exists() and not Turn.objects.exists()


def test_as_interest_fades_it_is_withdrawn(mara):
    approval = waiting()
    later = MONDAY + dt.timedelta(days=40)
    assert nurturing.rescore([approval.lead_id], at=later) == 1
    approval.refresh_from_db()
    assert approval.state == "withdrawn" and approval.answered_at == later


def test_a_new_law_that_needs_no_yes_hands_it_over_from_the_same_trigger(mara):
    approval = waiting(occurred_at=MONDAY.isoformat())
    replace_law(DEFINITION)
    outcome = again(approval, at=LATER)
    assert outcome.handoff_id is not None and approval.state == "withdrawn"
    handoff = Handoff.objects.get(pk=outcome.handoff_id)
    assert handoff.triggered_at == MONDAY
    said = Event.objects.get(lead=approval.lead, kind="withdrawn").body["sentence"]
    assert "No approval is needed any more" in said


def test_a_new_law_that_asks_too_renews_it(mara):
    approval = waiting()
    version = replace_law({**asking(tier="standard"), "marketing": {"handover": 30}})
    nurturing.rescore([approval.lead_id], at=LATER)
    approval.refresh_from_db()
    assert approval.state == "waiting" and approval.judgement.version == version
    assert approval.due_at == approval.triggered_at + dt.timedelta(minutes=30)
    passed = qualifying.approve(approval.pk, actor=mara, at=LATER)
    assert Handoff.objects.get(pk=passed.handoff_id).tier == "standard"


def test_an_imported_past_waits_apart_and_gives_way_to_today():
    then = (MONDAY - dt.timedelta(days=90)).isoformat()
    did = [{"signal": "demo_request", "occurred_at": then}]
    past = waiting(historical=True, occurred_at=then, touchpoints=did)
    assert past.historical
    again(past)
    assert past.state == "waiting" and not past.historical
    assert past.triggered_at > MONDAY - dt.timedelta(days=1)


def test_after_an_ended_hand_over_old_evidence_asks_nobody(mara):
    approval = waiting()
    passed = qualifying.approve(approval.pk, actor=mara, at=LATER)
    make_end = LATER + dt.timedelta(minutes=5)
    owner = Handoff.objects.get(pk=passed.handoff_id).owner
    responding.reject(passed.handoff_id, reason="out_of_segment", actor=owner, at=make_end)
    old = (MONDAY - dt.timedelta(hours=1)).isoformat()
    again(approval, at=make_end + dt.timedelta(hours=1), occurred_at=old)
    assert Approval.objects.filter(state="waiting").count() == 0
