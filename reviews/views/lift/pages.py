"""Studies of lift: asked for, watched, stopped, taken up, read, and made a draft of."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from handoff.permissions import may_edit_agreement
from handoff.rules.faults import Faulty
from handoff.views.signed_in import SignedIn
from leads.journey.states import Conflict
from leads.views.places import only_seers
from reviews import lifting, tasks
from reviews.lifting import drafting, saying
from reviews.lifting.asking import NothingLive
from reviews.models import LiftStudy

from .forms import AskForm

LISTED = 10


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def latest(request: SignedIn) -> HttpResponse:
    """The newest study that is done; a post asks for another."""
    only_seers(request.user)
    may_edit = may_edit_agreement(request.user)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    today = timezone.now().date()
    form = AskForm(request.POST or None, today=today) if may_edit else None
    if form is not None and form.is_valid():
        return _start(request, form)
    found = _studies().done().first()
    status = 422 if request.method == "POST" else 200
    return render(request, "reviews/lift/lift.html", _context(request, found, form), status=status)


@login_required
@require_GET
@never_cache
def study(request: SignedIn, pk: int) -> HttpResponse:
    """One study: how far it has come, or what it found."""
    only_seers(request.user)
    found = study_or_404(pk)
    is_asked_again = request.headers.get("HX-Request") == "true"
    if found.state == LiftStudy.State.DONE:
        if is_asked_again:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "reviews/lift/lift.html", _context(request, found, _form(request)))
    context = {
        "section": "measures",
        "study": found,
        "may_edit": may_edit_agreement(request.user),
        "now": timezone.now(),
    }
    page = "_progress.html" if is_asked_again else "running.html"
    return render(request, f"reviews/lift/{page}", context)


def _form(request: SignedIn) -> AskForm | None:
    today = timezone.now().date()
    return AskForm(today=today) if may_edit_agreement(request.user) else None


def _context(request: SignedIn, found: LiftStudy | None, form: AskForm | None) -> dict[str, Any]:
    context: dict[str, Any] = {
        "section": "measures",
        "study": found,
        "form": form,
        "may_edit": form is not None,
        "studies": _studies().defer("result")[:LISTED],
        "running": _studies().unfinished().first(),
        "now": timezone.now(),
    }
    if found is None:
        return context
    every = saying.outcomes_of(found)
    asked = request.GET.get("outcome", "")
    outcome = asked if asked in every else saying.usual(every)
    one = every[outcome]
    return context | {
        "outcome": outcome,
        "outcomes": [(key, saying.NAMES[key], every[key]) for key in every],
        "one": one,
        "title": saying.title(one),
        "came": saying.CAME[outcome],
        "proposals": saying.proposals(one),
        "standing": drafting.standing(found, outcome),
        "judged": [
            ("today", "Today’s points", one.today),
            ("suggestion", "Suggested points", one.suggestion),
        ],
    }


def _start(request: SignedIn, form: AskForm) -> HttpResponse:
    """Ask for a study and hurry the worker."""
    try:
        found = lifting.start(**form.asked, actor=request.user, at=timezone.now())
    except NothingLive as refused:
        messages.error(request, str(refused))
        return redirect("reviews:lift")
    hurry()
    return redirect("reviews:study", pk=found.pk)


def hurry() -> None:
    """Have the worker look for studies as soon as this is committed."""
    transaction.on_commit(tasks.run_studies.delay, robust=True)


@login_required
@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Stop a study; what it has so far is kept."""
    found = _to_change(request, pk)
    if lifting.cancel(found, actor=request.user, at=timezone.now()):
        messages.success(request, "Stopped. What was gathered so far is kept; you can go on later.")
    else:
        messages.warning(request, "It had ended already.")
    return redirect("reviews:study", pk=pk)


@login_required
@require_POST
def resume(request: SignedIn, pk: int) -> HttpResponse:
    """Let a stopped study go on."""
    found = _to_change(request, pk)
    if lifting.resume(found):
        hurry()
    else:
        messages.warning(request, "It is not stopped, so there is nothing to take up.")
    return redirect("reviews:study", pk=pk)


@login_required
@require_POST
def draft(request: SignedIn, pk: int) -> HttpResponse:
    """Make a draft of the points suggested for an outcome, and try it on the past."""
    found = _to_change(request, pk)
    outcome = request.POST.get("outcome", "")
    try:
        made, run = drafting.draft(found, outcome, actor=request.user, at=timezone.now())
    except (Conflict, Faulty) as refused:
        messages.warning(request, str(refused))
        return redirect("reviews:study", pk=pk)
    transaction.on_commit(tasks.run_backtests.delay, robust=True)
    messages.success(
        request,
        f"{made} is a draft with the suggested points. Nothing changes until it is published.",
    )
    return redirect("reviews:backtest", number=made.number, pk=run.pk)


def _to_change(request: SignedIn, pk: int) -> LiftStudy:
    only_seers(request.user)
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    return study_or_404(pk)


def _studies() -> Any:
    return LiftStudy.objects.select_related("version", "only", "asked_by", "stopped_by")


def study_or_404(pk: int) -> LiftStudy:
    """A study, or Http404."""
    found: LiftStudy = get_object_or_404(_studies(), pk=pk)
    return found
