"""Setting the goals of both halves of each hand-over, overall and by tier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
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
from handoff.labels import humanise, live_labels
from handoff.models import Goal, Step
from handoff.permissions import may_set_goals
from handoff.views.signed_in import SignedIn
from reviews.asking import EVERY_STEP, further_steps

from .board import sides_of


@dataclass(frozen=True)
class Path:
    """One hand-over of the path: its key, what it is called, its tiers, and who takes and gives."""

    step: str
    title: str
    tiers: dict[str, str]
    names: dict[str, str]


def paths() -> list[Path]:
    """Every hand-over: marketing's first, then those between teams."""
    halves = {half.value: str(half.label) for half in Goal.Half}
    found = [Path("", EVERY_STEP, live_labels().tiers, halves)]
    own = dict(Step.objects.values_list("key", "tiers"))
    for key, title in further_steps():
        tiers = {row["key"]: row.get("label") or humanise(row["key"]) for row in own[key]}
        sides = sides_of(key)
        names = {Goal.Half.SALES: sides.takes, Goal.Half.MARKETING: sides.gives}
        found.append(Path(key, title, tiers, {half.value: name for half, name in names.items()}))
    return found


class GoalsForm(CalmForm, forms.Form):
    """A field for each half of each hand-over, and for each tier of it; an empty one takes the
    half's, an empty half that of the first hand-over."""

    marks_optional = False

    def __init__(
        self, *args: Any, paths: Sequence[Path], kept: Mapping[goals.Place, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.paths = paths
        self.places: dict[str, goals.Place] = {}
        for path in paths:
            for half, tier in product(Goal.Half.values, ("", *path.tiers)):
                self._add(path, half, tier, kept.get((path.step, half, tier)))

    def _add(self, path: Path, half: str, tier: str, percent: int | None) -> None:
        name = ".".join(filter(None, (path.step, half, tier)))
        is_first = not path.step and not tier
        self.places[name] = (path.step, half, tier)
        self.fields[name] = forms.IntegerField(
            label=f"{path.names[half]}, {path.tiers.get(tier, 'every tier')}",
            min_value=1,
            max_value=100,
            required=is_first,
            initial=goals.USUAL if percent is None and is_first else percent,
            widget=forms.NumberInput(attrs={"class": "form-control", "placeholder": "same"}),
        )

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each hand-over, under what it is called."""
        return [
            (path.title, [self[name] for name, at in self.places.items() if at[0] == path.step])
            for path in self.paths
        ]

    def percents(self) -> dict[goals.Place, int | None]:
        """What was said, by step, half and tier."""
        return {place: self.cleaned_data[name] for name, place in self.places.items()}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedIn) -> HttpResponse:
    """The goals, to be changed by those who decide about the agreement."""
    if not may_set_goals(request.user):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = GoalsForm(posted, paths=paths(), kept=goals.own())
    if posted is not None and form.is_valid():
        changed = goals.keep(form.percents())
        messages.success(request, "The goals are set." if changed else "Nothing changed.")
        return redirect("reviews:sla")
    context = {"section": "measures", "form": form}
    return render(request, "reviews/sla/goals.html", context, status=422 if form.errors else 200)
