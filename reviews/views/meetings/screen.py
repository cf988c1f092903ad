"""The screen both teams look at: whoever presents leads through it, everybody else may watch."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from reviews.meetings import changing, trends
from reviews.models import Item
from reviews.views.voting.board import sample_of
from reviews.voting.asked import asked_of

from .forms import ActionForm, DecisionForm
from .room import meeting_or_404, room, unchanged

MOST = 3
"""So many reasons and sources fit a screen; the minutes have them all."""
REJECTED = {
    "reasons": ("Rejected, by reason", "reason"),
    "sources": ("Rejected, by source", "source"),
}
"""What is shown of the rejections, under which title, and by what a draft may answer it."""


@login_required
@require_GET
@never_cache
def screen(request: SignedIn, number: int) -> HttpResponse:
    """The whole screen; its forms stand outside of what is drawn anew."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    forms = {
        "action_form": ActionForm(meeting=meeting, prefix="action"),
        "decision_form": DecisionForm(prefix="decision"),
    }
    context = {**_stage(request, meeting, at=at), **forms}
    return render(request, "reviews/meeting/screen.html", context)


@login_required
@require_GET
@never_cache
def stage(request: SignedIn, number: int) -> HttpResponse:
    """What the screen shows by now; 304 while that is what it shows."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    if (same := unchanged(request, meeting)) is not None:
        return same
    context = _stage(request, meeting, at=at)
    return render(request, "reviews/meeting/_stage.html", context)


def _stage(request: SignedIn, meeting: Any, *, at: dt.datetime) -> dict[str, Any]:
    context = room(meeting, request.user, at=at)
    if meeting.item == Item.TRENDS:
        figures = context["figures"]
        context["moved"] = trends.moved(figures)
        context["trends"] = [
            (title, asks, figures.get(key, ())[:MOST]) for key, (title, asks) in REJECTED.items()
        ]
    elif meeting.item == Item.CHANGES:
        context["in_flight"] = changing.in_flight()
        context["asked"] = asked_of(meeting)
        context |= sample_of(meeting, request.user, at=at)
    return context
