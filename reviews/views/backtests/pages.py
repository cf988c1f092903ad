"""Backtests of one version: asked for, watched, stopped, taken up, read."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from handoff import segments
from handoff.complaints import complaints_of
from handoff.models import DefinitionVersion
from handoff.permissions import may_edit_agreement
from handoff.rules.faults import Faulty
from handoff.views import segment as picked
from handoff.views.agreement.overview import navigation
from handoff.views.segment import Segment
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from reviews import backtesting, tasks
from reviews.models import Backtest

from .forms import StartForm
from .result import beside_of, result_of

LISTED = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def backtests(request: SignedIn, number: int) -> HttpResponse:
    """The runs of a version, and the question for another."""
    version = version_or_404(number, request.user)
    may_start = may_edit_agreement(request.user)
    if request.method == "POST" and not may_start:
        raise PermissionDenied
    document = version.document()
    segment = picked.read(request.POST or QueryDict(), document)
    form = _form(request, version) if may_start else None
    faults = backtesting.faults_in(version)
    if form is not None and _is_sound(form, segment) and not faults:
        found = _start(request, version, form, segment)
        return redirect("reviews:backtest", number=number, pk=found.pk)
    context = {
        **navigation(at=timezone.now()),
        "here": reverse("reviews:backtests", args=[number]),
        "version": version,
        "form": form,
        "segment": segment,
        "faults": complaints_of(document, faults),
        "runs": _runs(version),
        "listed": LISTED,
    }
    is_refused = request.method == "POST" and not picked.is_redrawing(request.POST)
    return render(
        request, "reviews/backtests/backtests.html", context, status=422 if is_refused else 200
    )


def _form(request: SignedIn, version: DefinitionVersion) -> StartForm:
    """The form as it was sent; unread where it is only to be shown again."""
    live = DefinitionVersion.objects.live().first()
    terms: dict[str, Any] = {
        "live": live if live != version else None,
        "today": timezone.now().date(),
    }
    if picked.is_redrawing(request.POST):
        return StartForm(initial=request.POST.dict(), **terms)
    return StartForm(request.POST or None, **terms)


def _is_sound(form: StartForm, segment: Segment) -> bool:
    """Whether a run was asked for that can begin; what is wrong is said on the form."""
    if form.is_bound and segment.faults:
        form.add_error(None, "Mend what is marked under “For whom” first.")
    return form.is_valid()


def _start(
    request: SignedIn, version: DefinitionVersion, form: StartForm, segment: Segment
) -> Backtest:
    """Ask for the run and hurry the worker."""
    since, until = form.period
    found = backtesting.start(
        version,
        since=since,
        until=until,
        segment=segment.when,
        with_imported=form.with_imported,
        base=form.version,
        actor=request.user,
        at=timezone.now(),
    )
    _hurry()
    return found


def _runs(version: DefinitionVersion) -> list[tuple[Backtest, str]]:
    """The newest runs of a version, each with for whom it was asked."""
    runs = Backtest.objects.filter(version=version).select_related("asked_by", "base", "version")
    listed = runs.defer("document", "result").annotate(motions=F("document__motions"))[:LISTED]
    return [(run, segments.in_words(run.segment, {"motions": run.motions})) for run in listed]


def _hurry() -> None:
    transaction.on_commit(tasks.run_backtests.delay, robust=True)


@login_required
@require_GET
@never_cache
def backtest(request: SignedIn, number: int, pk: int) -> HttpResponse:
    """One run: how far it has come, or what it found; `?beside=` names another run to compare."""
    version = version_or_404(number, request.user)
    found = run_or_404(version, pk)
    is_asked_again = request.headers.get("HX-Request") == "true"
    if is_asked_again and found.state == Backtest.State.DONE:
        return HttpResponse(headers={"HX-Refresh": "true"})
    at = timezone.now()
    context: dict[str, Any] = {
        **({"now": at} if is_asked_again else navigation(at=at)),
        "here": "backtests",
        "version": version,
        "backtest": found,
        "segment": segment_said(found),
        "events": found.events.select_related("actor"),
        "may_edit": may_edit_agreement(request.user),
    }
    if found.state != Backtest.State.DONE:
        page = "_progress.html" if is_asked_again else "running.html"
        return render(request, f"reviews/backtests/{page}", context)
    context |= result_of(found)
    context |= beside_of(found, request.GET.get("beside", ""))
    return render(request, "reviews/backtests/result.html", context)


@login_required
@require_POST
def cancel(request: SignedIn, number: int, pk: int) -> HttpResponse:
    """Stop a run; what it has so far is kept."""
    found = _to_change(request, number, pk)
    if backtesting.cancel(found, actor=request.user, at=timezone.now()):
        messages.success(request, "Stopped. What was judged so far is kept; you can go on later.")
    else:
        messages.warning(request, "It had ended already.")
    return redirect("reviews:backtest", number=number, pk=pk)


@login_required
@require_POST
def resume(request: SignedIn, number: int, pk: int) -> HttpResponse:
    """Let a stopped run go on."""
    found = _to_change(request, number, pk)
    if backtesting.resume(found, actor=request.user, at=timezone.now()):
        _hurry()
    else:
        messages.warning(request, "It is not stopped, so there is nothing to take up.")
    return redirect("reviews:backtest", number=number, pk=pk)


@login_required
@require_POST
def again(request: SignedIn, number: int, pk: int) -> HttpResponse:
    """The same question about the version as it is now."""
    found = _to_change(request, number, pk)
    try:
        newer = backtesting.again(found, actor=request.user, at=timezone.now())
    except Faulty as error:
        said = f"{found.version} cannot judge yet: mend what is named here first."
        if not backtesting.faults_in(found.version):
            said = f"{found.version} cannot tell for whom it was asked: {error}."
        messages.error(request, said)
        return redirect("reviews:backtests", number=number)
    _hurry()
    return redirect("reviews:backtest", number=number, pk=newer.pk)


def _to_change(request: SignedIn, number: int, pk: int) -> Backtest:
    version = version_or_404(number, request.user)
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    return run_or_404(version, pk)


def run_or_404(version: DefinitionVersion, pk: int) -> Backtest:
    """A run of this version, or Http404."""
    runs = Backtest.objects.select_related("asked_by", "base", "version")
    return get_object_or_404(runs, version=version, pk=pk)


def segment_said(found: Backtest) -> str:
    """For whom a run was asked, for the middle of a sentence; empty for everybody."""
    return segments.in_words(found.segment, found.document)
