"""A lead typed by a person."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from handoff.labels import live_labels
from handoff.views.signed_in import SignedIn
from leads.forms import AddForm
from leads.journey import intake, receive
from leads.journey.outcome import Outcome
from leads.models import Handoff, Lead


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn) -> HttpResponse:
    """The form; once sent, the lead takes the same way as every other."""
    known = request.GET.get("email", "")
    initial = {"email": known, "source": ""} if known else None
    form = AddForm(request.POST or None, signals=live_labels().signals, initial=initial)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "leads/add.html", {"section": "leads", "form": form}, status=status)
    at = timezone.now()
    payload = form.payload(at=at)
    try:
        intake.understand(payload, received_at=at)
    except intake.Refused as refused:
        for problem in refused.problems:
            name = problem.place if problem.place in form.fields else None
            form.add_error(name, problem.message)
        return render(request, "leads/add.html", {"section": "leads", "form": form}, status=422)
    envelope = intake.Envelope(
        source="browser",
        key=str(uuid.uuid4()),
        payload=payload,
        channel="form",
        origin="person",
        person_id=request.user.pk,
    )
    (outcome,) = receive([envelope], at=at)
    if outcome.lead_id is None:
        messages.warning(
            request, f"Kept, but not judged yet: {outcome.error or 'it is tried again soon'}."
        )
        return redirect("leads:leads")
    lead = Lead.objects.get(pk=outcome.lead_id)
    messages.success(request, _said(lead, outcome))
    if Lead.objects.visible_to(request.user).filter(pk=lead.pk).exists():
        return redirect("leads:lead", pk=lead.pk)
    return redirect("leads:add")


def _said(lead: Lead, outcome: Outcome) -> str:
    """Whether the lead is new, and who has it now."""
    where = _taker(outcome)
    if outcome.outcome == "updated":
        handed = f"It is with {where}." if where else "It is not handed over."
        return f"{lead} is known; this was added. {handed}"
    handed = f"It went to {where}." if where else "It was not handed over."
    return f"{lead} was added. {handed}"


def _taker(outcome: Outcome) -> str:
    """Who has the lead now, by name: a person, else a team; empty when it was not handed over."""
    handoff = (
        Handoff.objects.filter(pk=outcome.handoff_id).select_related("owner", "team").first()
        if outcome.handoff_id
        else None
    )
    return str(handoff.owner or handoff.team) if handoff else ""
