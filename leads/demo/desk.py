"""What people do with a lead of the demo, and at which working hour: through the same calls as the
pages and the API, never by writing rows."""

import datetime as dt
import logging
import random
from collections.abc import Sequence

from handoff import business_time
from handoff.checklists import FIRST_STEP
from handoff.models import Reason, Team, User
from leads.journey import (
    calling,
    checking,
    dealing,
    giving_back,
    qualifying,
    responding,
    rosters,
)
from leads.journey.outcome import Outcome
from leads.models import Approval, Handoff

from . import cast, findings
from .stories import Story
from .telling import Clockwork
from .world import luck

log = logging.getLogger(__name__)

REFUSED = (responding.Conflict, responding.NotAllowed, responding.Invalid, Handoff.DoesNotExist)

CHANNELS = ("call", "email", "email", "linkedin")
NEXT_STEPS = (
    "Send the sample report on their own data",
    "Call about the month-end close",
    "Bring the integration sheet for their ERP",
    "Ask who signs off a change to the close",
    "Confirm the meeting with their controller",
)
NOTES = {
    "wrong_timing": "Budget opens later; asked to be called back then.",
    "no_budget": "Interested, but nobody holds a budget for it this year.",
    "out_of_segment": "Far smaller than what we serve; no finance team of their own.",
    "low_intent": "Wanted the guide only, no project behind it.",
    "wrong_role": "Not a buyer: writing a paper about reconciliation.",
    "missing_authority": "Likes it, cannot decide; named no one who can.",
    "no_clear_problem": "Could not name what hurts; the close works for them.",
    "unclear_fit": "Runs something home-made; unclear whether we connect.",
    "already_customer": "Their other division has us already.",
    "duplicate": "We talk to this person under another address.",
}


OBJECTIONS: tuple[str, ...] = (
    "Price",
    "Too much change at once",
    "No integration with their ERP",
    "Timing",
)
TRIGGERS = ("Audit ahead", "New finance lead", "Closing takes too long", "Growth in entities")


class Desk:
    """Both teams at work on one story. Chance decides, the same way each time."""

    def __init__(self, clockwork: Clockwork, story: Story) -> None:
        self.clockwork = clockwork
        self.story = story
        self.dice = luck("desk", story.key)

    def answer(self, outcome: Outcome, *, at: dt.datetime) -> None:
        """Plan what follows when an enquiry was taken in."""
        if outcome.handoff_id is not None:
            self.await_look(outcome.handoff_id, at)
        elif outcome.judged is not None and outcome.judged.approve:
            self._await_approval(outcome.lead_id, at)

    def await_look(self, handoff_id: int, at: dt.datetime) -> None:
        """Plan when somebody looks at a hand-over."""
        handoff = Handoff.objects.select_related("team", "owner").get(pk=handoff_id)
        actor = self._actor(handoff)
        if actor is None or handoff.state != Handoff.State.WAITING:
            return
        minutes = cast.habit_of(actor).delay(self.dice, rank=handoff.tier_rank)
        moment = self._working(handoff, at, minutes)
        self.clockwork.plan(moment, lambda now: self._look(handoff_id, now))

    def _working(self, handoff: Handoff, at: dt.datetime, minutes: float) -> dt.datetime:
        """The moment so many working minutes of whoever has it later."""
        found = rosters.calendar_of_model(handoff)
        if found is None:
            return at + dt.timedelta(minutes=minutes)
        calendar, _ = found
        return business_time.due(calendar, at, minutes).due

    def _actor(self, handoff: Handoff) -> User | None:
        if handoff.owner is not None:
            return handoff.owner
        if handoff.team is None:
            return None
        members = handoff.team.memberships.filter(active=True, user__is_demo=True)
        users = [one.user for one in members.select_related("user").order_by("user__email")]
        return self.dice.choice(users) if users else None

    def _await_approval(self, lead_id: int | None, at: dt.datetime) -> None:
        approval = Approval.objects.filter(lead=lead_id, state=Approval.State.WAITING).first()
        if approval is not None:
            later = at + dt.timedelta(minutes=self.dice.uniform(3, 200))
            self.clockwork.plan(later, lambda now: self._approve(approval.pk, now))

    def _approve(self, approval_id: int, at: dt.datetime) -> None:
        try:
            if self.dice.random() < 0.8:
                passed = qualifying.approve(approval_id, actor=cast.marketer(), at=at)
                self.await_look(passed.handoff_id, at)
            else:
                note = "Not yet: no sign of a project."
                qualifying.decline(approval_id, actor=cast.marketer(), at=at, note=note)
        except REFUSED as error:
            log.info("%s: %s", self.story.key, error)

    def _look(self, handoff_id: int, at: dt.datetime) -> None:
        """Open it, then say yes, no, or that something is missing."""
        handoff = Handoff.objects.select_related("team", "owner", "judgement").get(pk=handoff_id)
        actor = self._actor(handoff)
        if actor is None or handoff.state != Handoff.State.WAITING:
            return
        yes, chance = self.story.kind.yes, self.dice.random()
        is_first = handoff.step == FIRST_STEP
        try:
            if handoff.owner_id == actor.pk:
                responding.mark_opened(handoff_id, actor=actor, at=at)
            if handoff.team is not None and handoff.team.kind == Team.Kind.QUALIFICATION:
                self._qualify(handoff, actor, at)
            elif is_first and len(handoff.missing) > 1 and self.dice.random() < 0.3:
                self._return(handoff, actor, at)
            elif not is_first and handoff.owner_id and self._doubts(handoff):
                self._send_back(handoff, actor, at)
            elif not is_first or chance < yes:
                self._accept(handoff, actor, at)
            else:
                self._reject(handoff, actor, at)
        except REFUSED as error:
            log.info("%s: %s", self.story.key, error)

    def _qualify(self, handoff: Handoff, actor: User, at: dt.datetime) -> None:
        """Find out whether there is a project; then it goes to those who sell, or is rejected."""
        country = handoff.judgement.country or ""
        team = cast.team_for(country)
        reason = _reason(Reason.For.REASSIGN, ("qualified",), self.dice)
        if team is None or reason is None or self.dice.random() > self.story.kind.yes:
            self._reject(handoff, actor, at)
            return
        note = "Spoke on the phone: there is a project, and a date."
        responding.reassign(handoff.pk, to=team, reason=reason.key, note=note, actor=actor, at=at)
        self.await_look(handoff.pk, at)

    def _accept(self, handoff: Handoff, actor: User, at: dt.datetime) -> None:
        ways = Handoff.How.values
        (how,) = self.dice.choices(ways, (6, 3, 1))
        responding.accept(handoff.pk, how=how, actor=actor, at=at)
        minutes = cast.habit_of(actor).delay(self.dice, rank=handoff.tier_rank) * 0.8
        first = self._working(handoff, at, minutes)
        self.clockwork.plan(first, lambda now: self._touch(handoff.pk, 1, now))

    def _reject(self, handoff: Handoff, actor: User, at: dt.datetime) -> None:
        noes = ("low_intent",) if handoff.previous_id else self.story.kind.noes
        reason = _reason(Reason.For.REJECT, noes, self.dice)
        if reason is None:
            self._accept(handoff, actor, at)
            return
        responding.reject(
            handoff.pk,
            reason=reason.key,
            note=self._note(reason, actor),
            until=self._until(reason, at),
            actor=actor,
            at=at,
        )
        onward = Handoff.objects.open().filter(lead=handoff.lead_id).first()
        if onward is not None:
            self.await_look(onward.pk, at)

    def _return(self, handoff: Handoff, actor: User, at: dt.datetime) -> None:
        reason = _reason(Reason.For.RETURN, ("missing_context", "missing_data"), self.dice)
        if reason is None:
            self._accept(handoff, actor, at)
            return
        note = "Please find out what is missing before we call."
        responding.return_to_marketing(
            handoff.pk, reason=reason.key, missing=handoff.missing, note=note, actor=actor, at=at
        )
        later = self._working(handoff, at, self.dice.uniform(30, 700))
        self.clockwork.plan(later, lambda now: self._resume(handoff.pk, now))

    def _doubts(self, handoff: Handoff) -> bool:
        """Whether somebody finds it not qualified far enough; nobody does twice."""
        sent_back = Handoff.objects.filter(lead=handoff.lead_id).exclude(sent_back="")
        return self.dice.random() < 0.12 and not sent_back.exists()

    def _send_back(self, handoff: Handoff, actor: User, at: dt.datetime) -> None:
        reason = _reason(Reason.For.RETURN, ("not_qualified", "missing_context"), self.dice)
        if reason is None:
            self._accept(handoff, actor, at)
            return
        note = self.dice.choice(findings.DOUBTS)
        giving_back.give_back(handoff.pk, reason=reason.key, note=note, actor=actor, at=at)
        there = Handoff.objects.open().filter(previous=handoff).first()
        if there is not None:
            self.await_look(there.pk, at)

    def _resume(self, handoff_id: int, at: dt.datetime) -> None:
        try:
            note = "Filled in from their reply."
            responding.resume(handoff_id, note=note, actor=cast.marketer(), at=at)
        except REFUSED as error:
            log.info("%s: %s", self.story.key, error)
            return
        self.await_look(handoff_id, at)

    def _note(self, reason: Reason, actor: User) -> str:
        says = reason.needs_note or self.dice.random() < cast.habit_of(actor).notes
        return NOTES.get(reason.key, f"{reason.label}, they said.") if says else ""

    def _until(self, reason: Reason, at: dt.datetime) -> dt.date | None:
        """When it shall come back: never before the demo's present, which it would flood."""
        if not reason.needs_date:
            return None
        ahead = self.clockwork.end + dt.timedelta(days=self.dice.randint(3, 75))
        return max(at + dt.timedelta(days=self.dice.randint(30, 120)), ahead).date()

    def _touch(self, handoff_id: int, number: int, at: dt.datetime) -> None:
        """Reach out, say what comes next, and plan it."""
        handoff = Handoff.objects.select_related("team", "owner", "lead").get(pk=handoff_id)
        if handoff.state != Handoff.State.ACCEPTED or handoff.owner is None:
            return
        actor = handoff.owner
        last = number >= cast.habit_of(actor).touches
        pause = 480 * self.dice.uniform(0.4, 2.6)
        then = self._working(handoff, at, pause)
        channel, onward = self.dice.choice(CHANNELS), self.dice.choice(NEXT_STEPS)
        try:
            if channel == "call" and handoff.step == FIRST_STEP:
                self._call(handoff, onward, then, at)
            else:
                responding.touch(
                    handoff_id,
                    channel=channel,
                    next_step=onward,
                    next_step_due=then,
                    actor=actor,
                    at=at,
                )
        except REFUSED as error:
            log.info("%s: %s", self.story.key, error)
            return
        if last:
            self.clockwork.plan(then, lambda now: self._end(handoff_id, now))
        else:
            self.clockwork.plan(then, lambda now: self._touch(handoff_id, number + 1, now))

    def _call(self, handoff: Handoff, onward: str, then: dt.datetime, at: dt.datetime) -> None:
        """Call, and note what was learnt, where somebody answered."""
        assert handoff.owner is not None
        answered = self.dice.random() < 0.6
        told = findings.found(handoff, self.dice, share=0.5) if answered else {}
        calling.note_call(
            handoff.pk,
            channel="call",
            outcome="reached" if told else self.dice.choice(("message", "no_answer")),
            with_whom=handoff.lead.name or "Somebody at the desk" if told else "",
            note=self.dice.choice(findings.NOTES) if told else "",
            answers=told,
            next_step=onward,
            next_step_due=then,
            actor=handoff.owner,
            at=at,
        )

    def _end(self, handoff_id: int, at: dt.datetime) -> None:
        """It goes on to an account executive, becomes a deal, or comes to nothing."""
        handoff = Handoff.objects.select_related("team", "owner", "lead").get(pk=handoff_id)
        if handoff.state != Handoff.State.ACCEPTED or handoff.owner is None:
            return
        actor = handoff.owner
        try:
            if handoff.step != FIRST_STEP:
                self._make_deal(handoff, actor, at)
            elif self.dice.random() < self.story.kind.deal:
                self._advance(handoff, actor, at)
            else:
                self._give_up(handoff, actor, at)
        except REFUSED as error:
            log.info("%s: %s", self.story.key, error)

    def _advance(self, handoff: Handoff, actor: User, at: dt.datetime) -> None:
        try:
            onward = responding.advance(
                handoff.pk,
                note=self.dice.choice(findings.INTROS),
                answers=findings.found(handoff, self.dice, share=1.0),
                actor=actor,
                at=at,
            )
        except responding.Invalid:
            self._make_deal(handoff, actor, at)
            return
        self.await_look(onward.pk, at)

    def _make_deal(self, handoff: Handoff, actor: User, at: dt.datetime) -> None:
        known = findings.found(handoff, self.dice, share=0.9)
        checking.answer(handoff.pk, answers=known, actor=actor, at=at)
        ref, lead = f"demo-{self.story.key}", handoff.lead
        amount = round(self.dice.lognormvariate(10.2, 0.6), -2)
        data = {"lead": lead.pk, "owner": actor.email, "stage": "open", "amount": amount}
        dealing.record_opportunity(ref, data, actor=None, at=at, by="CRM")
        responding.dispose(handoff.pk, disposition="converted", actor=actor, at=at)
        closing = at + dt.timedelta(days=self.dice.uniform(9, 55))
        self.clockwork.plan(closing, lambda now: self._close(ref, actor, now))

    def _close(self, ref: str, actor: User, at: dt.datetime) -> None:
        """Won or lost; mostly the owner says why, in a few words."""
        if self.dice.random() < self.story.kind.won:
            data: dict[str, object] = {"stage": "won", "closed_at": at.isoformat()}
            objections = OBJECTIONS[:2]
        else:
            reason = self.dice.choice(("no budget", "stayed as they are", "chose another"))
            rival = "Quillbooks" if reason == "chose another" else ""
            data = {"stage": "lost", "reason": reason, "competitor": rival}
            objections = OBJECTIONS
        if self.dice.random() < 0.8:
            data["objections"] = [self.dice.choice(objections)]
            data["triggers"] = [self.dice.choice(TRIGGERS)]
        dealing.record_opportunity(ref, data, actor=actor, at=at, by="CRM")

    def _give_up(self, handoff: Handoff, actor: User, at: dt.datetime) -> None:
        (how,) = self.dice.choices(
            ("no_response", "nurture", "bad_fit", "working"), (46, 26, 18, 10)
        )
        wanted = {"no_response": ("no_response",), "nurture": ("wrong_timing", "no_budget")}
        reason = _reason(Reason.For.DISPOSE, wanted.get(how, self.story.kind.noes), self.dice)
        if how == "working":
            reason = None
        responding.dispose(
            handoff.pk,
            disposition=how,
            reason=reason.key if reason else "",
            note=self._note(reason, actor) if reason else "",
            until=self._until(reason, at) if reason else None,
            actor=actor,
            at=at,
        )


def _reason(use: Reason.For, wanted: Sequence[str], dice: random.Random) -> Reason | None:
    """A reason for this use: mostly the first that is wanted and exists, else any."""
    reasons = Reason.objects.filter(active=True, applies_to__contains=[use.value]).order_by("pk")
    fitting = {one.key: one for one in reasons}
    found = [fitting[key] for key in wanted if key in fitting] or list(fitting.values())
    weights = [2.0**-place for place in range(len(found))]
    return dice.choices(found, weights)[0] if found else None
