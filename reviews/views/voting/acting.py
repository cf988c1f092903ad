"""What is pressed on the room's screen about the sample; each press leads back to the screen."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff.views.sent import way_back
from handoff.views.signed_in import SignedIn
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews import tasks
from reviews.models import Meeting, Sampled
from reviews.voting import deciding, drawing, revealing


@login_required
@require_POST
def show(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Put a lead on the screen."""
    sampled = _lead(request, number, place)
    return _done(request, number, lambda: revealing.show(sampled.pk, actor=request.user))


@login_required
@require_POST
def look_over(request: SignedIn, number: int) -> HttpResponse:
    """Take the lead off the screen."""
    meeting = _meeting(request, number)
    return _done(request, number, lambda: revealing.look_over(meeting.pk, actor=request.user))


@login_required
@require_POST
def reveal(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Show what everybody voted."""
    return _on_lead(request, number, place, revealing.reveal)


@login_required
@require_POST
def vote_again(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Hide the votes and ask anew."""
    return _on_lead(request, number, place, revealing.vote_again)


@login_required
@require_POST
def agree(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Keep the verdict that the room agreed on."""
    asked = {"verdict": request.POST.get("verdict", "")}
    return _on_lead(request, number, place, revealing.agree, **asked)


@login_required
@require_POST
def keep(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Keep the lead as an example or a counterexample of a draft."""
    return _on_lead(request, number, place, deciding.keep, kind=request.POST.get("kind", ""))


@login_required
@require_POST
def draft(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Begin a draft of a change from the lead, with its evidence and a backtest."""
    asked = {"clause": request.POST.get("clause", "")}
    return _on_lead(request, number, place, hurried(deciding.draft_from_lead), **asked)


@login_required
@require_POST
def draw(request: SignedIn, number: int) -> HttpResponse:
    """Draw the sample of a meeting that has none yet."""
    meeting, at = _meeting(request, number), timezone.now()
    if not drawing.may_redraw(meeting, request.user) and meeting.presenter_id != request.user.pk:
        messages.warning(request, "The chair has leads drawn.")
    elif meeting.drawn_at is not None:
        messages.warning(request, "The leads of this meeting are drawn already.")
    elif not meeting.is_ahead:
        messages.warning(request, "The meeting is over, so no leads are drawn for it.")
    elif not drawing.draw_for(meeting.pk, at=at):
        messages.warning(request, "No lead was handed over and answered since the last meeting.")
    return redirect(_there(request, number))


@login_required
@require_POST
def redraw(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Another lead in the place of one that is hidden."""
    asked = {"because": request.POST.get("because", "")}
    return _on_lead(request, number, place, drawing.redraw, **asked)


@login_required
@require_POST
def redraw_all(request: SignedIn, number: int) -> HttpResponse:
    """Other leads in the places of all that are hidden."""
    meeting, at = _meeting(request, number), timezone.now()
    because = request.POST.get("because", "")

    def act() -> Any:
        return drawing.redraw_all(meeting.pk, because=because, actor=request.user, at=at)

    return _done(request, number, act)


def hurried(act: Callable[..., Any]) -> Callable[..., Any]:
    """The same, hurrying the worker to the backtest once it stands."""

    def begin(*about: Any, **asked: Any) -> Any:
        with transaction.atomic():
            begun = act(*about, **asked)
            transaction.on_commit(tasks.run_backtests.delay, robust=True)
        return begun

    return begin


def _on_lead(
    request: SignedIn, number: int, place: int, act: Callable[..., Any], **asked: Any
) -> HttpResponse:
    sampled, at = _lead(request, number, place), timezone.now()
    return _done(request, number, lambda: act(sampled.pk, **asked, actor=request.user, at=at))


def _done(request: SignedIn, number: int, act: Callable[[], Any]) -> HttpResponse:
    """Do it and show the screen; what stands against it is said there."""
    try:
        act()
    except (Conflict, Invalid, NotAllowed) as refused:
        messages.warning(request, str(refused))
    return redirect(_there(request, number))


def _there(request: SignedIn, number: int) -> str:
    return way_back(request, reverse("reviews:screen", args=[number]))


def _meeting(request: SignedIn, number: int) -> Meeting:
    found = Meeting.objects.visible_to(request.user).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _lead(request: SignedIn, number: int, place: int) -> Sampled:
    meeting = _meeting(request, number)
    found = meeting.sample.standing().filter(place=place).first()
    if found is None:
        raise Http404
    return found
