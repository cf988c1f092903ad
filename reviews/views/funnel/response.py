"""How soon the first touch came, against what became of the lead."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from leads.views import downloads
from reviews.asking import Asking, asked
from reviews.measures import response as responding
from reviews.measures.response import BECAME, EDGES, Band
from reviews.views.measures.leads import answer
from reviews.views.measures.narrowing import narrowing

USUAL = "opportunity"
MANY = {"qualified": "qualified leads", "opportunity": "opportunities", "won": "won deals"}
LONGEST = EDGES[-1] + 1


class OfBand(forms.Form):
    """Which leads: of a band, in whole minutes, and what became of them."""

    least = forms.IntegerField(min_value=0, max_value=LONGEST)
    most = forms.IntegerField(min_value=1, max_value=LONGEST, required=False)
    became = forms.ChoiceField(choices=[(key, key) for key in BECAME], required=False)


@login_required
@require_GET
@never_cache
def response(request: SignedIn) -> HttpResponse:
    """The bands with their shares, and whether the quickest differs by more than chance."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    became = request.GET.get("became", "") or USUAL
    if became not in BECAME:
        raise Http404
    found = responding.bands(wanted.question, at=at)
    compared = wanted.question.before
    before = responding.bands_like(found, compared, at=at) if wanted.compares else found
    context = {
        **narrowing(wanted, "response"),
        "bands": [_told(*pair, became) for pair in zip(found, before, strict=True)],
        "touched": sum(band.n for band in found),
        "became": became,
        "became_many": MANY[became],
        "became_title": BECAME[became][0],
        "choices": [(key, title) for key, (title, _) in BECAME.items()],
        "beside": responding.quickest_beside_the_rest(found, became),
    }
    return render(request, "reviews/funnel/response.html", context)


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponseBase:
    """The leads of a band, or those of it that became something."""
    form = OfBand(request.GET)
    if not form.is_valid():
        raise Http404
    least, most, became = (form.cleaned_data[name] for name in ("least", "most", "became"))
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    found = responding.behind(wanted.question, least, most, became, at=at)
    title = f"First touch {label_of(least, most)}"
    if became:
        title += f", {BECAME[became][0].lower()}"
    crumb = (reverse("reviews:response"), "Response time")
    return answer(request, wanted, found, title=title, crumb=crumb)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def as_csv(request: SignedIn) -> HttpResponse:
    """The bands as a file: how many, and what became of them."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    heads = ["after_minutes", "within_minutes", "hand_overs", *BECAME]
    rows = (
        [band.least, "" if band.most is None else band.most, band.n, *band.counts]
        for band in responding.bands(wanted.question, at=at)
    )
    return downloads.whole(f"response-{wanted.since}-{wanted.until}.csv", heads, rows)


def _told(band: Band, before: Band, became: str) -> dict[str, Any]:
    edges = f"least={band.least}" + (f"&most={band.most}" if band.most is not None else "")
    return {
        "label": label_of(band.least, band.most),
        "edges": edges,
        "n": band.n,
        "share": band.shares[became],
        "before": before.shares[became],
        "shares": list(band.shares.items()),
    }


def label_of(least: int, most: int | None) -> str:
    """“within 5 min”, “after 15 min, within 1 h”, “after 7 days”."""
    parts = [f"after {_span(least)}"] if least else []
    parts += [f"within {_span(most)}"] if most is not None else []
    return ", ".join(parts) or "at any time"


def _span(minutes: int) -> str:
    if minutes % 1440 == 0:
        days = minutes // 1440
        return "1 day" if days == 1 else f"{days} days"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
