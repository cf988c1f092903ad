"""Payloads that could not be understood: read, mended, replayed."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from handoff.views.signed_in import SignedIn
from leads.forms import MendForm
from leads.journey.replaying import discard, replay
from leads.models import Delivery
from leads.tables import DeliveryTable

from .places import only_deciders


@login_required
@require_GET
@never_cache
def quarantine(request: SignedIn) -> HttpResponse:
    """What waits to be mended, newest first."""
    only_deciders(request.user)
    rows = Delivery.objects.quarantined().defer("raw", "payload")
    table = DeliveryTable(rows, order_by=request.GET.get("sort") or "-received_at")
    table.turn_to(request.GET.get("page", "1"))
    return render(request, "leads/quarantine.html", {"section": "leads", "table": table})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delivery(request: SignedIn, pk: int) -> HttpResponse:
    """One payload as it came; while in quarantine it can be mended and replayed."""
    only_deciders(request.user)
    found = get_object_or_404(Delivery.objects.select_related("lead", "batch"), pk=pk)
    mendable = found.state in (Delivery.State.QUARANTINED, Delivery.State.DISCARDED)
    if request.method == "POST" and request.POST.get("do") == "discard":
        return _discard(request, found)
    form = MendForm(request.POST or None, initial={"payload": found.payload}) if mendable else None
    status = 200
    if request.method == "POST" and form is not None:
        if form.is_valid():
            return _replay(request, found, form)
        status = 422
    context = {
        "section": "leads",
        "delivery": found,
        "form": form,
        "raw": as_it_came(found),
        "now": timezone.now(),
    }
    return render(request, "leads/delivery.html", context, status=status)


def as_it_came(delivery: Delivery) -> str:
    """The payload for reading: indented JSON, or the raw body where it was none."""
    if delivery.payload is not None:
        return json.dumps(delivery.payload, indent=2, ensure_ascii=False)
    return bytes(delivery.raw or b"").decode("utf-8", "replace")


def _discard(request: SignedIn, found: Delivery) -> HttpResponse:
    if discard(found.pk, actor=request.user):
        messages.success(request, "Discarded. It can still be opened and replayed.")
    else:
        messages.warning(request, "Somebody dealt with it a moment ago.")
    return redirect("leads:quarantine")


def _replay(request: SignedIn, found: Delivery, form: MendForm) -> HttpResponse:
    at = timezone.now()
    replay(found.pk, form.cleaned_data["payload"], actor=request.user, at=at)
    found.refresh_from_db()
    if found.state == Delivery.State.QUARANTINED:
        messages.warning(request, "It still cannot be understood; the reason is below.")
        return redirect("leads:delivery", pk=found.pk)
    messages.success(request, "Understood and taken in.")
    return (
        redirect("leads:lead", pk=found.lead_id) if found.lead_id else redirect("leads:quarantine")
    )
