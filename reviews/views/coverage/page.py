"""The coverage audit: what nobody serves, reaches or opens; its leads; and as a file."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import User
from handoff.permissions import may_know_gaps
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.models import Handoff
from leads.templatetags.leads_parts import tier_label
from leads.views import downloads
from reviews.asking import SaidSo
from reviews.measures.coverage.audit import Audit, Told, audit
from reviews.measures.coverage.finding import AREAS, DAYS, USUAL, Finding, Span

HEADS = (
    "area", "finding", "leads", "since", "team", "mended_at", "known_until", "because", "said_by",
)  # fmt: skip


class Asking(forms.Form):
    """The days that are looked into, and whether with the imported past."""

    days = forms.ChoiceField(
        label="Days",
        required=False,
        choices=[(str(days), f"Last {days} days") for days in DAYS],
    )
    past = SaidSo(label="Imported past too", required=False)


def span_of(asking: Asking, viewer: User, *, at: dt.datetime) -> Span:
    """The days that are asked for; the usual ones where that cannot be read."""
    if not asking.is_valid():
        return Span(at, viewer)
    given = asking.cleaned_data
    return Span(at, viewer, int(given["days"] or USUAL), given["past"])


def address_of(span: Span, **more: str) -> str:
    """The question as a query string."""
    past = {"past": "1"} if span.with_past else {}
    return urlencode({"days": str(span.days), **past, **more})


def finding_or_404(found: Audit, key: str) -> Finding:
    """The finding of this key. Raises Http404 where there is none, or none for this person."""
    for told in (*found.open, *found.known):
        if told.finding.key == key:
            return told.finding
    raise Http404


@login_required
@require_GET
@never_cache
def coverage(request: SignedIn) -> HttpResponse:
    """Every finding, what of it is known, and the hours of each team."""
    asking = Asking(request.GET)
    span = span_of(asking, request.user, at=timezone.now())
    return drawn(request, asking, span, audit(span))


def drawn(request: SignedIn, asking: Asking, span: Span, found: Audit, **more: Any) -> HttpResponse:
    """The page; `more` holds a form that was refused (`form`) and whose it is (`asked`)."""
    context = {
        "section": "teams",
        "here": "coverage",
        "asking": asking,
        "span": span,
        "choices": DAYS,
        "address": address_of(span),
        "audit": found,
        "may_know": may_know_gaps(request.user),
        "tomorrow": span.at.date() + dt.timedelta(days=1),
        "now": span.at,
        **more,
    }
    status = 422 if "form" in more else 200
    return render(request, "reviews/coverage/coverage.html", context, status=status)


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponse:
    """The leads that a finding counts, as many as it says; of those of a team that one answers for
    and is not in, how many there are."""
    asking = Asking(request.GET)
    span = span_of(asking, request.user, at=timezone.now())
    finding = finding_or_404(audit(span), request.GET.get("finding", ""))
    if finding.behind is None:
        raise Http404
    ids = finding.behind.ids()
    page = CappedPaginator(ids, PER_PAGE).get_page(request.GET.get("page"))
    shown = Handoff.objects.select_related("lead", "team", "owner", "version", "judgement")
    here = list(page.object_list)
    by_id = shown.visible_to(request.user).in_bulk(here)
    context = {
        "section": "teams",
        "here": "coverage",
        "asking": asking,
        "finding": finding,
        "area": AREAS[finding.area],
        "count": len(ids),
        "page": page,
        "rows": [(by_id[pk], tier_label(by_id[pk])) for pk in here if pk in by_id],
        "closed": Handoff.objects.filter(pk__in=here).count() - len(by_id),
        "address": address_of(span),
        "now": span.at,
    }
    return render(request, "reviews/coverage/leads.html", context)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def as_csv(request: SignedIn) -> HttpResponse:
    """Every finding as a line of a file, the known ones with who said so."""
    span = span_of(Asking(request.GET), request.user, at=timezone.now())
    found = audit(span)
    rows = (_cells(told) for told in (*found.open, *found.known))
    return downloads.whole(f"coverage-{span.at:%Y-%m-%d}.csv", HEADS, rows)


def _cells(told: Told) -> list[Any]:
    one, known = told.finding, told.known
    since = one.since.astimezone(dt.UTC).isoformat() if one.since else ""
    mark = [known.until, known.because, str(known.said_by)] if known else ["", "", ""]
    return [AREAS[one.area], one.says, one.count, since, str(one.team or ""), one.href, *mark]
