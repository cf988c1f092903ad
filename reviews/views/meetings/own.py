"""Everybody's own page of a meeting: when it is, what is on the screen, and what they took on."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from reviews.meetings import minutes, planning
from reviews.meetings.invitations import calendar_file
from reviews.views.voting.board import decidable
from reviews.voting.ballots import ballot_of

from .room import meeting_or_404, my_actions, open_actions, room, unchanged


@login_required
@require_GET
@never_cache
def meeting(request: SignedIn, number: int) -> HttpResponse:
    """The page as a whole."""
    at = timezone.now()
    found = meeting_or_404(request, number, at=at)
    context = {"section": "reviews", **_drawn(request, found, at=at)}
    return render(request, "reviews/meeting/meeting.html", context)


@login_required
@require_GET
@never_cache
def live(request: SignedIn, number: int) -> HttpResponse:
    """What the page shows by now; 304 while that is what it shows."""
    at = timezone.now()
    found = meeting_or_404(request, number, at=at)
    if (same := unchanged(request, found)) is not None:
        return same
    return render(request, "reviews/meeting/_now.html", _drawn(request, found, at=at))


def _drawn(request: SignedIn, found: Any, *, at: dt.datetime) -> dict[str, Any]:
    context = room(found, request.user, at=at)
    sentences = minutes.SENTENCES.get(found.item)
    return {
        **context,
        "ballot": ballot_of(found, request.user, at=at),
        "mine": my_actions(found, request.user),
        "promised": open_actions(found) if found.is_planned else [],
        "sentences": sentences(context["figures"]) if sentences else [],
        "may_arrange": planning.may_arrange(found.series, request.user),
        "back": found.get_absolute_url(),
    } | (decidable(found, request.user) if found.my_side else {})


@login_required
@require_GET
@never_cache
def invitation(request: SignedIn, number: int) -> HttpResponse:
    """The meeting as a file for a calendar."""
    at = timezone.now()
    found = meeting_or_404(request, number, at=at)
    people = [one.user for one in found.participants.taking_part().select_related("user")]
    file = calendar_file(found, people, method="PUBLISH", at=at)
    answer = HttpResponse(file["text"], content_type=f"{file['type']}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file["name"]}"'
    return answer
