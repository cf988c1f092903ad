"""Saying that somebody looks after an alert."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff.forms import CalmForm
from handoff.permissions import may_acknowledge_alerts
from handoff.views.signed_in import SignedIn
from leads.journey.states import Conflict
from reviews.alerting.acknowledging import acknowledge as keep
from reviews.models import Alert

from .page import drawn


class NoteForm(CalmForm, forms.Form):
    """What is done about an alert."""

    note = forms.CharField(label="What is done about it", max_length=1000)


@login_required
@require_POST
def acknowledge(request: SignedIn, pk: int) -> HttpResponse:
    """Note who looks after it and how; or show the page again with what is wrong."""
    alert = get_object_or_404(Alert.objects.visible_to(request.user), pk=pk)
    if not may_acknowledge_alerts(request.user):
        raise PermissionDenied
    form = NoteForm(request.POST)
    if not form.is_valid():
        return drawn(request, status=422, form=form, asked=alert.pk)
    try:
        keep(alert.pk, note=form.cleaned_data["note"], actor=request.user, at=timezone.now())
    except Conflict as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"Noted: you look after {alert.name}.")
    return redirect("reviews:alerts")
