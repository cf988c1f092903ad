"""Writing into the minutes: decisions, actions, notes; and taking a line back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handoff.views.sent import press_of, way_back
from handoff.views.signed_in import SignedIn
from leads.journey import pressing
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.meetings import noting
from reviews.models import Item, Line
from reviews.voting import deciding

from .forms import ActionForm, DecisionForm, NoteForm
from .room import meeting_or_404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def decide(request: SignedIn, number: int) -> HttpResponse:
    """A decision, as a line of the minutes."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    form = DecisionForm(request.POST or None, prefix="decision")

    def act() -> str:
        noting.decide(meeting.pk, form.cleaned_data["text"], actor=request.user, at=at)
        return "It stands in the minutes."

    return _written(request, meeting, form, "Note a decision", act, at=at)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask_for(request: SignedIn, number: int) -> HttpResponse:
    """An action for somebody, with its line."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    form = ActionForm(request.POST or None, meeting=meeting, prefix="action")

    def act() -> str:
        about = noting.on_screen(meeting)
        action = noting.ask_for(meeting.pk, form.asked(), actor=request.user, at=at, about=about)
        return f"{action.owner} has it, by {action.due_on.day} {action.due_on:%b}."

    return _written(request, meeting, form, "Action for someone", act, at=at)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def note(request: SignedIn, number: int, item: int) -> HttpResponse:
    """The note of one item."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    shown = meeting.items.filter(item=item).first()
    if shown is None or not noting.may_note(meeting, request.user):
        raise Http404
    form = NoteForm(request.POST or None, initial={"note": shown.note})

    def act() -> str:
        said = form.cleaned_data["note"]
        noting.note(meeting.pk, item, said, actor=request.user, at=at)
        return "The note is kept."

    there = reverse("reviews:minutes", args=[number])
    return _written(request, meeting, form, f"Note: {Item(item).label}", act, there, at=at)


@login_required
@require_POST
def take_back(request: SignedIn, number: int, pk: int) -> HttpResponse:
    """Take a line back while the meeting runs."""
    at: dt.datetime = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    line = get_object_or_404(Line, pk=pk, meeting=meeting)
    try:
        deciding.take_back(line.pk, actor=request.user, at=at)
    except (Conflict, NotAllowed) as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, deciding.taken_back(line))
    return redirect(way_back(request, reverse("reviews:minutes", args=[number])))


def _written(
    request: SignedIn,
    meeting: Any,
    form: Any,
    title: str,
    act: Callable[[], str],
    there: str = "",
    *,
    at: dt.datetime,
) -> HttpResponse:
    """Write what a form says, once however often it is sent, or show it with what is wrong."""
    there = there or reverse("reviews:meeting", args=[meeting.number])
    if request.method == "POST" and form.is_valid():
        try:
            with pressing.once(press_of(request), actor=request.user, at=at):
                messages.success(request, act())
        except pressing.Repeated:
            messages.info(request, "It is written already: the same form came twice.")
        except Invalid as refused:
            form.add_error(refused.field, str(refused))
        except (Conflict, NotAllowed) as refused:
            form.add_error(None, str(refused))
        if not form.errors:
            return redirect(way_back(request, there))
    context = {
        "section": "reviews",
        "meeting": meeting,
        "form": form,
        "title": title,
        "back": way_back(request, there),
    }
    status = 422 if form.errors else 200
    return render(request, "reviews/meeting/write.html", context, status=status)
