"""Lists of what is described, and of what nobody has described yet or does not fit."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import live_labels
from handoff.views.signed_in import SignedIn
from leads import noticed
from leads.models import Brief, Campaign

from .kinds import KINDS, frame, only_seers


@login_required
@require_GET
@never_cache
def things(request: SignedIn, kind: str) -> HttpResponse:
    """All of a kind; what was put away only where it is asked for."""
    asked = KINDS[kind]
    away = request.GET.get("away") == "1"
    rows = asked.rows() if away else asked.rows().filter(archived=False)
    table = asked.table(rows, order_by=request.GET.get("sort") or asked.order)
    table.turn_to(request.GET.get("page", "1"))
    context = {**frame(request.user, kind), "kind": asked, "table": table, "away": away}
    return render(request, "leads/campaigns/things.html", context)


@login_required
@require_GET
@never_cache
def in_short(request: SignedIn) -> HttpResponse:
    """The campaigns in use with their briefs, for the playbook; the whole list without a script."""
    if not request.htmx:
        return things(request, "campaigns")
    briefs: dict[Any, list[Brief]] = {}
    for brief in Brief.objects.current().select_related("campaign", "persona"):
        briefs.setdefault(brief.campaign_id, []).append(brief)
    context = {
        "campaigns": [(one, briefs.get(one.pk, [])) for one in Campaign.objects.current()],
        "general": briefs.get(None, []),
    }
    return render(request, "leads/campaigns/_in_short.html", context)


@login_required
@require_GET
@never_cache
def undescribed(request: SignedIn) -> HttpResponse:
    """Names of campaigns and offers that come with leads and that nobody has described."""
    only_seers(request.user)
    context = {
        **frame(request.user, "undescribed"),
        "parts": [
            (KINDS["campaigns"], noticed.undescribed("campaign")),
            (KINDS["offers"], noticed.undescribed("offer")),
        ],
        "most": noticed.MOST_NAMES,
        "now": timezone.now(),
    }
    return render(request, "leads/campaigns/undescribed.html", context)


@login_required
@require_GET
@never_cache
def misfits(request: SignedIn) -> HttpResponse:
    """Leads that were offered what cannot be kept, the newest first."""
    only_seers(request.user)
    found = noticed.misfits(on=timezone.localdate(), motions=live_labels().motions)
    context = {
        **frame(request.user, "misfits"),
        "misfits": found,
        "looked_at": noticed.NEWEST,
        "now": timezone.now(),
    }
    return render(request, "leads/campaigns/misfits.html", context)
