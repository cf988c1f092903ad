"""All leads one may see, searched and filtered."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from leads.filters import LeadFilters
from leads.models import Lead
from leads.tables import LeadTable

SHOWN = (
    "id", "first_name", "last_name", "email", "phone", "company", "role", "employees", "status",
    "source", "country", "last_seen_at", "judgement__id", "judgement__fit", "judgement__intent",
)  # fmt: skip


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponse:
    """The list of leads; every filter and the order are in the address."""
    rows = Lead.objects.visible_to(request.user).filter(merged_into=None)
    filters = LeadFilters(request.GET, queryset=rows.select_related("judgement").only(*SHOWN))
    table = LeadTable(filters.qs, order_by=request.GET.get("sort") or "-last_seen_at")
    table.turn_to(request.GET.get("page", "1"))
    context = {"section": "leads", "filters": filters, "table": table, "now": timezone.now()}
    return render(request, "leads/leads.html", context)
