"""An answer can be taken back for a minute: all stands as before, and the history says so."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine

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
from leads.models import Clock, Event, Handoff, Lead, MergeProposal, Message, Turn, Undoable
from tests.factories import (
    MONDAY,
    HandoffFactory,
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


def test_an_answer_that_moved_another_step_too_stays():
    handoff = handed_over()
    other = HandoffFactory(lead=handoff.lead, judgement=handoff.judgement, step="ae")

    def both(handoff_id, *, actor, at):
        responding.reject(handoff_id, reason="out_of_segment", actor=actor, at=at)
        move(other, "withdraw", actor=None, at=at)

    given = answer(handoff, "reject", both)
    with pytest.raises(Conflict, match="another step"):
        undoing.undo(given.pk, actor=handoff.owner, at=SOON)
    assert Handoff.objects.get(pk=handoff.pk).state == "rejected"


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
