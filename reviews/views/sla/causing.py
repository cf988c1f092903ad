"""Causes of misses over time, and who mends those that come back."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handoff.models import Team, User
from handoff.permissions import may_name_causes
from handoff.views.signed_in import SignedIn
from leads.journey import causing, mending
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Miss, RecurringCause
from reviews.asking import Asked, asked
from reviews.measures.causes import CAUSES, Spread, spreads

SHOWN = 100
TITLES = {"week": "Week of", "team": "Team", "source": "Source"}


class MendForm(forms.Form):
    """Who mends a cause, and by when."""

    cause = forms.ChoiceField(label="Cause", choices=Miss.Cause.choices)
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), label="Team", required=False, empty_label="Every team"
    )
    source = forms.CharField(label="Source, if it is of one", required=False, max_length=200)
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("name", "email"),
        label="Who mends it",
        empty_label="Choose…",
    )
    due = forms.DateField(label="By", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label="What shall be done", max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_select = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_select else "form-control"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def causes(request: SignedIn) -> HttpResponse:
    """The trend by week, by team and by source; what is being mended, and naming more."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    may_name = may_name_causes(request.user)
    if request.method == "POST" and not may_name:
        raise PermissionDenied
    form = MendForm(request.POST or None) if may_name else None
    if (
        form is not None
        and request.method == "POST"
        and form.is_valid()
        and _take_up(request, form)
    ):
        return redirect("reviews:causes")
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    names, tables = dict(Team.objects.values_list("key", "name")), []
    for by, rows in spreads(wanted.question, at=at, zone=zone).items():
        tables.append((by, TITLES[by], [_told(wanted, by, row, names) for row in rows]))
    mends = RecurringCause.objects.select_related("team", "owner", "closed_by")
    context = {
        "section": "measures",
        "asked": wanted,
        "address": wanted.address(),
        "chips": [
            (name, label, names.get(value, value) if name == "team" else value)
            for name, label, value in wanted.chips()
        ],
        "labels": list(CAUSES.values()),
        "tables": tables,
        "open": list(mends.filter(closed_at=None)[:SHOWN]),
        "closed": list(mends.exclude(closed_at=None).order_by("-closed_at")[:SHOWN]),
        "to_confirm": causing.to_confirm(request.user).count(),
        "may_name": may_name,
        "form": form,
        "today": timezone.localdate(at),
        "now": at,
    }
    is_refused = request.method == "POST"
    return render(request, "reviews/sla/causes.html", context, status=422 if is_refused else 200)


def _told(wanted: Asked, by: str, row: Spread, names: dict[str, str]) -> tuple[str, Spread, str]:
    """A row with what it is called and the question narrowed to it."""
    if by == "week":
        monday = dt.date.fromisoformat(row.key)
        last = min(monday + dt.timedelta(days=6), wanted.until)
        since = max(monday, wanted.since)
        href = wanted.address(since=since.isoformat(), until=last.isoformat())
        return f"{monday.day} {monday:%b %Y}", row, href
    label = wanted.names.of(by, row.key, names.get(row.key, ""))
    return label, row, wanted.address(**{by: row.key})


def _take_up(request: SignedIn, form: MendForm) -> bool:
    try:
        made = mending.take_up(**form.cleaned_data, actor=request.user, at=timezone.now())
    except Invalid as refused:
        form.add_error(refused.field, str(refused))
        return False
    messages.success(request, f"{made.owner} mends it: {made}.")
    return True


@login_required
@require_POST
def close(request: SignedIn, pk: int) -> HttpResponse:
    """Say that a cause is mended."""
    get_object_or_404(RecurringCause, pk=pk)
    try:
        done = mending.close(pk, actor=request.user, at=timezone.now())
    except (NotAllowed, Conflict) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Mended: {done}.")
    return redirect("reviews:causes")
