"""Approval: a rule may ask for a marketing person before a lead is handed over.

Source: contracts.md §3, `approve`. A person says yes, sends the lead elsewhere with a reason, or
declines; each is one transaction and raises `Conflict` with a sentence where somebody answered
before, or where the lead was judged again since they looked (`seen`, the judgement they saw). How
leads come to wait, and stop waiting by themselves, is told in `awaiting`.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from handoff.models import DecideRule, Reason, Team, Track, User
from handoff.permissions import may_approve_leads
from handoff.rules.definition import RouteRule
from leads.models import Approval, Event, Lead

from .awaiting import WAITS
from .handing import Passage, Passed, hand_over, rule_label
from .judging import judged_by
from .reasoning import ask_for, check_ahead, reason_of, words_of
from .recording import Happening, record
from .returning import standings
from .routing import Asked, rule_to
from .states import Conflict, Invalid, NotAllowed
from .tracks import Stay, arrived, begin

Status = DecideRule.Status
REASONS = frozenset({Reason.For.REJECT, Reason.For.DISQUALIFY, Reason.For.REASSIGN})
"""Reasons that apply to one of these may keep a lead from where its rule would send it."""

OFFERED = (Team.Kind.SDR, Team.Kind.AE)
"""Kinds of team a lead may be sent to instead; qualification review has its own place."""


def approve(
    approval_id: int, *, actor: User, at: dt.datetime, note: str = "", seen: int | None = None
) -> Passed:
    """Hand the lead over as it was judged last."""
    with transaction.atomic():
        approval = _answer(
            approval_id, Approval.State.APPROVED, actor=actor, at=at, note=note, seen=seen
        )
        approved = Happening(
            approval.lead_id,
            Event.Kind.APPROVED,
            _moment(approval, at),
            actor=actor,
            body={"note": note},
        )
        return _pass_on(approval, [approved], said="approved", actor=actor, at=at)


def decline(
    approval_id: int, *, actor: User, at: dt.datetime, note: str, seen: int | None = None
) -> Approval:
    """Keep the lead out of sales; it goes to nurture."""
    with transaction.atomic():
        approval = _answer(
            approval_id, Approval.State.DECLINED, actor=actor, at=at, note=note, seen=seen
        )
        stay = Stay(approval.lead.nurture_track, "declined", None, actor, at)
        begin([approval.lead_id], stay)
        record(
            [Happening(approval.lead_id, Event.Kind.DECLINED, at, actor=actor, body={"note": note})]
        )
    return approval


def send_elsewhere(
    approval_id: int,
    *,
    to: str,
    reason: str,
    track: str = "",
    team: str = "",
    note: str = "",
    until: dt.date | None = None,
    actor: User,
    at: dt.datetime,
    seen: int | None = None,
) -> Approval:
    """Send the lead to qualification review, to another team, to nurture (on a `track`, until a
    date) or to the disqualified, instead of where its rule would. Raises Invalid."""
    why = reason_of(reason)
    if REASONS.isdisjoint(why.applies_to):
        raise Invalid("reason", f"“{why.label}” is no reason to send a lead elsewhere.")
    ask_for(why, note=note, until=until)
    check_ahead(until, at=at)
    place = _place(to, track=track, team=team)
    with transaction.atomic():
        approval = _answer(
            approval_id,
            Approval.State.ELSEWHERE,
            actor=actor,
            at=at,
            note=note,
            seen=seen,
            reason=why,
            sent_to=place if isinstance(place, str) else place.label,
        )
        body = {**words_of(why, note, until), "to": to, "sent_to": approval.sent_to}
        sent = Happening(
            approval.lead_id, Event.Kind.SENT_ELSEWHERE, at, actor=actor, body=_sentence(body)
        )
        if isinstance(place, RouteRule):
            status = Status.NEEDS_QUALIFICATION if to == "requalify" else Status.SALES_READY
            Lead.objects.filter(pk=approval.lead_id).update(status=status)
            said = f"sent to {place.label}"
            _pass_on(approval, [sent], said=said, actor=actor, at=at, rule=place, status=status)
        else:
            if to == "nurture":
                begin([approval.lead_id], Stay(track, why.key, until, actor, at).rested())
            else:
                Lead.objects.filter(pk=approval.lead_id).update(status=Status.DISQUALIFIED)
            record([sent])
    return approval


def _place(to: str, *, track: str, team: str) -> RouteRule | str:
    """Where `to` is: a rule for a team, or the name of a place outside of sales' queues."""
    if to == "requalify":
        review = Team.objects.filter(kind=Team.Kind.QUALIFICATION).order_by("pk").first()
        if review is None:
            raise Invalid("to", "No team qualifies leads. Choose another place.")
        return rule_to(review.key, kind="queue", key="elsewhere", label=review.name)
    if to == "team":
        taker = Team.objects.filter(key=team, kind__in=OFFERED).first()
        if taker is None:
            raise Invalid("team", "Choose the team that should have it.")
        return rule_to(taker.key, kind="team", key="elsewhere", label=taker.name)
    if to == "nurture":
        found = Track.objects.filter(key=track).first()
        if track and found is None:
            raise Invalid("track", "That track is not there any more. Choose another.")
        return f"Nurture, {found.label}"[:80] if found else "Nurture"
    if to == "disqualify":
        return "Disqualified"
    raise Invalid("to", "Choose where it should go.")


def _sentence(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "sentence": f"Sent elsewhere: {body['sent_to']}"}


def _pass_on(
    approval: Approval,
    before: list[Happening],
    *,
    said: str,
    actor: User,
    at: dt.datetime,
    rule: RouteRule | None = None,
    status: str = "",
) -> Passed:
    """Hand over, by the judging law's routing or the one `rule` made for it."""
    standing = standings([approval.lead_id]).get(approval.lead_id)
    if standing is not None and standing.handoff_id is not None:
        raise Conflict("This lead was handed over meanwhile.")
    moment = _moment(approval, at)
    judged = judged_by(approval.judgement)
    request = (
        Asked(judged.lead_id, (rule,), moment, (rule,), wanted=judged.wanted) if rule else None
    )
    passage = Passage(
        judged=judged,
        at=moment,
        triggered_at=approval.triggered_at,
        title=approval.lead.title,
        historical=approval.historical,
        previous_id=standing.last_id if standing else None,
        reentry=standing is not None,
        context=approval.lead.context(),
        asked=request,
        actor_id=actor.pk,
        status=status,
        notes=((approval.asked_at, WAITS), (moment, f"{said} by {actor}")),
    )
    (passed,), happenings = hand_over([passage])
    record([*before, *happenings])
    arrived(approval.lead_id, passed.handoff_id)
    return passed


def _moment(approval: Approval, at: dt.datetime) -> dt.datetime:
    """When it is handed over: now, or in its own past."""
    return approval.triggered_at if approval.historical else at


def _answer(
    approval_id: int,
    state: Approval.State,
    *,
    actor: User,
    at: dt.datetime,
    note: str,
    seen: int | None,
    reason: Reason | None = None,
    sent_to: str = "",
) -> Approval:
    """Take it out of the queue, its lead locked. Raises NotAllowed, and Conflict in a sentence."""
    if not may_approve_leads(actor):
        raise NotAllowed("Only marketing operations approve leads.")
    lead_id = Approval.objects.values_list("lead_id", flat=True).get(pk=approval_id)
    Lead.objects.select_for_update(no_key=True).only("pk").get(pk=lead_id)
    waiting = Approval.objects.filter(pk=approval_id, state=Approval.State.WAITING)
    answered = (waiting.filter(judgement=seen) if seen is not None else waiting).update(
        state=state, answered_at=at, answered_by=actor, note=note, reason=reason, sent_to=sent_to
    )
    approval = Approval.objects.select_related("lead", "judgement", "answered_by").get(
        pk=approval_id
    )
    if not answered:
        raise Conflict(_why_not(approval))
    return approval


def _why_not(approval: Approval) -> str:
    """Why an approval cannot be answered (any more, or as it was seen)."""
    match approval.state:
        case Approval.State.WAITING:
            judged = judged_by(approval.judgement)
            return (
                f"{approval.lead} was judged again since you looked: “{rule_label(judged)}”, fit "
                f"{judged.fit:.0f}, intent {judged.intent:.0f}. Look again, then answer."
            )
        case Approval.State.WITHDRAWN:
            status = dict(Status.choices).get(approval.lead.status, "decided anew").lower()
            return f"{approval.lead} no longer waits: it was judged again and is {status} now."
        case Approval.State.ELSEWHERE:
            done = f"sent this lead elsewhere ({approval.sent_to})"
        case _:
            done = f"{approval.state} this lead"
    return f"{approval.answered_by} {done} a moment ago."
