"""All leads one may see: searched, filtered, ordered, and taken along as a file."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import SEERS, DecideRule
from handoff.tables import COUNTED
from handoff.views.signed_in import SignedIn
from leads import finding
from leads.filters import LeadFilters
from leads.models import Handoff, Lead
from leads.tables import LeadTable

from . import downloads
from .places import leads_place
from .shelf import address, kept_of, shelf_of

SHOWN = (
    "id", "first_name", "last_name", "email", "phone", "company", "role", "employees", "status",
    "source", "country", "last_seen_at", "judgement__id", "judgement__fit", "judgement__intent",
    "judgement__as_of",
)  # fmt: skip
NEWEST = "-last_seen_at"
AT_ONCE = 2000
STATUSES = dict(DecideRule.Status.choices)

HEADS = (
    "Lead", "First name", "Last name", "Email", "Phone", "Company", "Role", "Country", "Status",
    "Fit", "Intent", "Source", "Campaign", "First source", "First campaign", "First seen",
    "Last seen", "Owner", "Team",
)  # fmt: skip
CELLS = (
    "pk", "first_name", "last_name", "email", "phone", "company", "role", "country", "status",
    "judgement__fit", "judgement__intent", "source", "campaign", "first_source", "first_campaign",
    "first_seen_at", "last_seen_at", "owner", "team",
)  # fmt: skip


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponse:
    """The list of leads; every filter and the order are in the address. Only a list that is not too
    long to be counted is ordered by anything but what was last seen."""
    place, kept = leads_place(), kept_of(leads_place(), request.GET)
    shelf = shelf_of(request.user, place)
    if not request.GET and (opens := shelf.opens_with()):
        return redirect(address(place, opens))
    view = shelf.named(request.GET.get("view", ""))
    filters = _filters(request)
    found = finding.newest(*filters.but_for_the_search(), person=_viewer(request))
    rows = found.rows.select_related("judgement").only(*SHOWN)
    sort = request.GET.get("sort") or NEWEST
    table = LeadTable(rows, order_by=NEWEST)
    table.turn_to(request.GET.get("page", "1"))
    too_many = sort != NEWEST and table.paginator.count > COUNTED
    if sort != NEWEST and not too_many:
        table = LeadTable(rows, order_by=sort)
        table.turn_to(request.GET.get("page", "1"))
    _say_what_to_do(table, request)
    context = {
        "section": "leads",
        "filters": filters,
        "place": place,
        "view": view,
        "tabs": shelf.tabs(view),
        "unkept": kept if kept != (view.query if view else "") else "",
        "table": table,
        "too_many": too_many,
        "counted": COUNTED,
        "more": found.more,
        "now": timezone.now(),
    }
    return render(request, "leads/leads.html", context)


@login_required
@require_GET
@never_cache
def as_csv(request: SignedIn) -> HttpResponseBase:
    """The same leads as the list shows for the same address, every page of it, as a file; none
    where the address asks for what cannot be read."""
    filters = _filters(request)
    if not filters.form.is_valid():
        return downloads.refused(filters.form)
    rows = filters.qs.order_by("-last_seen_at", "-pk")
    open_ones = Handoff.objects.open().filter(lead=OuterRef("pk")).order_by("-made_at")
    found = rows.annotate(
        owner=Subquery(open_ones.values("owner__email")[:1]),
        team=Subquery(open_ones.values("team__name")[:1]),
    )
    name = f"leads-{timezone.localdate():%Y-%m-%d}.csv"
    return downloads.streamed(name, downloads.lines(HEADS, _cells(found)))


def _viewer(request: SignedIn) -> int | None:
    """Whose sight narrows the list; None for those who see everything."""
    return None if request.user.has_role(*SEERS) else request.user.pk


def _filters(request: SignedIn) -> LeadFilters:
    rows = Lead.objects.visible_to(request.user).filter(merged_into=None)
    return LeadFilters(request.GET, queryset=rows)


def _cells(rows: QuerySet[Lead]) -> Iterator[Iterator[Any]]:
    for row in rows.values_list(*CELLS).iterator(chunk_size=AT_ONCE):
        yield (_written(cell, value) for cell, value in zip(CELLS, row, strict=True))


def _written(cell: str, value: Any) -> Any:
    if cell == "status":
        return STATUSES.get(value, "Not judged yet")
    return value.isoformat(timespec="seconds") if isinstance(value, dt.datetime) else value


def _say_what_to_do(table: LeadTable, request: SignedIn) -> None:
    """What an empty list says, where somebody looked for something."""
    text = request.GET.get("q", "").strip()
    if text:
        table.empty_title = f"Nobody is found by “{text}”"
        table.empty_says = (
            "Try the beginning of a name, a company or an email, or the last digits of a phone "
            "number."
        )
        if not request.user.has_role(*SEERS):
            table.empty_says += " Leads of other teams are not shown."
