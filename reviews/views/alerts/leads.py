"""The leads behind a share that is watched: as a page and as a file."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.calendars import LATEST
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.templatetags.leads_parts import tier_label
from leads.views import downloads
from reviews.alerting import watching
from reviews.asking import Names
from reviews.measures import rejecting
from reviews.measures.rejecting import WATCHABLE, Part
from reviews.views.measures.leads import HEADS, handoffs, written

from .page import only_readers

DAYS = 28
BEGINNING = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)


class Asked(forms.Form):
    """Which part, and of which days; until now where no moment is named."""

    dimension = forms.ChoiceField(required=False, choices=[(one, one) for one in WATCHABLE])
    key = forms.CharField(required=False, max_length=2000)
    days = forms.IntegerField(required=False, min_value=1, max_value=366)
    until = forms.DateTimeField(
        required=False, validators=[MinValueValidator(BEGINNING), MaxValueValidator(LATEST)]
    )


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponseBase:
    """What sales rejected of a part, with `of=all` what it answered, as far as the viewer may see
    it; the latest answer first."""
    only_readers(request.user)
    form = Asked(request.GET)
    if not form.is_valid():
        raise Http404
    asked, is_whole = form.cleaned_data, request.GET.get("of") == "all"
    part = Part(asked["dimension"], asked["key"] if asked["dimension"] else "")
    until = asked["until"] or timezone.now()
    span = watching.span_of(asked["days"] or DAYS, until)
    found = rejecting.behind(span, part, request.user, all_of_them=is_whole)
    if request.GET.get("format") == "csv":
        return downloads.streamed("leads.csv", downloads.lines(HEADS, written(list(found))))
    page = CappedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "section": "reviews",
        "here": "alerts",
        "title": "Answered" if is_whole else "Rejected",
        "name": watching.name_of(part, Names()),
        "is_whole": is_whole,
        "since": span.since,
        "until": until,
        "count": len(found),
        "page": page,
        "rows": [(one, tier_label(one)) for one in handoffs(list(page.object_list))],
    }
    return render(request, "reviews/alerts/leads.html", context)
