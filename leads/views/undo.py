"""Taking back what was just answered: one lead, or all that one press answered."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff.checklists import FIRST_STEP
from handoff.views.sent import way_back
from handoff.views.signed_in import SignedIn
from leads.journey import undoing
from leads.journey.states import Conflict, NotAllowed
from leads.models import Handoff, Lead, Undoable

from . import lead as lead_page
from .outcomes import Outcome, counted

NOW = {
    Handoff.State.WAITING: "waits again",
    Handoff.State.ACCEPTED: "is being worked again",
    Handoff.State.RETURNED: "is with marketing again",
}


def now_of(handoff: Handoff) -> str:
    """How it stands, once an answer is taken back."""
    if handoff.state == Handoff.State.RETURNED and handoff.step != FIRST_STEP:
        return "is with the step before again"
    return NOW[Handoff.State(handoff.state)]


@login_required
@require_POST
def undo(request: SignedIn, batch: uuid.UUID) -> HttpResponse:
    """Take back what one press of a button answered."""
    given = list(Undoable.objects.given_with(batch).select_related("handoff__lead"))
    if not given:
        raise Http404
    if len(given) > 1:
        return _many(request, given)
    try:
        handoff = undoing.undo(given[0].pk, actor=request.user, at=timezone.now())
    except NotAllowed as error:
        return _refused(request, given[0], str(error), status=403)
    except Conflict as error:
        return _refused(request, given[0], str(error), status=409)
    messages.success(request, f"Taken back. {handoff.lead} {now_of(handoff)}.")
    page = reverse("leads:lead", args=[handoff.lead_id])
    return redirect(way_back(request, page))


def _refused(request: SignedIn, given: Undoable, said: str, *, status: int) -> HttpResponse:
    """The lead as it is, with why it stays; the queue, for who sees the lead no more."""
    lead_id = given.handoff.lead_id
    sees = Lead.objects.visible_to(request.user).filter(pk=lead_id).exists()
    if given.actor_id == request.user.pk and not sees:
        messages.warning(request, said)
        return redirect("leads:queue")
    return lead_page.page(request, lead_id, status=status, said=said)


def _many(request: SignedIn, given: list[Undoable]) -> HttpResponse:
    if any(one.actor_id != request.user.pk for one in given):
        raise Http404
    outcomes = [_taken_back(request, one) for one in given]
    context = {
        "section": "queue",
        "heading": counted(outcomes, "taken back"),
        "outcomes": outcomes,
        "back": way_back(request, reverse("leads:queue")),
    }
    return render(request, "leads/bulk_done.html", context)


def _taken_back(request: SignedIn, given: Undoable) -> Outcome:
    lead = given.handoff.lead
    try:
        handoff = undoing.undo(given.pk, actor=request.user, at=timezone.now())
    except Conflict as error:
        return Outcome(lead, str(error), done=False)
    return Outcome(lead, f"It {now_of(handoff)}", done=True)
