"""What a rep's own system answers to a hand-over: accept, reject, touch and so on.

The rep is named by `as`: the owner, or a member of the hand-over's team.
"""

from typing import Any, TypeVar

from django.http import HttpResponse
from ninja import Router

from handoff.models import ApiKey, Membership, Team, User
from handoff.models.person import normalise_email
from leads.journey import checking, giving_back, responding
from leads.models import Handoff

from .answered import HandoffAnswer
from .frame import Call, body_as, call, reply
from .openapi import takes
from .problems import Refusal
from .rendering import as_json, with_parts
from .sent import (
    AcceptIn,
    Acting,
    AdvanceIn,
    AnswersIn,
    DisposeIn,
    ReassignIn,
    RejectIn,
    ReturnIn,
    TouchedIn,
)

BIGGEST_ID = 2**63 - 1
Answer = TypeVar("Answer", bound=Acting)

router = Router(tags=["Hand-overs"])
action = call(ApiKey.Scope.HANDOFFS, whole=True)


@router.post(
    "/handoffs/{int:handoff_id}/accept",
    response=HandoffAnswer,
    openapi_extra=takes(AcceptIn),
    operation_id="accept_handoff",
    summary="Accept",
)
@action
def accept_handoff(request: Call, handoff_id: int) -> HttpResponse:
    """Accept a lead. Who accepts one that nobody owns becomes its owner."""
    body, actor = answering(request, handoff_id, AcceptIn)
    accepted = responding.accept(handoff_id, how=body.how, **signed(request, actor))
    return told(accepted)


@router.post(
    "/handoffs/{int:handoff_id}/reject",
    response=HandoffAnswer,
    openapi_extra=takes(RejectIn),
    operation_id="reject_handoff",
    summary="Reject",
)
@action
def reject_handoff(request: Call, handoff_id: int) -> HttpResponse:
    """Reject a lead. Where it goes follows from the reason."""
    body, actor = answering(request, handoff_id, RejectIn)
    rejected = responding.reject(
        handoff_id,
        reason=body.reason,
        note=body.note or "",
        until=body.until,
        **signed(request, actor),
    )
    return told(rejected)


@router.post(
    "/handoffs/{int:handoff_id}/return",
    response=HandoffAnswer,
    openapi_extra=takes(ReturnIn),
    operation_id="return_handoff",
    summary="Return to marketing, or to the step before",
)
@action
def return_handoff(request: Call, handoff_id: int) -> HttpResponse:
    """Give a lead back, because something is missing: to marketing, from a later step to whoever
    had it in the step before. The clocks wait meanwhile."""
    body, actor = answering(request, handoff_id, ReturnIn)
    returned = giving_back.give_back(
        handoff_id,
        reason=body.reason,
        missing=body.missing or [],
        note=body.note or "",
        **signed(request, actor),
    )
    return told(returned)


@router.post(
    "/handoffs/{int:handoff_id}/touch",
    response=HandoffAnswer,
    openapi_extra=takes(TouchedIn),
    operation_id="touch_handoff",
    summary="Log a touch",
)
@action
def touch_handoff(request: Call, handoff_id: int) -> HttpResponse:
    """Log a touch, with the next step and when it is due. The first one ends that clock."""
    body, actor = answering(request, handoff_id, TouchedIn)
    touched = responding.touch(
        handoff_id,
        channel=body.channel,
        touched_at=body.at,
        next_step=body.next_step or "",
        next_step_due=body.next_step_due,
        note=body.note or "",
        **signed(request, actor),
    )
    return told(touched)


@router.post(
    "/handoffs/{int:handoff_id}/dispose",
    response=HandoffAnswer,
    openapi_extra=takes(DisposeIn),
    operation_id="dispose_handoff",
    summary="Say how it ended",
)
@action
def dispose_handoff(request: Call, handoff_id: int) -> HttpResponse:
    """Say what became of an accepted lead; `working` keeps it open."""
    body, actor = answering(request, handoff_id, DisposeIn)
    disposed = responding.dispose(
        handoff_id,
        disposition=body.disposition,
        reason=body.reason or "",
        note=body.note or "",
        until=body.until,
        **signed(request, actor),
    )
    return told(disposed)


@router.post(
    "/handoffs/{int:handoff_id}/reassign",
    response=HandoffAnswer,
    openapi_extra=takes(ReassignIn),
    operation_id="reassign_handoff",
    summary="Reassign",
)
@action
def reassign_handoff(request: Call, handoff_id: int) -> HttpResponse:
    """Give a lead to another person, or to a team, with a reason."""
    body, actor = answering(request, handoff_id, ReassignIn)
    moved = responding.reassign(
        handoff_id,
        to=_taker(body.to),
        reason=body.reason,
        note=body.note or "",
        **signed(request, actor),
    )
    return told(moved)


@router.post(
    "/handoffs/{int:handoff_id}/advance",
    response=HandoffAnswer,
    openapi_extra=takes(AdvanceIn),
    operation_id="advance_handoff",
    summary="Advance from SDR to AE",
)
@action
def advance_handoff(request: Call, handoff_id: int) -> HttpResponse:
    """End this hand-over and open the next step's; the answer is that one. What the next step
    requires has to be answered: 422 names what is open."""
    body, actor = answering(request, handoff_id, AdvanceIn)
    onward = responding.advance(
        handoff_id,
        note=body.note or "",
        answers=body.answers or {},
        **signed(request, actor),
    )
    return told(onward)


@router.post(
    "/handoffs/{int:handoff_id}/answers",
    response=HandoffAnswer,
    openapi_extra=takes(AnswersIn),
    operation_id="answer_checklist",
    summary="Answer the checklist",
)
@action
def answer_checklist(request: Call, handoff_id: int) -> HttpResponse:
    """Keep what was found out about a lead, question by question."""
    body, actor = answering(request, handoff_id, AnswersIn)
    checking.answer(handoff_id, answers=body.answers, **signed(request, actor))
    return told(Handoff.objects.get(pk=handoff_id))


@router.post(
    "/queues/{slug:key}/next",
    response={200: HandoffAnswer, 204: None},
    openapi_extra=takes(Acting),
    operation_id="next_in_queue",
    summary="Take the next lead of a queue",
)
@action
def next_in_queue(request: Call, key: str) -> HttpResponse:
    """Claim (not accept) the most urgent lead that nobody owns. 204: the queue is empty."""
    team = Team.objects.filter(key=key).first()
    if team is None:
        raise Refusal(404, f"There is no queue “{key}”.")
    body = body_as(request, Acting)
    actor = person(body.as_, place="as")
    if not is_member(actor, team.pk):
        raise Refusal(403, f"{actor.email} is not a member of {team.name}.")
    claimed = responding.claim_next(team, **signed(request, actor))
    return told(claimed) if claimed is not None else HttpResponse(status=204)


def signed(request: Call, actor: User) -> dict[str, Any]:
    """Who acts, when and through which key."""
    return {"actor": actor, "at": request.at, "by": request.caller.by}


def person(email: str, *, place: str) -> User:
    """The active person of that address. Refuses with 422 where there is none."""
    found = User.objects.filter(email=normalise_email(email), is_active=True).first()
    if found is None:
        wrong = f"Nobody here has the address {email}."
        raise Refusal(422, wrong, faults=[(place, wrong)])
    return found


def is_member(actor: User, team_id: int | None) -> bool:
    return Membership.objects.filter(team=team_id, user=actor, active=True).exists()


def answering(request: Call, handoff_id: int, shape: type[Answer]) -> tuple[Answer, User]:
    """The body as `shape`, and the person it names, who owns the hand-over or is in its team.

    Refuses with 404 where there is no such hand-over, 422 an unknown person, 403 another.
    """
    found = (
        Handoff.objects.filter(pk=handoff_id).values_list("owner_id", "team_id").first()
        if handoff_id <= BIGGEST_ID
        else None
    )
    if found is None:
        raise Refusal(404, f"There is no hand-over {str(handoff_id)[:20]}.")
    body = body_as(request, shape)
    actor = person(body.as_, place="as")
    owner_id, team_id = found
    if actor.pk != owner_id and not (team_id and is_member(actor, team_id)):
        raise Refusal(403, f"{actor.email} neither owns this lead nor is in its team.")
    return body, actor


def _taker(to: str) -> User | Team:
    if "@" in to:
        return person(to, place="to")
    team = Team.objects.filter(key=to).first()
    if team is None:
        wrong = f"There is no team “{to}”, and no person."
        raise Refusal(422, wrong, faults=[("to", wrong)])
    return team


def told(handoff: Handoff) -> HttpResponse:
    """The hand-over as it stands now."""
    return reply(as_json(with_parts(Handoff.objects.all()).get(pk=handoff.pk)))
