"""An answer can be taken back for a minute: all stands as before, and the history says so."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from handoff import statements
from handoff.models import Membership
from leads import tasks
from leads.journey import (
    consequences,
    giving_back,
    owning,
    recording,
    recycling,
    responding,
    undoing,
)
from leads.journey.responding import Conflict, NotAllowed
from leads.journey.states import MOVES, Move, State, move
from leads.models import (
    Clock,
    Event,
    Handoff,
    Lead,
    MergeProposal,
    Message,
    Promise,
    Turn,
    Undoable,
)
from tests.factories import (
    MONDAY,
    LeadFactory,
    MembershipFactory,
    ReasonFactory,
    StepFactory,
    TeamFactory,
    UserFactory,
    WebhookFactory,
    ines,
    lena,
    mara,
    sam,
)
from tests.leads.arriving import agreement, arrive, handed_over

pytestmark = pytest.mark.django_db

LATER = MONDAY + dt.timedelta(minutes=5)
SOON = LATER + dt.timedelta(seconds=8)
UNTIL = dt.date(2027, 1, 15)


@pytest.fixture(autouse=True)
def _agreement():
    agreement()
    for trait in ("moved", "known", "needs_work", "noted"):
        ReasonFactory(**{trait: True})
    ReasonFactory(key="unclear_fit", goes_to="requalify")
    ReasonFactory(key="spam", goes_to="disqualify")


def colleague_of(handoff):
    return ines() if handoff.owner == sam() else sam()


def answer(handoff, verb, act, *, actor=None, at=LATER, **said):
    """Answer it as a page does; what can be taken back."""
    actor = actor or handoff.owner
    with undoing.keeping(handoff.pk, verb, batch=uuid4(), actor=actor, at=at):
        act(handoff.pk, **said, actor=actor, at=at)
    return Undoable.objects.latest("pk")


def standing(handoff):
    """All that an answer may change."""
    changed = ("changed_in",)
    row = Handoff.objects.filter(pk=handoff.pk).values().get()
    lead = Lead.objects.filter(pk=handoff.lead_id)
    return {
        "hand-over": {name: value for name, value in row.items() if name not in changed},
        "clocks": list(Clock.objects.filter(handoff=handoff).order_by("pk").values()),
        "lead": lead.values("status", "nurture_until", "nurture_reason", "nurture_track").get(),
        "turns": list(Membership.objects.order_by("pk").values("pk", "served", "last_served_at")),
        "open": list(Handoff.objects.open().order_by("pk").values_list("pk", flat=True)),
        "proposals": MergeProposal.objects.count(),
    }


def sums():
    return all(
        one.served == sum(turn.amount for turn in one.turns.all())
        for one in Membership.objects.all()
    )


def accepted(handoff):
    responding.accept(handoff.pk, how="in_discovery", actor=handoff.owner, at=MONDAY)


def touched(handoff):
    responding.touch(handoff.pk, channel="call", next_step="Demo", actor=handoff.owner, at=MONDAY)


def returned(handoff):
    responding.return_to_marketing(
        handoff.pk, reason="missing_context", missing=["role"], actor=handoff.owner, at=MONDAY
    )


def returned_while_worked(handoff):
    accepted(handoff)
    returned(handoff)


REJECTIONS = [
    (None, "reject", responding.reject, {"reason": reason, **said})
    for reason, said in {
        "out_of_segment": {},
        "wrong_timing": {"until": UNTIL},
        "wrong_territory": {},
        "duplicate": {},
        "unclear_fit": {},
        "spam": {},
        "other": {"note": "Asked for a job"},
    }.items()
]
DISPOSALS = [
    (before, "dispose", responding.dispose, {"disposition": disposition})
    for before in (accepted, touched)
    for disposition in Handoff.Disposition.values
]
GIVE_BACK = {"reason": "missing_context", "missing": ["role"]}
CALL = {"channel": "call"}
REST = {"reason": "wrong_timing", "until": UNTIL}
ANSWERS = [
    (None, "accept", responding.accept, {"how": "meeting_booked"}),
    *REJECTIONS,
    *DISPOSALS,
    (None, "return", responding.return_to_marketing, GIVE_BACK),
    (touched, "return", responding.return_to_marketing, GIVE_BACK),
    (None, "touch", responding.touch, CALL),
    (accepted, "touch", responding.touch, {**CALL, "next_step": "Demo"}),
    (touched, "touch", responding.touch, {**CALL, "next_step_due": LATER + dt.timedelta(days=3)}),
    (returned, "resume", responding.resume, {}),
    (returned_while_worked, "resume", responding.resume, {}),
    (None, "recycle", recycling.recycle, REST),
    (touched, "recycle", recycling.recycle, REST),
]


@pytest.mark.parametrize(("before", "verb", "act", "said"), ANSWERS)
def test_any_answer_taken_back_leaves_all_as_it_was(before, verb, act, said):
    LeadFactory(first_name="Ana", phone="+12125550100")
    handoff = handed_over(phone="+12125550100")
    if before:
        before(handoff)
    as_it_was = standing(handoff)
    given = answer(handoff, verb, act, **said)
    undoing.undo(given.pk, actor=handoff.owner, at=SOON)
    assert standing(handoff) == as_it_was
    assert sums() and recording.broken_links(handoff.lead_id) == []
    last = Event.objects.filter(lead=handoff.lead).order_by("seq").last()
    assert (last.kind, last.actor, last.body["undid"]) == ("undone", handoff.owner, verb)


@pytest.mark.parametrize("before", [None, accepted, touched])
@pytest.mark.parametrize("to", ["colleague", "person of another team", "another team", "queue"])
def test_a_change_of_hands_taken_back_leaves_all_as_it_was(before, to):
    emea = TeamFactory(key="emea", members=(UserFactory(rep=True, name="Tom"),))
    handoff = handed_over()
    takers = {
        "colleague": colleague_of(handoff),
        "person of another team": emea.memberships.get().user,
        "another team": emea,
        "queue": TeamFactory(pull=True),
    }
    if before:
        before(handoff)
    as_it_was = standing(handoff)
    given = answer(
        handoff, "reassign", owning.reassign, actor=lena(), to=takers[to], reason="wrong_timing"
    )
    back = undoing.undo(given.pk, actor=lena(), at=SOON)
    assert back.owner == handoff.owner
    after = standing(handoff)
    joined = after.pop("turns"), as_it_was.pop("turns")
    assert {one["pk"]: one["served"] for one in joined[0]} == {
        one["pk"]: one["served"] for one in joined[1]
    }
    assert after == as_it_was and sums()
    assert handoff.assignments.last().explanation == {"taken_back": True}


def test_a_claim_with_the_acceptance_is_given_back_to_the_queue():
    handoff = handed_over(country="DE")
    MembershipFactory(team=handoff.team, user=sam())
    as_it_was = standing(handoff)
    given = answer(handoff, "accept", responding.accept, actor=sam(), how="in_discovery")
    back = undoing.undo(given.pk, actor=sam(), at=SOON)
    assert (back.owner, back.queue.key) == (None, "qualification")
    assert standing(handoff) == as_it_was


def test_that_it_was_opened_meanwhile_stays_noted():
    handoff = handed_over()
    given = answer(handoff, "accept", responding.accept, how="in_discovery")
    responding.mark_opened(handoff.pk, actor=handoff.owner, at=SOON)
    back = undoing.undo(given.pk, actor=handoff.owner, at=SOON)
    assert (back.state, back.opened_at) == ("waiting", SOON)


def test_what_the_worker_wrote_of_a_clock_that_ran_on_stays():
    handoff = handed_over()
    given = answer(handoff, "accept", responding.accept, how="in_discovery")
    handoff.clocks.filter(kind="first_touch").update(breached_at=SOON)
    handoff.clocks.filter(kind="accept").update(breached_at=SOON)
    undoing.undo(given.pk, actor=handoff.owner, at=SOON)
    written = dict(handoff.clocks.values_list("kind", "breached_at"))
    assert (written["first_touch"], written["accept"]) == (SOON, None)


def test_after_taking_it_back_the_turn_can_be_given_back_for_good():
    handoff = handed_over()
    given = answer(handoff, "reject", responding.reject, reason="duplicate")
    undoing.undo(given.pk, actor=handoff.owner, at=SOON)
    at = SOON + dt.timedelta(seconds=5)
    responding.reject(handoff.pk, reason="duplicate", actor=handoff.owner, at=at)
    causes = Turn.objects.filter(handoff=handoff).values_list("cause", "because")
    assert list(causes) == [
        ("turn", ""),
        ("credit", "duplicate"),
        ("corrected", "taken_back"),
        ("credit", "duplicate"),
    ]
    assert sums()
    consequences.credit(handoff, Turn.Because.RETURNED, at=at)
    assert Turn.objects.filter(handoff=handoff, cause="credit").count() == 2


def test_a_turn_of_another_team_that_was_taken_back_is_not_given_back_later():
    emea = TeamFactory(key="emea", members=(UserFactory(rep=True, name="Tom"),))
    handoff = handed_over()
    given = answer(
        handoff, "reassign", owning.reassign, actor=lena(), to=emea, reason="wrong_timing"
    )
    undoing.undo(given.pk, actor=lena(), at=SOON)
    responding.reject(
        handoff.pk, reason="duplicate", actor=handoff.owner, at=SOON + dt.timedelta(seconds=5)
    )
    credited = Turn.objects.filter(cause="credit").latest("pk")
    assert credited.membership.user == handoff.owner and sums()


def test_letters_nobody_saw_are_never_sent():
    handoff = handed_over()
    colleague = colleague_of(handoff)
    given = answer(
        handoff, "reassign", owning.reassign, actor=lena(), to=colleague, reason="wrong_timing"
    )
    written = Message.objects.filter(recipient=colleague, written_at=LATER)
    assert written.count() > 1
    undoing.undo(given.pk, actor=lena(), at=SOON)
    assert not Message.objects.filter(recipient=colleague, written_at__gte=LATER).exists()


def test_who_has_seen_one_hears_that_it_is_over():
    handoff = handed_over()
    colleague = colleague_of(handoff)
    given = answer(
        handoff, "reassign", owning.reassign, actor=lena(), to=colleague, reason="wrong_timing"
    )
    Message.objects.inbox(colleague).filter(written_at=LATER).mark_seen(at=SOON)
    undoing.undo(given.pk, actor=lena(), at=SOON)
    news = Message.objects.inbox(colleague).get(kind="taken_back")
    assert news.subject == (
        f"Lena Brandt took back an answer (given to somebody else): {handoff.lead.title}"
    )


def test_other_systems_and_the_feed_hear_of_it():
    webhook = WebhookFactory()
    handoff = handed_over()
    given = answer(handoff, "reject", responding.reject, reason="wrong_territory")
    Handoff.objects.filter(pk=handoff.pk).update(changed_in=0)
    undoing.undo(given.pk, actor=handoff.owner, at=SOON)
    told = Message.objects.filter(webhook=webhook, written_at=SOON).order_by("kind")
    assert list(told.values_list("kind", flat=True)) == ["handoff.closed", "handoff.undone"]
    assert told[1].body["data"]["state"] == "waiting"
    assert told[1].body["data"]["undid"] == "reject"
    assert Handoff.objects.get(pk=handoff.pk).changed_in > 0


def test_nobody_else_takes_it_back():
    handoff = handed_over()
    given = answer(handoff, "accept", responding.accept, how="in_discovery")
    with pytest.raises(NotAllowed):
        undoing.undo(given.pk, actor=colleague_of(handoff), at=SOON)


def test_after_a_minute_it_is_too_late():
    handoff = handed_over()
    given = answer(handoff, "accept", responding.accept, how="in_discovery")
    with pytest.raises(Conflict, match="too late"):
        undoing.undo(given.pk, actor=handoff.owner, at=LATER + dt.timedelta(seconds=61))
    undoing.undo(given.pk, actor=handoff.owner, at=LATER + dt.timedelta(seconds=60))


def test_twice_is_a_conflict():
    handoff = handed_over()
    given = answer(handoff, "accept", responding.accept, how="in_discovery")
    undoing.undo(given.pk, actor=handoff.owner, at=SOON)
    with pytest.raises(Conflict, match="already"):
        undoing.undo(given.pk, actor=handoff.owner, at=SOON)


def test_once_somebody_took_up_what_it_set_off_it_stays():
    handoff = handed_over()
    given = answer(handoff, "reject", responding.reject, reason="wrong_territory")
    again = Handoff.objects.open().get(lead=handoff.lead)
    responding.accept(again.pk, how="in_discovery", actor=again.owner, at=SOON)
    with pytest.raises(Conflict, match=f"accepted, {again.owner}"):
        undoing.undo(given.pk, actor=handoff.owner, at=SOON)


def test_news_of_the_lead_itself_stays_in_force():
    handoff = handed_over(email="ana@novapay.com")
    given = answer(handoff, "reject", responding.reject, reason="out_of_segment")
    arrive(at=SOON, email="ana@novapay.com")
    with pytest.raises(Conflict, match="received"):
        undoing.undo(given.pk, actor=handoff.owner, at=SOON)


def test_an_answer_that_is_refused_keeps_nothing():
    handoff = handed_over()
    with pytest.raises(Conflict):
        answer(
            handoff, "accept", responding.accept, actor=colleague_of(handoff), how="in_discovery"
        )
    assert not Undoable.objects.exists()


def test_what_stood_before_goes_with_the_next_answer_after_an_hour():
    first, second = handed_over(), handed_over()
    owner = lena()
    answer(first, "reassign", owning.reassign, actor=owner, to=mara(), reason="wrong_timing")
    answer(
        second, "reassign", owning.reassign, actor=owner, to=mara(), reason="wrong_timing",
        at=LATER + dt.timedelta(hours=1, seconds=1),
    )  # fmt: skip
    assert Undoable.objects.get().handoff_id == second.pk


def test_what_stood_before_goes_with_the_night():
    answer(handed_over(), "accept", responding.accept, how="outreach_started")
    for later, left in ((undoing.KEPT, 1), (undoing.KEPT + dt.timedelta(seconds=1), 0)):
        with time_machine.travel(LATER + later, tick=False):
            tasks.housekeeping()
        assert Undoable.objects.count() == left


@pytest.mark.parametrize("verb", sorted(MOVES))
def test_every_move_starts_only_where_the_table_says(verb):
    step: Move = MOVES[verb]
    handoff = handed_over()
    reason = ReasonFactory()
    for state in State:
        ended = LATER if state in (State.REJECTED, State.ADVANCED, State.CLOSED) else None
        Handoff.objects.filter(pk=handoff.pk).update(state=state, reason=reason, ended_at=ended)
        handoff.refresh_from_db()
        changes = {} if step.ends else {"ended_at": None}
        if state in step.starts:
            assert move(handoff, verb, actor=None, at=LATER, changes=changes).pk == handoff.pk
            assert step.leads_to is None or handoff.state == step.leads_to
        else:
            with pytest.raises(Conflict):
                move(handoff, verb, actor=None, at=LATER)


@pytest.mark.parametrize("before", [None, accepted])
def test_what_was_sent_back_to_the_step_before_stands_as_it_did(before):
    StepFactory()
    TeamFactory(key="ae", account_executives=True, members=(UserFactory(rep=True, name="Zoe"),))
    first = handed_over()
    accepted(first)
    handoff = responding.advance(first.pk, actor=first.owner, at=MONDAY)
    if before:
        before(handoff)
    as_it_was = standing(handoff)
    given = answer(
        handoff, "return", giving_back.give_back, reason="missing_context", note="No budget"
    )
    undoing.undo(given.pk, actor=handoff.owner, at=SOON)
    assert standing(handoff) == as_it_was


@pytest.fixture
def both_steps():
    """Sam or Ines accepted a lead; Zoe, an account executive, is the next step."""
    StepFactory()
    zoe = UserFactory(rep=True, name="Zoe")
    TeamFactory(key="ae", account_executives=True, members=(zoe,))
    first = handed_over()
    accepted(first)
    first.refresh_from_db()
    return first


def in_step(lead, step):
    return Handoff.objects.filter(lead=lead, step=step).latest("pk")


def sent_back(first):
    """The hand-over to Zoe, and the one that she gave it back with."""
    second = responding.advance(first.pk, actor=first.owner, at=MONDAY)
    giving_back.give_back(second.pk, reason="missing_context", actor=second.owner, at=MONDAY)
    return second, in_step(first.lead, "sdr")


def test_handing_on_taken_back_leaves_all_as_it_was(both_steps):
    as_it_was = standing(both_steps)
    given = answer(both_steps, "advance", responding.advance)
    undoing.undo(given.pk, actor=both_steps.owner, at=SOON)
    onward = in_step(both_steps.lead, "ae")
    assert standing(both_steps) == as_it_was and sums()
    assert (onward.state, onward.clocks.filter(state="running").count()) == ("closed", 0)
    assert not Message.objects.filter(recipient=onward.owner, written_at__gte=LATER).exists()


def test_handing_on_taken_back_counts_for_nothing_in_the_next_step(both_steps):
    kept = Promise.objects.filter(step="ae")
    given = answer(both_steps, "advance", responding.advance)
    assert kept.count() == 1
    undoing.undo(given.pk, actor=both_steps.owner, at=SOON)
    assert not kept.exists() and Promise.objects.filter(step="sdr").count() == 1
    both_steps.refresh_from_db()
    responding.advance(both_steps.pk, actor=both_steps.owner, at=SOON)
    assert kept.get().handoff == in_step(both_steps.lead, "ae")


def test_once_it_was_opened_there_it_stays_handed_on(both_steps):
    given = answer(both_steps, "advance", responding.advance)
    onward = in_step(both_steps.lead, "ae")
    responding.mark_opened(onward.pk, actor=onward.owner, at=SOON)
    with pytest.raises(Conflict, match="Zoe opened it at .*, so it stays handed on"):
        undoing.undo(given.pk, actor=both_steps.owner, at=SOON)
    assert in_step(both_steps.lead, "ae").state == "waiting"


def test_once_it_was_answered_there_it_stays_handed_on(both_steps):
    given = answer(both_steps, "advance", responding.advance)
    onward = in_step(both_steps.lead, "ae")
    responding.accept(onward.pk, how="in_discovery", actor=onward.owner, at=SOON)
    with pytest.raises(Conflict, match="accepted, Zoe"):
        undoing.undo(given.pk, actor=both_steps.owner, at=SOON)


@pytest.mark.parametrize("verb", ["reject", "recycle"])
def test_an_ending_taken_back_opens_what_the_next_step_waits_with(both_steps, verb):
    second, there = sent_back(both_steps)
    as_they_were = standing(there), standing(second)
    act = {"reject": responding.reject, "recycle": recycling.recycle}[verb]
    given = answer(there, verb, act, **REST)
    assert Handoff.objects.get(pk=second.pk).state == "closed"
    undoing.undo(given.pk, actor=there.owner, at=SOON)
    assert (standing(there), standing(second)) == as_they_were
    assert recording.broken_links(there.lead_id) == []


def test_handing_on_again_taken_back_leaves_it_sent_back(both_steps):
    second, there = sent_back(both_steps)
    accepted(there)
    as_they_were = standing(there), standing(second)
    given = answer(there, "advance", responding.advance, note="The CFO owns it")
    assert Handoff.objects.get(pk=second.pk).state == "waiting"
    undoing.undo(given.pk, actor=there.owner, at=SOON)
    assert (standing(there), standing(second)) == as_they_were


def test_taking_ones_return_back_taken_back_gives_the_work_to_the_step_before(both_steps):
    second, there = sent_back(both_steps)
    as_they_were = standing(there), standing(second)
    given = answer(second, "resume", giving_back.resume)
    assert Handoff.objects.get(pk=there.pk).state == "closed"
    undoing.undo(given.pk, actor=second.owner, at=SOON)
    assert (standing(there), standing(second)) == as_they_were
    told = Event.objects.filter(kind="undone", handoff=second).latest("seq")
    assert told.body["said"] == "Taken back: taken back from the step before"


def test_it_says_to_whom_it_had_been_sent_back(both_steps):
    second = responding.advance(both_steps.pk, actor=both_steps.owner, at=MONDAY)
    given = answer(second, "return", giving_back.give_back, reason="missing_context")
    undoing.undo(given.pk, actor=second.owner, at=SOON)
    told = Event.objects.filter(kind="undone").latest("seq")
    assert told.body["said"] == "Taken back: sent back to the step before"


def test_what_stood_before_goes_with_its_lead(both_steps):
    answer(both_steps, "advance", responding.advance, note="Her own number is 555")
    Lead.objects.filter(pk=both_steps.lead_id).update(is_demo=True)
    assert statements.fetch("SELECT leads_forget(%s::bigint[])", [[both_steps.lead_id]]) == [(1,)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not Undoable.objects.exists()
