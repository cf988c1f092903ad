"""Starting a trial: for whom, how many of them, and when it stops by itself."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff import publishing, segments, trials
from handoff.models import DefinitionVersion, Trial
from handoff.permissions import may_edit_agreement
from handoff.rules.faults import Faulty
from handoff.views import segment as picked
from handoff.views.agreement.overview import navigation
from handoff.views.segment import Segment
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from handoff.words import number
from leads.journey.reach import DAYS, reach_of_document

from .forms import TermsForm

WEEKS = DAYS / 7


@dataclass(frozen=True)
class Estimate:
    """Whom a segment would have held of the last days' leads. `weekly`: on trial, at its share."""

    inside: int
    of: int
    weekly: float
    is_sample: bool

    @property
    def weekly_in_words(self) -> str:
        """Whole, but for a few: “16”, “2.5”."""
        few = self.weekly < 10
        return number(round(self.weekly, 1)) if few else f"{self.weekly:,.0f}"


@login_required
@require_POST
def start(request: SignedIn, number: int) -> HttpResponse:
    """Start, where that was pressed; else show the form again with a condition more or less."""
    version = version_or_404(number, request.user)
    if not may_edit_agreement(request.user):
        raise PermissionDenied("Only marketing operations start trials.")
    at = timezone.now()
    segment = picked.read(request.POST, version.document())
    if "start" not in request.POST:
        form = TermsForm(initial=request.POST.dict())
        return render(request, "reviews/trials/start.html", context(version, form, segment, at))
    form = TermsForm(request.POST)
    status = 422
    if form.is_valid() and not segment.faults:
        try:
            _start(request, version, form, segment, at)
            return redirect("reviews:trial", number)
        except Faulty as error:
            for fault in error.faults:
                form.add_error(None, str(fault))
        except trials.Refused as error:
            status = 409
            for line in str(error).splitlines():
                form.add_error(None, line)
    elif segment.faults:
        form.add_error(None, "Mend what is marked under “For whom” first.")
    page = context(version, form, segment, at)
    return render(request, "reviews/trials/start.html", page, status=status)


def _start(
    request: SignedIn,
    version: DefinitionVersion,
    form: TermsForm,
    segment: Segment,
    at: dt.datetime,
) -> None:
    terms = form.cleaned_data
    stop_above = terms["stop_above"]
    trials.start(
        version,
        when=segment.when,
        share=terms["share"],
        stop_above=None if stop_above is None else stop_above / 100,
        reason=terms["reason"],
        actor=request.user,
        at=at,
        revision=terms["revision"],
    )
    messages.success(request, f"{version} is on trial for leads that come in from now on.")


def context(
    version: DefinitionVersion, form: TermsForm | None, segment: Segment | None, at: dt.datetime
) -> dict[str, Any]:
    """What the page to start from shows; a fresh form where none is given."""
    segment = segment or picked.read(QueryDict(), version.document())
    form = form or TermsForm(initial={"revision": version.revision})
    running = Trial.objects.running().select_related("version").first()
    live = DefinitionVersion.objects.live().first()
    found = publishing.check(version, at=at)
    return {
        **navigation(at=at),
        "version": version,
        "form": form,
        "segment": segment,
        "here": reverse("reviews:trial-start", args=[version.number]),
        "found": found,
        "running": running,
        "can": found.is_sound and running is None and live is not None,
        "live": live,
        "estimate": _estimate(version, form, segment, at),
        "days": DAYS,
    }


def _estimate(
    version: DefinitionVersion, form: TermsForm, segment: Segment, at: dt.datetime
) -> Estimate | None:
    if segment.faults:
        return None
    reach = reach_of_document(segments.document_of(segment.when, version.document()), at=at)
    if reach is None or not reach.leads:
        return None
    inside = reach.first.get(("decide", segments.INSIDE), 0)
    share = whole(str(form["share"].value() or ""))
    part = share / 100 if share is not None and share <= 100 else 1.0
    weekly = inside / reach.leads * reach.of / WEEKS * part
    return Estimate(inside, reach.leads, weekly, reach.is_sample)
