"""A participant's own ballot: one lead after the other, saved at each press."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from handoff.models import User
from handoff.views.signed_in import SignedIn
from leads.journey.states import Conflict, Invalid
from leads.models import Handoff
from reviews.meetings import running
from reviews.models import Meeting, Participant, Sampled, Vote
from reviews.voting.ballots import ERASED, cast, own_votes, participant_of
from reviews.voting.clauses import clauses_of
from reviews.voting.drawing import opens_at

from .portrait import portrait


@dataclass(frozen=True)
class Step:
    """One lead in the row of steps: its place, whether it is open, and the voter's own vote.
    `handoff` is None where the lead was erased since it was drawn."""

    sampled: Sampled
    vote: Vote | None
    handoff: Handoff | None

    @property
    def is_open(self) -> bool:
        return self.sampled.revealed_at is None and self.handoff is not None

    @property
    def css(self) -> str:
        return "is-done" if self.vote or not self.is_open else ""


@login_required
@require_safe
@never_cache
def ballot(request: SignedIn, number: int) -> HttpResponse:
    """The first lead without a vote of theirs; once there is none, all of them to look over."""
    meeting, participant = _meeting(request.user, number)
    steps = _steps(meeting, participant)
    waiting = next((one for one in steps if one.is_open and one.vote is None), None)
    if waiting is not None and _is_open(meeting, timezone.now()):
        return redirect("reviews:vote", number, waiting.sampled.place)
    context = {**_about(meeting, participant, steps), "section": "reviews"}
    return render(request, "reviews/voting/ballots.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def vote(request: SignedIn, number: int, place: int) -> HttpResponse:
    """One lead; a post saves what was pressed. A no stays, to say which clause failed."""
    meeting, participant = _meeting(request.user, number)
    steps = _steps(meeting, participant)
    step = next((one for one in steps if one.sampled.place == place), None)
    if step is None:
        raise Http404
    if not _is_open(meeting, timezone.now()):
        return redirect("reviews:ballot", number)
    if step.handoff is None:
        messages.warning(request, ERASED)
        return redirect("reviews:ballot", number)
    if request.method != "POST":
        return _page(request, meeting, participant, steps, step)
    return _cast(request, meeting, participant, steps, step)


def _cast(
    request: SignedIn,
    meeting: Meeting,
    participant: Participant,
    steps: list[Step],
    step: Step,
) -> HttpResponse:
    sent = request.POST
    verdict = sent.get("met", "") or (step.vote.verdict if step.vote else "")
    try:
        kept = cast(
            step.sampled.pk,
            participant,
            verdict=verdict,
            clause=sent.get("clause"),
            comment=sent.get("comment"),
            at=timezone.now(),
        )
    except Invalid as error:
        return _page(request, meeting, participant, steps, step, error=error)
    except Conflict as error:
        messages.warning(request, str(error))
        return redirect("reviews:ballot", meeting.number)
    asks_more = kept.verdict == Vote.Verdict.NO and "next" not in sent
    if asks_more:
        there = reverse("reviews:vote", args=[meeting.number, step.sampled.place])
        return redirect(f"{there}#why")
    after = [one for one in steps if one.is_open and one.vote is None and one is not step]
    later = [one for one in after if one.sampled.place > step.sampled.place]
    if not after:
        return redirect("reviews:ballot", meeting.number)
    return redirect("reviews:vote", meeting.number, (later or after)[0].sampled.place)


def _page(
    request: SignedIn,
    meeting: Meeting,
    participant: Participant,
    steps: list[Step],
    step: Step,
    *,
    error: Invalid | None = None,
) -> HttpResponse:
    at = steps.index(step)
    assert step.handoff is not None
    clauses = clauses_of(step.handoff.judgement)
    context = {
        **_about(meeting, participant, steps),
        "section": "reviews",
        "step": step,
        "vote": step.vote,
        "portrait": portrait(step.handoff),
        "clauses": clauses,
        "previous": steps[at - 1].sampled.place if at else None,
        "next": steps[at + 1].sampled.place if at + 1 < len(steps) else None,
        "typed": request.POST.get("comment", step.vote.comment if step.vote else ""),
        "error": error,
    }
    status = 200 if error is None else 422
    return render(request, "reviews/voting/vote.html", context, status=status)


def _meeting(user: User, number: int) -> tuple[Meeting, Participant]:
    """The meeting and who the person is in it. Raises Http404 for who takes no part."""
    found = Meeting.objects.visible_to(user).select_related("series").filter(number=number).first()
    participant = participant_of(found, user) if found else None
    if found is None or participant is None:
        raise Http404
    if found.is_running:
        running.see(found, user, at=timezone.now())
    return found, participant


def _steps(meeting: Meeting, participant: Participant) -> list[Step]:
    sample = list(meeting.sample.standing())
    own = own_votes(sample, participant)
    related = Handoff.objects.select_related("judgement", "lead__account")
    handoffs = related.in_bulk([one.handoff_id for one in sample])
    return [Step(one, own.get(one.pk), handoffs.get(one.handoff_id)) for one in sample]


def _is_open(meeting: Meeting, at: dt.datetime) -> bool:
    return meeting.is_running or (meeting.is_planned and opens_at(meeting) <= at)


def _about(meeting: Meeting, participant: Participant, steps: list[Step]) -> dict[str, Any]:
    now = timezone.now()
    there = [one for one in steps if one.handoff is not None]
    return {
        "meeting": meeting,
        "participant": participant,
        "steps": steps,
        "voted": sum(one.vote is not None for one in there),
        "there": there,
        "open": [one for one in steps if one.is_open],
        "is_open": _is_open(meeting, now),
        "opens_at": opens_at(meeting),
        "now": now,
    }
