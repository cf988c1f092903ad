"""Making and changing a series of joint reviews; moving and cancelling one meeting of it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handoff.permissions import may_arrange_reviews
from handoff.views.signed_in import SignedIn
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.meetings import planning
from reviews.models import Meeting, Series, Side

from .forms import CancelForm, MoveForm, SeriesForm
from .room import meeting_or_404

MORNING = dt.time(10)
BOTH = (Side.MARKETING, Side.SALES)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: SignedIn) -> HttpResponse:
    """A new series, in the zone of whoever makes it."""
    if not may_arrange_reviews(request.user):
        raise Http404
    zone = timezone.get_current_timezone_name()
    today = timezone.localdate()
    usual = {"local_time": MORNING, "timezone": zone, "first_on": today, "chair": request.user}
    return _edited(request, Series(), {"name": "Joint review", **usual})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change(request: SignedIn, pk: int) -> HttpResponse:
    """What a series says, who takes part, and its next dates."""
    return _edited(request, _series_or_404(request, pk), {})


@login_required
@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """No more meetings of a series."""
    series = _series_or_404(request, pk)
    try:
        planning.end_series(series.pk, actor=request.user, at=timezone.now())
    except (Conflict, NotAllowed) as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"{series} has ended; its planned meeting is cancelled.")
    return redirect("reviews:reviews")


def _series_or_404(request: SignedIn, pk: int) -> Series:
    seen = Series.objects.running().visible_to(request.user).select_related("calendar", "chair")
    series = get_object_or_404(seen, pk=pk)
    if not planning.may_arrange(series, request.user):
        raise Http404
    return series


def _edited(request: SignedIn, series: Series, usual: dict[str, Any]) -> HttpResponse:
    at = timezone.now()
    is_new = series._state.adding
    form = SeriesForm(request.POST or None, instance=series, initial=usual)
    if request.method == "POST" and form.is_valid():
        seats = form.seats()
        try:
            meeting = planning.keep_series(
                form.save(commit=False), seats, actor=request.user, at=at
            )
        except Invalid as refused:
            form.add_error(refused.field, str(refused))
        else:
            _say(request, meeting, seats)
            return redirect("reviews:reviews")
    kept = Series.objects.select_related("calendar").get(pk=series.pk) if not is_new else None
    context = {
        "section": "reviews",
        "here": "series",
        "form": form,
        "sides": Side.choices,
        "series": kept,
        "dates": planning.next_dates(kept, at=at) if kept else [],
        "closed": planning.CLOSED,
        "now": at,
    }
    status = 422 if form.errors else 200
    return render(request, "reviews/series/edit.html", context, status=status)


def _say(request: SignedIn, meeting: Meeting | None, seats: dict[int, str]) -> None:
    missing = [side.label.lower() for side in BOTH if side not in seats.values()]
    if missing:
        messages.warning(
            request, f"Saved, but nobody is there for {' and '.join(missing)}: invite somebody."
        )
    elif meeting is None:
        messages.success(request, "Saved.")
    else:
        messages.success(request, f"Saved. {meeting} is planned, and everybody is invited.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def appointment(request: SignedIn, number: int) -> HttpResponse:
    """Another time for one meeting, or none."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    if not planning.may_arrange(meeting.series, request.user):
        raise Http404
    asked = request.POST.get("do", "")
    kept = {"to": timezone.localtime(meeting.starts_at)}
    move = MoveForm(request.POST if asked == "move" else None, initial=kept)
    cancel = CancelForm(request.POST if asked == "cancel" else None)
    form: Any = {"move": move, "cancel": cancel}.get(asked)
    if form is not None and form.is_valid():
        try:
            if form is move:
                planning.move(meeting.pk, form.cleaned_data["to"], actor=request.user, at=at)
                messages.success(request, "Moved; everybody gets a new invitation.")
            else:
                because = form.cleaned_data["because"]
                planning.cancel(meeting.pk, because=because, actor=request.user, at=at)
                messages.success(request, "It is off; the next one is planned.")
            return redirect(reverse("reviews:meeting", args=[number]))
        except Invalid as refused:
            form.add_error(refused.field, str(refused))
        except Conflict as refused:
            form.add_error(None, str(refused))
    context = {"section": "reviews", "meeting": meeting, "move": move, "cancel": cancel, "now": at}
    status = 422 if move.errors or cancel.errors else 200
    return render(request, "reviews/series/appointment.html", context, status=status)
