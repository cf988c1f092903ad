"""“Not taking leads until …”: a pause of one's own, which ends by itself or at a press."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from handoff import absences
from handoff.absences import Refused
from handoff.models import User
from handoff.views.sent import way_back
from handoff.views.signed_in import SignedIn
from handoff.words import day_and_time


@login_required
@require_POST
def pause(request: SignedIn) -> HttpResponse:
    """Take no leads for a while: `for` names how long, `until` a moment in the viewer's zone."""
    at = timezone.now()
    try:
        ends_at = _asked(request, request.user, at)
        absences.pause(request.user, ends_at, actor=request.user, at=at)
    except Refused as error:
        messages.error(request, str(error))
    else:
        until = day_and_time(ends_at, at)
        messages.success(request, f"You take no leads until {until}. What is yours stays yours.")
    return redirect(way_back(request, reverse("leads:time-off")))


@login_required
@require_POST
def end(request: SignedIn) -> HttpResponse:
    """Take leads again."""
    ended = absences.end_pause(request.user, actor=request.user, at=timezone.now())
    if ended:
        messages.success(request, "You take leads again.")
    else:
        messages.info(request, "Your pause was over already.")
    return redirect(way_back(request, reverse("leads:time-off")))


def _asked(request: SignedIn, user: User, at: dt.datetime) -> dt.datetime:
    length = request.POST.get("for", "")
    if length:
        calendar, zone = absences.calendar_of(user), timezone.get_current_timezone()
        choices = absences.pause_choices(calendar, zone, at)
        if length not in choices:
            raise Refused("for", "Choose how long you take no leads.")
        return choices[length]
    return absences.moment_from(_parsed(request.POST.get("until", "")))


def _parsed(text: str) -> dt.datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Refused("until", "Say until when, such as today 14:00.")
    return found
