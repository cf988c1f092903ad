"""What is done with an opportunity: kept up, closed with the reasons, opened again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff.views.signed_in import SignedIn
from leads.journey import dealing
from leads.journey.states import Invalid
from leads.models import Opportunity

from .forms import StandingForm, WhyForm
from .page import deal_of, shown


def _changeable(request: SignedIn, pk: int) -> Opportunity:
    deal = deal_of(request.user, pk)
    if not dealing.may_change(deal, request.user):
        raise PermissionDenied("You may read this opportunity, not change it.")
    return deal


@login_required
@require_POST
def change(request: SignedIn, pk: int) -> HttpResponse:
    """How it stands: step, amount, day of opening, owner."""
    deal = _changeable(request, pk)
    form = StandingForm(request.POST, deal=deal)
    if not form.is_valid() or not _put(request, deal, form):
        return shown(request, deal, standing=form)
    messages.success(request, "Saved.")
    return redirect("leads:opportunity", pk=pk)


@login_required
@require_POST
def close(request: SignedIn, pk: int) -> HttpResponse:
    """Won or lost, when, and why; said again, it corrects what was said."""
    deal = _changeable(request, pk)
    form = WhyForm(request.POST, deal=deal)
    if not form.is_valid() or not _put(request, deal, form):
        return shown(request, deal, why=form)
    said = dict(Opportunity.Stage.choices)[form.cleaned_data["stage"]].lower()
    messages.success(request, f"{deal} is {said}. Marketing reads why.")
    return redirect("leads:opportunity", pk=pk)


@login_required
@require_POST
def reopen(request: SignedIn, pk: int) -> HttpResponse:
    """Not over after all; what was said of it stays."""
    deal = _changeable(request, pk)
    if deal.stage == Opportunity.Stage.OPEN:
        messages.warning(request, f"{deal} is open already.")
    else:
        data = {"stage": Opportunity.Stage.OPEN.value}
        dealing.put_opportunity(deal.ref, data, actor=request.user, at=timezone.now())
        messages.success(request, f"{deal} is open again.")
    return redirect("leads:opportunity", pk=pk)


def _put(request: SignedIn, deal: Opportunity, form: Any) -> bool:
    """Write what a valid form says; or say on it what is wrong."""
    at = timezone.now()
    try:
        dealing.put_opportunity(deal.ref, form.data_for(at=at), actor=request.user, at=at)
    except Invalid as fault:
        assert isinstance(form, Form)
        form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        return False
    return True
