"""The leads behind a figure of the funnel, as many as it says."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import Reason
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.models import Handoff, Lead
from leads.templatetags.leads_parts import tier_label
from reviews.asking import asked
from reviews.measures import cohorts
from reviews.measures.funnel.passages import Passage, Wanted, behind
from reviews.measures.funnel.steps import PLACES, STEPS, WAYS
from reviews.views.measures.leads import RELATED, answer


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponse:
    """Those that reached the step `at`, or with `stays` came no further; in the way `way`, for the
    reason `reason`."""
    step, way = request.GET.get("at", "received"), request.GET.get("way", "")
    key, stays = request.GET.get("reason", ""), bool(request.GET.get("stays"))
    reason = Reason.objects.filter(key=key).first() if key else None
    if step not in PLACES or (way and way not in WAYS) or (key and reason is None):
        raise Http404
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    question = asked(request.GET, request.user, at=at, zone=zone)
    chosen = Wanted(PLACES[step], stays, way, reason.pk if reason else None)
    found = behind(question.question, chosen, at=at)
    page = CappedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    title = STEPS[PLACES[step] - 1].title + (" and no further" if stays else "")
    named = (title, WAYS[way] if way else "", reason.label if reason else "")
    context = {
        "section": "measures",
        "asked": question,
        "title": ": ".join(filter(None, named)),
        "count": len(found),
        "page": page,
        "rows": _rows(list(page.object_list)),
        "chips": question.chips(),
        "address": question.address(),
    }
    return render(request, "reviews/funnel/leads.html", context)


@login_required
@require_GET
@never_cache
def of_week(request: SignedIn) -> HttpResponseBase:
    """The hand-overs of the days asked for that got as far as `reach` within `within` days."""
    reach, within = request.GET.get("reach", ""), request.GET.get("within", "")
    if reach not in cohorts.REACHES or within not in map(str, cohorts.WITHIN):
        raise Http404
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    question = asked(request.GET, request.user, at=at, zone=zone)
    found = cohorts.behind(question.question, reach, int(within), at=at)
    title = f"{cohorts.REACHES[reach][0]} within {within} days"
    crumb = (reverse("reviews:funnel"), "Funnel")
    return answer(request, question, found, title=title, crumb=crumb)


def _rows(passages: list[Passage]) -> list[dict[str, Any]]:
    """Each with its lead, its hand-over where it had one, and where it stands."""
    handed = [one.handoff_id for one in passages if one.handoff_id is not None]
    kept = [one.lead_id for one in passages if one.lead_id is not None]
    handoffs = Handoff.objects.select_related(*RELATED).in_bulk(handed)
    own = Lead.objects.in_bulk(kept)
    rows = []
    for one in passages:
        handoff = handoffs.get(one.handoff_id or 0)
        lead = handoff.lead if handoff else own.get(one.lead_id or 0)
        if lead is not None:
            step = STEPS[one.furthest - 1].title
            tier = tier_label(handoff) if handoff else ""
            told = {"lead": lead, "handoff": handoff, "tier": tier, "step": step}
            rows.append({**told, "way": WAYS[one.way], "at": one.at})
    return rows
