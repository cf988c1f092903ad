"""The leads behind a figure of the measures, and everything that is late now."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.checklists import FIRST_STEP
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.templatetags.leads_parts import tier_label
from reviews.asking import asked
from reviews.measures import causes, lateness, promises

TITLES = {
    ("sales", "kept"): "Touched in time",
    ("sales", "missed"): "Not touched in time",
    ("sales", "open"): "No verdict yet on the first touch",
    ("sales", "counted"): "With a verdict on the first touch",
    ("marketing", "kept"): "Handed over in time and complete",
    ("marketing", "missed"): "Handed over late or incomplete",
    ("marketing", "counted"): "Handed over",
    ("marketing", "late"): "Handed over late",
    ("marketing", "incomplete"): "Handed over incomplete",
    ("marketing", "context_kept"): "Missing context completed in time",
    ("marketing", "context_missed"): "Missing context completed late, or not yet",
    ("marketing", "returned_kept"): "Returned, and answered in time",
    ("marketing", "returned_missed"): "Returned, and answered late or not yet",
}
LATER = {
    ("marketing", "kept"): "Handed on, never sent back",
    ("marketing", "missed"): "Sent back to the step before",
    ("marketing", "counted"): "Handed on",
    ("marketing", "incomplete"): "Sent back to the step before",
}
"""What some of these are called in a later step."""


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponse:
    """What the figure `half` and `is` counts, as many as it says."""
    half, verdict = request.GET.get("half", ""), request.GET.get("is", "")
    if (half, verdict) not in TITLES:
        raise Http404
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    cause = request.GET.get("cause", "")
    if cause and (verdict != "missed" or cause not in causes.CAUSES):
        raise Http404
    if cause:
        found = causes.behind(wanted.question, half, cause, at=at)
    else:
        found = promises.found(wanted.question, half, verdict, at=at)
    page = CappedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    told = promises.told(list(page.object_list))
    chips = wanted.chips()
    if cause:
        chips.append(("cause", "Cause", causes.CAUSES[cause]))
    context = {
        "section": "measures",
        "here": "sla",
        "asked": wanted,
        "title": (LATER if wanted.question.step not in ("", FIRST_STEP) else {}).get(
            (half, verdict), TITLES[half, verdict]
        ),
        "count": len(found),
        "page": page,
        "rows": [(one, tier_label(one), verdict) for one, verdict in told],
        "chips": chips,
        "address": wanted.address(),
        "now": at,
    }
    return render(request, "reviews/sla/leads.html", context)


@login_required
@require_GET
@never_cache
def late(request: SignedIn) -> HttpResponse:
    """Every promise whose deadline has passed and that is still owed."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    found = lateness.late_now(wanted.question, at=at)
    page = CappedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "measures",
        "here": "sla",
        "asked": wanted,
        "count": len(found),
        "page": page,
        "rows": list(page.object_list),
        "address": wanted.address(),
        "now": at,
    }
    return render(request, "reviews/sla/late.html", context)
