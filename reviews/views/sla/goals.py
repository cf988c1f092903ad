"""Setting the goals of both halves, overall and by tier."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff import goals
from handoff.forms import CalmForm
from handoff.labels import live_labels
from handoff.models import Goal
from handoff.permissions import may_set_goals
from handoff.views.signed_in import SignedIn


class GoalsForm(CalmForm, forms.Form):
    """A field for each half, and for each tier of it; an empty one takes the half's."""

    marks_optional = False

    def __init__(self, *args: Any, tiers: dict[str, str], kept: goals.Goals, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places: dict[str, tuple[str, str]] = {}
        for half in Goal.Half:
            for tier in ("", *tiers):
                name = f"{half.value}.{tier}" if tier else half.value
                self.places[name] = (half.value, tier)
                self.fields[name] = forms.IntegerField(
                    label=f"{half.label}, {tiers[tier]}" if tier else f"{half.label}, every tier",
                    min_value=1,
                    max_value=100,
                    required=not tier,
                    initial=kept.percents.get((half.value, tier), None if tier else goals.USUAL),
                    widget=forms.NumberInput(
                        attrs={"class": "form-control", "placeholder": "same"}
                    ),
                )

    def percents(self) -> dict[tuple[str, str], int | None]:
        """What was said, by half and tier."""
        return {place: self.cleaned_data[name] for name, place in self.places.items()}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedIn) -> HttpResponse:
    """The goals, to be changed by those who decide about the agreement."""
    if not may_set_goals(request.user):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = GoalsForm(posted, tiers=live_labels().tiers, kept=goals.read())
    if posted is not None and form.is_valid():
        changed = goals.keep(form.percents())
        messages.success(request, "The goals are set." if changed else "Nothing changed.")
        return redirect("reviews:sla")
    context = {"section": "measures", "form": form}
    return render(request, "reviews/sla/goals.html", context, status=422 if form.errors else 200)
