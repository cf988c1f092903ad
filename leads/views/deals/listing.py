"""All opportunities one may see, searched and filtered, also as a file."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import DECIDERS, OVERSEERS, SEERS
from handoff.views.signed_in import SignedIn
from leads.models import Opportunity
from leads.views import downloads

from .filters import OpportunityFilters
from .tables import OpportunityTable

HEADS = (
    "ref", "account", "lead", "lead_email", "stage", "step", "amount", "owner", "opened_at",
    "closed_at", "reason", "competitor", "objections", "triggers", "note",
)  # fmt: skip


@login_required
@require_GET
@never_cache
def opportunities(request: SignedIn) -> HttpResponse:
    """The list; every filter and the order are in the address."""
    filters = _filtered(request)
    sort = request.GET.get("sort")
    rows = filters.qs if sort else filters.qs.order_by("-updated_at", "-pk")
    table = OpportunityTable(rows, order_by=sort or ())
    table.turn_to(request.GET.get("page", "1"))
    user = request.user
    context = {
        "section": "leads",
        "filters": filters,
        "table": table,
        "may_add": user.has_role(*OVERSEERS, "rep"),
        "may_import": user.has_role(*DECIDERS),
        "may_learn": user.has_role(*SEERS),
        "address": request.GET.urlencode(),
    }
    return render(request, "leads/deals/opportunities.html", context)


@login_required
@require_GET
@never_cache
def as_csv(request: SignedIn) -> StreamingHttpResponse:
    """The same rows as a file, the newest change first."""
    rows = _filtered(request).qs.order_by("-updated_at", "-pk")
    lines = downloads.lines(HEADS, (_row(deal) for deal in rows.iterator(chunk_size=2000)))
    return downloads.streamed("opportunities.csv", lines)


def _filtered(request: SignedIn) -> OpportunityFilters:
    rows = Opportunity.objects.visible_to(request.user).with_lead_seen_by(request.user)
    return OpportunityFilters(request.GET, queryset=rows.select_related("lead", "account", "owner"))


def _row(deal: Any) -> tuple[Any, ...]:
    """A line of the file; of a lead that one may not open it has no number and no email."""
    lead = deal.lead if deal.lead_is_seen else None
    return (
        deal.ref,
        str(deal.account or ""),
        lead.pk if lead else "",
        (lead.email or "") if lead else "",
        deal.stage,
        deal.step,
        deal.amount if deal.amount is not None else "",
        deal.owner.email if deal.owner else "",
        deal.opened_at.isoformat() if deal.opened_at else "",
        deal.closed_at.isoformat() if deal.closed_at else "",
        deal.reason,
        deal.competitor,
        "; ".join(deal.objections),
        "; ".join(deal.triggers),
        deal.note,
    )
