"""The quarterly review of the definition with real outcomes, on a page to print and bring along."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from handoff.labels import labels_of
from handoff.permissions import may_edit_agreement
from handoff.views.signed_in import SignedIn
from leads.views.places import only_seers
from reviews.lifting import quarters, saying
from reviews.lifting.asking import NothingLive
from reviews.lifting.quarters import Quarter
from reviews.models import LiftStudy

from .pages import hurry


@login_required
@require_GET
@never_cache
def quarter(request: SignedIn) -> HttpResponse:
    """What became of what was handed over, clause by clause and rule by rule: what was expected
    beside what came, what never mattered, and what is proposed. Of the quarter that the address
    names, else by the newest study."""
    only_seers(request.user)
    asked = _asked(request.GET.get("quarter", ""))
    last = quarters.last_full(timezone.now().date())
    found = quarters.newest_study(asked) if asked else _newest()
    study = found if found and not found.is_unfinished else None
    context: dict[str, Any] = {
        "section": "measures",
        "study": study,
        "asked": asked,
        "last": last,
        "is_last": asked == last,
        "running": found if study is None else None,
        "may_edit": may_edit_agreement(request.user),
        "now": timezone.now(),
    }
    if study is not None:
        context |= _told(study)
    return render(request, "reviews/lift/quarter.html", context)


@login_required
@require_POST
def study(request: SignedIn) -> HttpResponse:
    """Begin a study of a quarter; one that is under way is shown instead."""
    only_seers(request.user)
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    asked = _asked(request.POST.get("quarter", ""))
    if asked is None or asked.until > timezone.now():
        raise Http404
    try:
        found, is_new = quarters.study_anew(asked, actor=request.user, at=timezone.now())
    except NothingLive as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('reviews:quarter')}?quarter={asked.key}")
    if is_new:
        hurry()
    else:
        messages.warning(request, f"A study of {asked} is under way already.")
    return redirect("reviews:study", pk=found.pk)


def _asked(key: str) -> Quarter | None:
    """The quarter of that key, None for none. Raises Http404."""
    found = quarters.called(key)
    if key and found is None:
        raise Http404
    return found


def _newest() -> LiftStudy | None:
    return LiftStudy.objects.done().select_related("version", "only").first()


def _told(study: LiftStudy) -> dict[str, Any]:
    every = saying.outcomes_of(study)
    one = every[saying.usual(every)]
    return {
        "one": one,
        "came": saying.CAME[one.outcome],
        "outcomes": [(key, saying.NAMES[key], found) for key, found in every.items()],
        "lines": list(zip(*(found.rows for found in every.values()), strict=True)),
        "rules": saying.rules_of(study, labels_of(study.version_id).decide),
        "idle": saying.idle(one),
        "proposals": saying.proposals(one),
    }
