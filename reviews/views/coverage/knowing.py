"""Saying of a finding that it is known, and taking that back."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff.forms import CalmForm
from handoff.permissions import may_know_gaps
from handoff.views.sent import way_back
from handoff.views.signed_in import SignedIn
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews import knowing
from reviews.measures.coverage.audit import audit
from reviews.models import KnownGap

from .page import Asking, address_of, drawn, finding_or_404, span_of


class KnownForm(CalmForm, forms.Form):
    """Until when a finding may stay as it is, and why."""

    until = forms.DateField(
        label="Known until, that day too", widget=forms.DateInput(attrs={"type": "date"})
    )
    because = forms.CharField(label="Because", max_length=1000)


@login_required
@require_POST
def known(request: SignedIn) -> HttpResponse:
    """Let a finding be; or show the page again with what is wrong."""
    if not may_know_gaps(request.user):
        raise PermissionDenied
    at = timezone.now()
    asking = Asking(request.GET)
    span = span_of(asking, request.user, at=at)
    found = audit(span)
    finding = finding_or_404(found, request.POST.get("finding", ""))
    form = KnownForm(request.POST)
    if form.is_valid():
        try:
            gap = knowing.let_be(finding, **form.cleaned_data, actor=request.user, at=at)
        except Invalid as refused:
            form.add_error(refused.field, str(refused))
        except Conflict as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Known until {_day(gap.until)}, and quiet until then.")
            return redirect(f"{reverse('reviews:coverage')}?{address_of(span)}")
    refused_for: dict[str, Any] = {"form": form, "asked": finding.key}
    return drawn(request, asking, span, found, **refused_for)


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


@login_required
@require_POST
def again(request: SignedIn, pk: int) -> HttpResponse:
    """Tell a finding again that somebody let be."""
    get_object_or_404(KnownGap, pk=pk)
    try:
        knowing.tell_again(pk, actor=request.user, at=timezone.now())
    except (NotAllowed, Conflict) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "It is told again.")
    return redirect(way_back(request, reverse("reviews:coverage")))
