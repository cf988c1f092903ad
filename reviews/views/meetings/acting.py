"""Leading a meeting: begin, go to an item, take over, end; and joining it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handoff.views.sent import way_back, whole
from handoff.views.signed_in import SignedIn
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.meetings import running
from reviews.models import Meeting

from .room import meeting_or_404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def begin(request: SignedIn, number: int) -> HttpResponse:
    """Open the screen and present; asked once more where it is long before its time."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    if _asks_first(request, meeting, at=at):
        context = {"section": "reviews", "meeting": meeting, "now": at}
        return render(request, "reviews/meeting/begin.html", context)
    if request.method != "POST":
        return redirect("reviews:screen", number)
    return _done(request, number, running.begin, "screen")


def _asks_first(request: SignedIn, meeting: Meeting, *, at: dt.datetime) -> bool:
    """Whether who may begin it so early has not said yet that they are sure."""
    early = meeting.is_planned and running.is_early(meeting, at=at)
    sure = request.POST.get("sure") == "yes"
    return early and not sure and running.may_begin(meeting, request.user, at=at)


@login_required
@require_POST
def go_to(request: SignedIn, number: int) -> HttpResponse:
    """Put an item on the screen."""
    item, seen = (whole(request.POST.get(name, "")) for name in ("item", "seen"))
    asked = {"item": -1 if item is None else item, "seen": -1 if seen is None else seen}
    return _done(request, number, running.go_to, "screen", **asked)


@login_required
@require_POST
def take_over(request: SignedIn, number: int) -> HttpResponse:
    """Present instead of whoever does."""
    return _done(request, number, running.take_over, "screen")


@login_required
@require_POST
def end(request: SignedIn, number: int) -> HttpResponse:
    """Close the meeting; on to its minutes."""
    return _done(request, number, running.end, "minutes")


@login_required
@require_POST
def join(request: SignedIn, number: int) -> HttpResponse:
    """Say that one is there, and for which side."""
    return _done(request, number, running.join, "meeting", side=request.POST.get("side", ""))


def _done(
    request: SignedIn, number: int, act: Callable[..., Any], to: str, **asked: Any
) -> HttpResponse:
    """Do it and show the page it leads to; what stands against it is said there."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    there = reverse(f"reviews:{to}", args=[number])
    try:
        act(meeting.pk, actor=request.user, at=at, **asked)
    except (Conflict, Invalid, NotAllowed) as refused:
        messages.warning(request, str(refused))
        there = reverse("reviews:meeting", args=[number]) if to == "minutes" else there
    return redirect(way_back(request, there))
