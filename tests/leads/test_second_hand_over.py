"""From SDR to AE and back: criteria, answers, the same people, and clocks that stand still."""

import datetime as dt

import pytest

from handoff.models import Reason
from leads.journey import checking, giving_back, responding, stepping
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Assignment, Clock, Event, Finding, Handoff, Message, Promise, Turn
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import DEMO, arrive, handed_over

pytestmark = pytest.mark.django_db

QUESTIONS = [
    {"key": "need", "label": "What it costs them", "required": True},
    {"key": "timing", "label": "When it shall be live", "required": True, "facts": ["timing"]},
    {
        "key": "budget",
        "label": "How it is paid for",
        "required": True,
        "kind": "choice",
        "choices": ["Set aside", "Not yet"],
    },
    {"key": "owner", "label": "Who owns it", "required": False},
]
CONFIRMS = [{"key": "impact", "label": "Business impact", "kind": "number"}]
TIERS = [{"key": "qualified", "hours": "always", "accept": 60, "first_touch": 120}]


def after(minutes):
    return MONDAY + dt.timedelta(minutes=minutes)


@pytest.fixture
def tilda():
    """The account executive."""
    make.agreement_in_force()
    make.ReasonFactory(key="thin", label="Too thin", applies_to=["return"], steps=["ae"])
    make.ReasonFactory(key="bad_deal", label="No deal", applies_to=["reject"], steps=["ae"])
    before = make.ChecklistFactory(key="to-ae", label="Before AE", items=QUESTIONS)
    confirms = make.ChecklistFactory(key="confirms", label="Confirm", items=CONFIRMS)
    make.StepFactory(tiers=TIERS, checklist=before, confirms=confirms)
    person = make.UserFactory(email="tilda@northwind.example", name="Tilda Marsh", rep=True)
    make.TeamFactory(key="ae", account_executives=True, pick="round_robin", members=(person,))
    return person


ANSWERS = {"need": "Nine days a month", "budget": "Set aside", "timing": "In March"}


@pytest.fixture
def first(tilda):
    """Sam's hand-over, accepted."""
    made = handed_over(email="ana@novapay.com")
    return responding.accept(made.pk, how="meeting_booked", actor=made.owner, at=after(2))


def advance(handoff, at=10, **more):
    given = {"answers": ANSWERS, "note": "She signs, with her CFO"} | more
    return stepping.advance(handoff.pk, actor=handoff.owner, at=after(at), **given)


def send_back(handoff, at=20, **more):
    given = {"reason": "thin", "missing": ["owner"], "note": "Who decides?"} | more
    return giving_back.give_back(handoff.pk, actor=handoff.owner, at=after(at), **given)


def reopened(handoff):
    return Handoff.objects.get(previous=handoff, step="sdr")


def test_what_the_next_step_requires_is_named_and_nothing_is_kept(first):
    with pytest.raises(checking.Lacking) as refused:
        advance(first, answers={"budget": "Set aside"})
    assert str(refused.value) == (
        "Before it moves on to AE, answer: What it costs them; When it shall be live."
    )
    first.refresh_from_db()
    assert first.state == "accepted" and not Finding.objects.exists()


def test_answered_it_moves_on_with_an_introduction(first, tilda):
    second = advance(first)
    assert (second.step, second.owner, second.state) == ("ae", tilda, "waiting")
    assert (second.previous_id, second.tier) == (first.pk, "qualified")
    assert second.context["intro"] == "She signs, with her CFO"
    first.refresh_from_db()
    assert first.state == "advanced"
    assert {c.kind for c in second.clocks.filter(state="running")} == {"accept", "first_touch"}


def test_a_fact_of_the_lead_answers_what_names_it(first):
    first.lead.timing = "this quarter"
    first.lead.save()
    known = {key: text for key, text in ANSWERS.items() if key != "timing"}
    assert advance(first, answers=known).step == "ae"


def test_from_a_lead_that_waits_nothing_advances(tilda):
    waiting = handed_over(email="ana@novapay.com")
    with pytest.raises(Conflict):
        advance(waiting, answers={})


def test_without_a_step_ahead_there_is_nowhere_to_go(first, tilda):
    second = advance(first)
    responding.accept(second.pk, how="in_discovery", actor=tilda, at=after(12))
    with pytest.raises(Invalid, match="no step after"):
        stepping.advance(second.pk, actor=tilda, at=after(13))


def test_sent_back_it_is_with_whoever_had_it_and_no_turn_is_charged(first, tilda):
    second = advance(first)
    turns = Turn.objects.count()
    waits = send_back(second)
    there = reopened(second)
    assert (waits.pk, waits.state, waits.reason.key) == (second.pk, "returned", "thin")
    assert (there.owner, there.state, there.tier) == (first.owner, "waiting", first.tier)
    assert there.sent_back == "Tilda Marsh sent it back: Too thin"
    assert there.context["sent_back"]["missing"] == ["Who owns it"]
    assert {c.kind for c in there.clocks.filter(state="running")} == {"accept", "first_touch"}
    assert Turn.objects.count() == turns
    given = Assignment.objects.get(handoff=there)
    assert (given.owner, given.kind, given.actor) == (first.owner, "manual", tilda)


def test_the_takers_clocks_stand_still_meanwhile(first):
    second = advance(first)
    send_back(second)
    assert {c.state for c in second.clocks.filter(kind__in=("accept", "first_touch"))} == {"paused"}
    second.refresh_from_db()
    assert second.due_at is None


def test_marketing_hears_nothing_and_whoever_had_it_does(first):
    second = advance(first)
    Message.objects.all().delete()
    send_back(second)
    assert not Message.objects.filter(kind="returned").exists()
    told = Message.objects.get(channel="in_app")
    assert told.recipient == first.owner
    assert told.subject.startswith("Tilda Marsh sent") and told.subject.endswith("Too thin")
    assert not Clock.objects.filter(kind="returned").exists()
    assert not Event.objects.filter(kind="returned").exists()


def test_mended_it_goes_to_whoever_sent_it_back_and_waits_for_a_yes(first, tilda):
    second = advance(first)
    send_back(second)
    there = reopened(second)
    responding.accept(there.pk, how="in_discovery", actor=first.owner, at=after(30))
    there.refresh_from_db()
    again = advance(there, at=50, answers={"owner": "Her CFO"}, note="The CFO owns it")
    assert (again.pk, again.state, again.owner) == (second.pk, "waiting", tilda)
    assert again.context["intro"] == "The CFO owns it"
    accept = again.clocks.get(kind="accept")
    assert (accept.state, accept.due_at) == ("running", after(10 + 60 + 30))
    there.refresh_from_db()
    assert there.state == "advanced"
    yes = responding.accept(again.pk, how="meeting_booked", actor=tilda, at=after(55))
    assert yes.state == "accepted"
    told = Message.objects.filter(recipient=tilda, handoff=second).order_by("written_at").last()
    assert told.subject.endswith("on to you again")


def test_who_had_said_yes_is_asked_anew_with_a_clock(first, tilda):
    second = advance(first)
    responding.accept(second.pk, how="meeting_booked", actor=tilda, at=after(15))
    send_back(second)
    there = reopened(second)
    responding.accept(there.pk, how="in_discovery", actor=first.owner, at=after(30))
    there.refresh_from_db()
    again = advance(there, at=50, answers={})
    assert (again.state, again.accepted_at) == ("waiting", None)
    assert again.clocks.filter(kind="accept", state="met").count() == 1
    assert again.clocks.get(kind="accept", state="running").due_at == after(110)
    assert again.due_at == after(110)


def test_who_left_is_not_handed_anything_back(first, tilda):
    second = advance(first)
    first.owner.is_active = False
    first.owner.save()
    send_back(second)
    there = reopened(second)
    assert there.team == first.team and there.owner != first.owner


def test_taken_back_it_is_as_it_was_and_the_work_there_ends(first, tilda):
    second = advance(first)
    send_back(second)
    there = reopened(second)
    back = giving_back.resume(second.pk, actor=tilda, at=after(25))
    assert back.state == "waiting"
    there.refresh_from_db()
    assert there.state == "closed"
    assert not there.clocks.filter(state="running").exists()
    assert back.clocks.get(kind="accept").due_at == after(10 + 60 + 5)


def test_taken_back_after_a_yes_the_yes_stands(first, tilda):
    second = advance(first)
    responding.accept(second.pk, how="meeting_booked", actor=tilda, at=after(15))
    send_back(second)
    assert giving_back.resume(second.pk, actor=tilda, at=after(25)).state == "accepted"


def test_what_ends_in_the_step_before_waits_no_longer_in_the_next(first):
    second = advance(first)
    send_back(second)
    there = reopened(second)
    responding.reject(there.pk, reason="out_of_segment", actor=first.owner, at=after(30))
    second.refresh_from_db()
    assert (second.state, second.ended_at) == ("closed", after(30))
    assert not second.clocks.filter(state__in=("running", "paused")).exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "no-such"}, "reason"),
    ],
)
def test_sending_back_needs_a_reason(first, more, field):
    second = advance(first)
    with pytest.raises(Invalid) as refused:
        send_back(second, **more)
    assert refused.value.field == field


def test_a_reason_of_one_step_is_none_in_another(first, tilda):
    fresh = handed_over(email="cara@novapay.com")
    with pytest.raises(Invalid, match="no reason in this step"):
        responding.reject(fresh.pk, reason="bad_deal", actor=fresh.owner, at=after(9))
    second = advance(first)
    Reason.objects.filter(key="thin").update(steps=["sdr"])
    with pytest.raises(Invalid, match="no reason in this step"):
        send_back(second)


def test_only_once_and_only_by_its_own_team(first):
    second = advance(first)
    outsider = make.otto()
    with pytest.raises(NotAllowed):
        giving_back.give_back(second.pk, reason="thin", actor=outsider, at=after(19))
    send_back(second)
    with pytest.raises(Conflict):
        send_back(second, at=21)


def test_a_step_that_nothing_came_from_gives_nothing_back(tilda):
    alone = make.HandoffFactory(step="ae", owner=tilda, team=tilda.memberships.get().team)
    with pytest.raises(Invalid, match="no step before"):
        send_back(alone)


def test_in_the_first_step_it_goes_to_marketing(first):
    back = giving_back.give_back(
        first.pk, reason="missing_context", missing=["role"], actor=first.owner, at=after(5)
    )
    assert back.state == "returned" and Event.objects.filter(kind="returned").exists()
    assert giving_back.resume(first.pk, actor=make.mara(), at=after(6)).state == "accepted"


def test_rerouted_by_the_taker_it_stays_in_the_step_and_goes_to_a_colleague(first, tilda):
    tom = make.UserFactory(email="tom@example.com", rep=True)
    make.MembershipFactory(user=tom, team=tilda.memberships.get().team)
    make.ReasonFactory(key="not_mine", applies_to=["reject"], goes_to="reroute")
    second = advance(first)
    taker, other = (tilda, tom) if second.owner == tilda else (tom, tilda)
    responding.reject(second.pk, reason="not_mine", actor=taker, at=after(20))
    third = Handoff.objects.get(previous=second)
    assert (third.step, third.owner, third.tier) == ("ae", other, "qualified")
    assert set(third.clocks.values_list("kind", flat=True)) >= {"accept", "first_touch"}


def test_requalified_by_the_taker_it_is_in_the_first_step_again(first, tilda):
    make.ReasonFactory(key="unclear", applies_to=["reject"], goes_to="requalify")
    second = advance(first)
    responding.reject(second.pk, reason="unclear", actor=tilda, at=after(20))
    third = Handoff.objects.get(previous=second)
    assert (third.step, third.team.kind) == ("sdr", "qualification")
    assert third.tier == first.tier


def test_new_evidence_does_not_hurry_a_later_step_by_the_definitions_tiers(first):
    second = advance(first)
    due = second.clocks.get(kind="accept").due_at
    arrive(
        at=after(30),
        email="ana@novapay.com",
        touchpoints=[{**DEMO, "occurred_at": after(30).isoformat()}],
    )
    second.refresh_from_db()
    assert (second.tier, second.clocks.get(kind="accept").due_at) == ("qualified", due)


def test_the_promises_of_each_step_stand_beside_it(first, tilda):
    second = advance(first)
    rows = {one.handoff_id: one for one in Promise.objects.all()}
    assert (rows[first.pk].step, rows[second.pk].step) == ("sdr", "ae")
    assert rows[second.pk].to_hand_over == (second.made_at - first.made_at).total_seconds()
    assert not rows[second.pk].incomplete
    send_back(second)
    there = reopened(second)
    assert Promise.objects.get(pk=second.pk).incomplete
    assert not Promise.objects.filter(pk=there.pk).exists()
    giving_back.resume(second.pk, actor=tilda, at=after(30))
    assert Promise.objects.get(pk=second.pk).incomplete
