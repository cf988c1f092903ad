"""What rejections are watched for, changed by those who edit the agreement."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff.forms import CalmForm
from handoff.permissions import may_edit_agreement
from handoff.views.signed_in import SignedIn
from reviews.alerting.ruling import HELD, keep_rule, rule_in_force
from reviews.measures.dimensions import DIMENSIONS
from reviews.measures.rejecting import WATCHABLE
from reviews.models import AlertRule

from .page import only_readers, watched

SHOWN = 10


class RuleForm(CalmForm, forms.Form):
    """From which share on, over how many days, and of which parts."""

    threshold = forms.IntegerField(
        label="Told from so many rejected of a hundred",
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )
    days = forms.IntegerField(
        label="Of what was answered in so many days",
        validators=[MinValueValidator(7), MaxValueValidator(180)],
    )
    dimensions = forms.MultipleChoiceField(
        label="All together, and by",
        required=False,
        choices=[(one, DIMENSIONS[one].label) for one in WATCHABLE],
        widget=forms.CheckboxSelectMultiple,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedIn) -> HttpResponse:
    """The rule, who set it and what it was before; a post sets another."""
    only_readers(request.user)
    may_edit = may_edit_agreement(request.user)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    rule = rule_in_force()
    usual: dict[str, Any] = {name: getattr(rule, name) for name in HELD}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=usual)
    if request.method == "POST" and form.is_valid():
        changed = keep_rule(**form.cleaned_data, actor=request.user, at=timezone.now())
        said = "This is watched from the next look on, within 15 minutes."
        messages.success(request, said if changed else "Nothing changed.")
        return redirect("reviews:alerts")
    before = AlertRule.objects.select_related("set_by")[:SHOWN]
    context = {
        "section": "reviews",
        "here": "alerts",
        "form": form if may_edit else None,
        "rule": rule,
        "watched": watched(rule),
        "before": [(one, watched(one)) for one in before],
        "now": timezone.now(),
    }
    return render(request, "reviews/alerts/rule.html", context, status=422 if form.errors else 200)
