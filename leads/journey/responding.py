"""Answering a hand-over: accept, reject, return, touch, dispose, advance.

Source: contracts.md §2 (the calls) and §3. Each function is one transaction; each raises
`Conflict` when the move is closed, `NotAllowed` for somebody else's lead, `Invalid` for an answer
that lacks something, and returns the hand-over as it is afterwards. `by` names the API key a call
came through.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from handoff.models import OVERSEERS, Reason, User
from leads.models import Clock, Handoff, Turn
from leads.wording import subjects

from . import chasing, clocks, pausing, promising
from .announcing import Letter, announce
from .consequences import credit, send_on
from .law import law, tier_of
from .owning import (
    claim,
    claim_next,
    enter,
    mark_opened,
    may_act,
    next_for,
    reassign,
    take,
)
from .reasoning import ask_for, check_ahead, given_in, reason_of, words_of
from .returning import deadlines_of
from .rosters import calendar_of_model
from .states import Conflict, Invalid, NotAllowed, move
from .stepping import advance

__all__ = [
    "Conflict",
    "Invalid",
    "NotAllowed",
    "accept",
    "advance",
    "claim",
    "claim_next",
    "deadlines_of",
    "dispose",
    "mark_opened",
    "may_act",
    "next_for",
    "reassign",
    "reject",
    "resume",
    "return_to_marketing",
    "touch",
]

LEEWAY = dt.timedelta(minutes=5)
"""How far ahead of our clock another system's may be."""

ENDS_IN = {
    Handoff.Disposition.NO_RESPONSE: "nurture",
    Handoff.Disposition.BAD_FIT: "disqualify",
    Handoff.Disposition.NURTURE: "nurture",
    Handoff.Disposition.DUPLICATE: "merge",
    Handoff.Disposition.RECYCLED: "nurture",
}
"""Where a disposition leads when its reason does not say."""


def accept(handoff_id: int, *, how: str, actor: User, at: dt.datetime, by: str = "") -> Handoff:
    """Say yes. Somebody of the team who accepts an unowned hand-over becomes its owner."""
    if how not in Handoff.How.values:
        raise Invalid("how", f"Say how: {', '.join(Handoff.How.values)}.")
    with transaction.atomic():
        return _accept(enter(handoff_id, actor=actor), how=how, actor=actor, at=at, by=by)


def _accept(handoff: Handoff, *, how: str, actor: User, at: dt.datetime, by: str) -> Handoff:
    if handoff.state == Handoff.State.WAITING:
        if handoff.owner_id is None:
            handoff = take(handoff, actor=actor, at=at, by=by)
        elif handoff.owner_id != actor.pk:
            raise Conflict(f"This lead is {handoff.owner}’s. Reassign it to accept it yourself.")
    changes = {"accepted_at": at, "how": how, "answered_by_id": actor.pk}
    move(handoff, "accept", actor=actor, at=at, by=by, changes=changes, body={"how": how})
    clocks.meet([handoff.pk], [Clock.Kind.ACCEPT, Clock.Kind.ASSIGN], at=at)
    return _fresh(handoff)


def reject(
    handoff_id: int,
    *,
    reason: str,
    note: str = "",
    until: dt.date | None = None,
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> Handoff:
    """Say no, with a reason; the reason says where the lead goes."""
    why = reason_of(reason)
    if Reason.For.REJECT not in why.applies_to:
        raise Invalid("reason", f"“{why.label}” is no reason to reject a lead.")
    ask_for(why, note=note, until=until)
    check_ahead(until, at=at)
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        given_in(why, handoff.step)
        changes = {
            "reason_id": why.pk,
            "note": note,
            "until": until,
            "answered_by_id": actor.pk,
        }
        move(
            handoff,
            "reject",
            actor=actor,
            at=at,
            by=by,
            changes=changes,
            body=words_of(why, note, until),
        )
        clocks.meet([handoff.pk], [Clock.Kind.ACCEPT, Clock.Kind.ASSIGN], at=at)
        clocks.stop([handoff.pk], at=at)
        send_on(handoff, why.goes_to, actor=actor, at=at, reason=why.key, until=until)
        return _fresh(handoff)


def return_to_marketing(
    handoff_id: int,
    *,
    reason: str,
    missing: Sequence[str] = (),
    note: str = "",
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> Handoff:
    """Ask marketing for what is missing. Sales' clocks stand still, marketing's starts."""
    why = reason_of(reason)
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        given_in(why, handoff.step)
        told = {**words_of(why, note, None), "missing": list(missing)}
        changes = {
            "reason_id": why.pk,
            "note": note,
            "lacks": list(missing),
            "answered_by_id": actor.pk,
        }
        move(handoff, "return", actor=actor, at=at, by=by, changes=changes, body=told)
        pausing.pause(handoff.pk, at=at)
        promising.await_answer(handoff, at=at)
        credit(handoff, Turn.Because.RETURNED, at=at)
        _tell_marketing(handoff, why, list(missing), note, actor=actor, at=at)
        return _fresh(handoff)


def _tell_marketing(
    handoff: Handoff, why: Reason, missing: list[str], note: str, *, actor: User, at: dt.datetime
) -> None:
    told = promising.office().responsible_id
    if told is None and handoff.team is not None:
        told = handoff.team.responsible_id
    if told is None or handoff.historical:
        return
    title = handoff.lead.title
    body = {"title": title, "why": why.label, "missing": missing, "note": note}
    announce(
        [
            Letter(
                "returned",
                f"{handoff.pk}:{at.isoformat()}",
                told,
                subjects.returned(title, by=actor, reason=why.label),
                at,
                handoff.lead_id,
                handoff.pk,
                body,
            )
        ]
    )


def resume(
    handoff_id: int, *, note: str = "", actor: User, at: dt.datetime, by: str = ""
) -> Handoff:
    """Marketing gives a returned lead back; sales' clocks run on where they stood. Whoever returned
    it may take it back, which is no answer of marketing's and keeps no promise of theirs."""
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        verb = "resume_work" if handoff.accepted_at else "resume"
        move(handoff, verb, actor=actor, at=at, by=by, body={"note": note})
        taken_back = handoff.answered_by_id == actor.pk
        end = clocks.stop if taken_back else clocks.meet
        end([handoff.pk], [Clock.Kind.HANDOVER, Clock.Kind.RETURNED], at=at)
        pausing.resume(handoff.pk, at=at, by=str(actor) if taken_back else "marketing")
        if handoff.owner_id is not None and not handoff.historical:
            subject = subjects.resumed(handoff.lead.title, by=actor)
            about = f"{handoff.pk}:{at.isoformat()}"
            body = {"title": handoff.lead.title, "note": note}
            announce(
                [
                    Letter(
                        "resumed",
                        about,
                        handoff.owner_id,
                        subject,
                        at,
                        handoff.lead_id,
                        handoff.pk,
                        body,
                    )
                ]
            )
        return _fresh(handoff)


def touch(
    handoff_id: int,
    *,
    channel: str,
    result: str = "",
    touched_at: dt.datetime | None = None,
    next_step: str = "",
    next_step_due: dt.datetime | None = None,
    note: str = "",
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> Handoff:
    """Log a touch; the first stops the first-touch clock at the moment it took place.

    A touch of a lead that still waits accepts it (`outreach_started`). A next step without a day is
    due by the tier's follow-up time.
    """
    moment = touched_at or at
    if moment > at + LEEWAY:
        raise Invalid("at", "A touch cannot be logged before it took place.")
    if not channel:
        raise Invalid("channel", "Say how you reached out: call, email, meeting …")
    chasing.check_promised(next_step_due, at=at)
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        if handoff.state == Handoff.State.WAITING:
            how = Handoff.How.OUTREACH_STARTED
            handoff = _accept(handoff, how=how, actor=actor, at=at, by=by)
        if next_step and next_step_due is None and not handoff.historical:
            next_step_due = chasing.promised_for(handoff, at=at)
        first = handoff.first_touch_at is None
        said = {"channel": channel, "next_step": next_step, "next_step_due": next_step_due}
        changes: dict[str, Any] = {"last_touch_at": moment, **said}
        if first:
            changes["first_touch_at"] = moment
        told = {"touched_at": moment, **said, "result": result, "note": note}
        move(handoff, "touch", actor=actor, at=at, by=by, changes=changes, body=told)
        if first:
            clocks.meet([handoff.pk], [Clock.Kind.FIRST_TOUCH], at=moment)
            _start_follow_up(handoff, at=moment)
        else:
            clocks.meet([handoff.pk], [Clock.Kind.FOLLOW_UP, Clock.Kind.NEXT_STEP], at=moment)
        chasing.begin(handoff, at=at)
        return _fresh(handoff)


def _start_follow_up(handoff: Handoff, *, at: dt.datetime) -> None:
    tier = tier_of(law(handoff.version_id), handoff.step, handoff.tier)
    found = calendar_of_model(handoff)
    if tier is None or found is None:
        return
    calendar, calendar_id = found
    try:
        made = clocks.deadline(
            tier, Clock.Kind.FOLLOW_UP, started_at=at, calendar=calendar, calendar_id=calendar_id
        )
    except ValueError:
        # The calendar was edited so that it never opens: a touch is logged all the same, and the
        # next step is owed.
        return
    if made is not None:
        clocks.store([made.row(handoff.pk, handoff.version_id, acts=not handoff.historical)])


def dispose(
    handoff_id: int,
    *,
    disposition: str,
    reason: str = "",
    note: str = "",
    until: dt.date | None = None,
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> Handoff:
    """Say how it stands: `working` keeps it open, every other disposition ends it. Of what sales
    returned, marketing says so, which is its answer."""
    if disposition not in Handoff.Disposition.values:
        raise Invalid("disposition", f"Choose one of: {', '.join(Handoff.Disposition.values)}.")
    why = reason_of(reason) if reason else None
    if why is not None:
        ask_for(why, note=note, until=until)
    check_ahead(until, at=at)
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        if why is not None:
            given_in(why, handoff.step)
        verb = _verb_of(handoff, disposition, actor)
        changes = {
            "disposition": disposition,
            "reason_id": why.pk if why else None,
            "note": note,
            "until": until,
        }
        told = {"disposition": disposition, **words_of(why, note, until)}
        move(handoff, verb, actor=actor, at=at, by=by, changes=changes, body=told)
        if verb != "dispose":
            clocks.meet([handoff.pk], [Clock.Kind.HANDOVER, Clock.Kind.RETURNED], at=at)
            clocks.stop([handoff.pk], at=at)
            goes_to = (why.goes_to if why else "") or ENDS_IN.get(
                Handoff.Disposition(disposition), ""
            )
            key = why.key if why else disposition
            send_on(handoff, goes_to, actor=actor, at=at, reason=key, until=until)
        return _fresh(handoff)


def _verb_of(handoff: Handoff, disposition: str, actor: User) -> str:
    """What a disposition does; what sales returned is marketing's to keep, no rep's."""
    if disposition == Handoff.Disposition.WORKING:
        return "dispose"
    is_returned = handoff.state == Handoff.State.RETURNED
    return "keep" if is_returned and actor.has_role(*OVERSEERS) else "close"


def _fresh(handoff: Handoff) -> Handoff:
    """The hand-over as it is now, its `due_at` brought up to its clocks."""
    if handoff.ended_at is None:
        clocks.refresh_due([handoff.pk])
    return Handoff.objects.select_related("lead", "team", "owner", "reason", "judgement").get(
        pk=handoff.pk
    )
