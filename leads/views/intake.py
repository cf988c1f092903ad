"""A lead typed by a person."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from handoff.labels import humanise, labels_of, live_labels
from handoff.models import DecideRule
from handoff.views.sent import press_of, whole
from handoff.views.signed_in import SignedIn
from leads.forms import AddForm
from leads.journey import intake, receive
from leads.journey.outcome import Outcome
from leads.models import Approval, Delivery, Handoff, Lead


@dataclass(frozen=True, slots=True)
class Kept:
    """A lead that somebody added and that sales does not get: why, and what would change it.
    `outcome`: in the definition's word; `place` of its rule; `missing`: names of fields."""

    lead: Lead
    outcome: str
    rule: str
    key: str
    place: int
    number: int
    missing: list[str]
    waits: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn) -> HttpResponse:
    """The form; once sent, the lead takes the same way as every other. `kept`: the delivery of one
    that the person added a moment ago and does not see, to say why."""
    known = request.GET.get("email", "")
    initial = {"email": known, "source": ""} if known else None
    form = AddForm(request.POST or None, signals=live_labels().signals, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    at = timezone.now()
    payload = form.payload(at=at)
    try:
        intake.understand(payload, received_at=at)
    except intake.Refused as refused:
        for problem in refused.problems:
            name = problem.place if problem.place in form.fields else None
            form.add_error(name, problem.message)
        return _page(request, form)
    envelope = intake.Envelope(
        source="browser",
        key=str(press_of(request)),
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
    return redirect(f"{reverse('leads:add')}?kept={outcome.delivery_id}")


def _page(request: SignedIn, form: AddForm) -> HttpResponse:
    delivery = whole(request.GET.get("kept", ""))
    context = {
        "section": "leads",
        "form": form,
        "kept": _kept(request, delivery) if delivery else None,
    }
    status = 422 if form.errors else 200
    return render(request, "leads/add.html", context, status=status)


def _kept(request: SignedIn, delivery: int) -> Kept | None:
    """Why a lead that this person added is not with sales; None where it is, or was not theirs."""
    found = Delivery.objects.filter(pk=delivery, person=request.user).select_related(
        "lead__judgement"
    )
    lead = next((one.lead for one in found if one.lead is not None), None)
    judgement = lead.judgement if lead else None
    if lead is None or judgement is None or Handoff.objects.open().filter(lead=lead).exists():
        return None
    labels = labels_of(judgement.version_id)
    return Kept(
        lead,
        dict(DecideRule.Status.choices)[judgement.status].lower(),
        labels.decide.get(judgement.rule) or humanise(judgement.rule),
        judgement.rule,
        labels.place("decide", judgement.rule),
        labels.number,
        judgement.missing,
        Approval.objects.filter(lead=lead, state=Approval.State.WAITING).exists(),
    )


def _said(lead: Lead, outcome: Outcome) -> str:
    """Whether the lead is new, and who has it now."""
    where = _taker(outcome)
    if outcome.outcome == "updated":
        handed = f"It is with {where}." if where else f"It is not handed over{_because(outcome)}."
        return f"{lead} is known; this was added. {handed}"
    handed = f"It went to {where}." if where else f"It was not handed over{_because(outcome)}."
    return f"{lead} was added. {handed}"


def _because(outcome: Outcome) -> str:
    """“: rule “Everyone else” says nurture”, where a rule decided just now."""
    judged = outcome.judged
    if judged is None:
        return ""
    status = dict(DecideRule.Status.choices)[judged.status].lower()
    labels = labels_of(judged.law.version_id)
    return f": rule “{labels.decide.get(judged.rule, judged.rule)}” says {status}"


def _taker(outcome: Outcome) -> str:
    """Who has the lead now, by name: a person, else a team; empty when it was not handed over."""
    handoff = (
        Handoff.objects.filter(pk=outcome.handoff_id).select_related("owner", "team").first()
        if outcome.handoff_id
        else None
    )
    return str(handoff.owner or handoff.team) if handoff else ""
