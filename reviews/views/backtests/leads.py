"""The leads behind a figure of a backtest, on a page and as a file."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import humanise
from handoff.models import DecideRule, Reason
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.agreement.overview import navigation
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from leads.views import downloads
from reviews.backtesting import rows
from reviews.models import Backtest, BacktestLead

from .pages import run_or_404, segment_said

STATUSES = dict(DecideRule.Status.choices)
ANSWERS = {
    **dict(BacktestLead.Answer.choices),
    "any": "Handed over at all",
    "none": "Never handed over",
}
OUTCOMES = {"any": "Became an opportunity", "won": "Won", "open": "Still open", "lost": "Lost"}
GROUPS = {
    "lost": "No longer handed over, or only to qualify",
    "gained": "Newly handed over, or straight to sales",
    "changed": "Another status",
}
NOBODY = {"": "Owners of accounts and deals"}
COLUMNS = (
    "lead",
    "name",
    "email",
    "company",
    "as_of",
    "imported",
    "source",
    *(
        f"{side}_{name}"
        for side in ("was", "would")
        for name in ("status", "rule", "tier", "route", "team", "fit", "intent")
    ),
    "answer",
    "reason",
    "outcome",
)
READ_AT_ONCE = 2000


@login_required
@require_GET
@never_cache
def leads(request: SignedIn, number: int, pk: int) -> HttpResponse:
    """The leads that the address asks for, each with why it comes out as it does."""
    version = version_or_404(number, request.user)
    found = run_or_404(version, pk)
    asked = {name: request.GET[name] for name in rows.FILTERS if name in request.GET}
    page = CappedPaginator(rows.find(found, asked), PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    why = rows.because(found, listed)
    context = {
        **navigation(at=timezone.now()),
        "here": "backtests",
        "version": version,
        "backtest": found,
        "segment": segment_said(found),
        "page": page,
        "rows": [(row, why.get(row.lead_id, "")) for row in listed],
        "chips": list(_chips(found, asked)),
        "reasons": dict(Reason.objects.values_list("key", "label")),
        "query": request.GET.urlencode(),
    }
    return render(request, "reviews/backtests/leads.html", context)


def _chips(found: Backtest, asked: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(name, label, value in words) of everything the list is narrowed by."""
    was, would = found.was_name, str(found.version)
    words: dict[str, tuple[str, dict[str, str]]] = {
        "from": (was, STATUSES),
        "to": (would, STATUSES),
        "group": ("Moves", GROUPS),
        "answer": ("Answer", ANSWERS),
        "outcome": ("Deal", OUTCOMES),
        "imported": ("Imported from the past", {}),
        "was_team": (f"Handed over to, {was.lower()}", NOBODY),
        "would_team": (f"Handed over to, {would}", NOBODY),
        "was_tier": (f"Handed over in, {was.lower()}", {"": "No tier"}),
        "would_tier": (f"Handed over in, {would}", {"": "No tier"}),
    }
    for name, value in asked.items():
        label, known = words.get(name, (humanise(name), {}))
        if name == "rules":
            value = value.replace(">", " → ")
        yield name, label, known.get(value) or humanise(value) or "unknown"


@login_required
@require_GET
def as_csv(request: SignedIn, number: int, pk: int) -> StreamingHttpResponse:
    """The same leads as a file, all of them."""
    found = run_or_404(version_or_404(number, request.user), pk)
    asked = {name: request.GET[name] for name in rows.FILTERS if name in request.GET}
    every = rows.find(found, asked).iterator(chunk_size=READ_AT_ONCE)
    cells = ([_cell(row, name) for name in COLUMNS] for row in every)
    return downloads.streamed(f"backtest-{found.pk}.csv", downloads.lines(COLUMNS, cells))


def _cell(row: BacktestLead, name: str) -> Any:
    lead = row.lead
    own = {"lead": lead.pk, "name": lead.name, "email": lead.email, "company": lead.company}
    value = own[name] if name in own else getattr(row, name)
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 1)
    return value
