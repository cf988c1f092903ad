"""A trial while it runs and after: both sides, the leads behind each figure, and stopping it."""

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from handoff import segments, trials
from handoff.models import DefinitionVersion, Reason, Trial
from handoff.permissions import may_edit_agreement
from handoff.tables import COUNTED, PER_PAGE, CappedPaginator
from handoff.views.agreement.overview import navigation
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from leads.models import Handoff, Lead
from reviews import trial as measured

from .forms import EndForm
from .starting import context as to_start

TEMPLATE = "reviews/trials/trial.html"
NAMES = {
    "leads": "Leads",
    "handed": "Handed over",
    "answered": "Answered by sales",
    "accepted": "Accepted by sales",
    "rejected": "Rejected by sales",
    "no_response": "No response",
    "due": "First touch due or done",
    "in_time": "First touch in time",
    "late": "First touch late",
    "opportunity": "Became an opportunity",
    "won": "Won",
}


@login_required
@require_GET
@never_cache
def trial(request: SignedIn, number: int) -> HttpResponse:
    """Both sides of the version's trial, 304 where the page shows them as they are; before there is
    a trial, the form that starts it."""
    version = version_or_404(number, request.user)
    found = _trial_of(version)
    if found is not None:
        return _live(request, found)
    at = timezone.now()
    if version.is_editable and may_edit_agreement(request.user):
        return render(request, "reviews/trials/start.html", to_start(version, None, None, at))
    return render(request, "reviews/trials/none.html", {**navigation(at=at), "version": version})


@login_required
@require_POST
def stop(request: SignedIn, number: int) -> HttpResponse:
    """Back to the live version for everybody; with `copy`, a draft to go on with."""
    found = _trial_or_404(request, number)
    if not may_edit_agreement(request.user):
        raise PermissionDenied("Only marketing operations end trials.")
    form, status = EndForm(request.POST), 422
    if form.is_valid():
        try:
            return _stop(request, found, form.cleaned_data["reason"])
        except trials.Refused as error:
            status = 409
            for line in str(error).splitlines():
                form.add_error(None, line)
            found = _trial_or_404(request, number)
    return render(request, TEMPLATE, _context(request, found, form), status=status)


def _stop(request: SignedIn, found: Trial, why: str) -> HttpResponse:
    """Raises trials.Refused."""
    terms: dict[str, Any] = {"actor": request.user, "at": timezone.now(), "why": why}
    said = "Stopped. Everybody is judged by the live version again."
    if "copy" not in request.POST:
        trials.stop(found, **terms)
        messages.success(request, said)
        return redirect("reviews:trial", found.version.number)
    _, draft = trials.stop_and_copy(found, **terms)
    messages.success(request, f"{said} {draft} is a copy of {found.version} to go on with.")
    return redirect("room", draft.number)


@login_required
@require_GET
def leads(request: SignedIn, number: int) -> HttpResponse:
    """The leads behind a figure, each with the hand-over that was counted:
    `?arm=trial&what=rejected`, perhaps `&reason=`."""
    found = _trial_or_404(request, number)
    arm, what = request.GET.get("arm", "trial"), request.GET.get("what", "leads")
    if arm not in measured.ARMS or what not in NAMES:
        raise Http404
    at, key = timezone.now(), request.GET.get("reason", "") if what == "rejected" else ""
    reason = get_object_or_404(Reason, key=key) if key else None
    pairs = measured.leads_of(found, arm=arm, what=what, reason=key, at=at, most=COUNTED + 1)
    page = CappedPaginator(pairs, PER_PAGE).get_page(request.GET.get("page"))
    rows = Lead.objects.select_related("judgement").in_bulk([one for one, _ in page.object_list])
    handoffs = Handoff.objects.select_related("owner", "team", "reason").in_bulk(
        [counted for _, counted in page.object_list if counted is not None]
    )
    context = {
        **navigation(at=at),
        "version": found.version,
        "trial": found,
        "arm": measured.ARMS[arm],
        "what": NAMES[what],
        "reason": reason,
        "page": page,
        "rows": [
            (rows[one], handoffs.get(counted or 0))
            for one, counted in page.object_list
            if one in rows
        ],
    }
    return render(request, "reviews/trials/leads.html", context)


def _trial_of(version: DefinitionVersion) -> Trial | None:
    found = Trial.objects.of_versions([version.pk]).first()
    if found is not None:
        found.version = version
    return found


def _trial_or_404(request: SignedIn, number: int) -> Trial:
    found = _trial_of(version_or_404(number, request.user))
    if found is None:
        raise Http404
    return found


def _live(request: SignedIn, found: Trial) -> HttpResponse:
    """The page; what asks from an open page gets 304 where nothing changed, and after the end is
    told to load anew."""
    if request.htmx and not found.is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _context(request, found, EndForm())
    token = _token(context)
    if request.headers.get("If-None-Match") == token:
        return HttpResponseNotModified(headers={"ETag": token})
    context["sends"] = json.dumps({"If-None-Match": token})
    answer = render(request, TEMPLATE, context)
    answer["ETag"] = token
    return answer


def _token(context: dict[str, Any]) -> str:
    """Another one whenever anything the page tells of the two sides is another."""
    result: measured.Result = context["result"]
    told = (result.counts, result.reasons, result.outside, context["meanwhile"], context["live"])
    return f'"{hashlib.sha256(repr(told).encode()).hexdigest()[:20]}"'


def _context(request: SignedIn, found: Trial, form: EndForm) -> dict[str, Any]:
    at = timezone.now()
    return {
        **navigation(at=at),
        "version": found.version,
        "trial": found,
        "segment": segments.in_words(found.when, found.version.document()),
        "everybody": found.share == measured.EVERYBODY,
        "result": measured.result(found, at=at),
        "meanwhile": measured.published_meanwhile(found, at=at),
        "live": DefinitionVersion.objects.live().first(),
        "may_end": found.is_running and may_edit_agreement(request.user),
        "may_clone": not found.is_running and may_edit_agreement(request.user),
        "is_news": bool(request.htmx),
        "form": form,
    }
