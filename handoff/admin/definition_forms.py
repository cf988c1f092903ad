"""A version and its rows as forms: conditions, deadlines and examples typed as lines."""

from typing import Any

from django import forms
from django.forms import BaseInlineFormSet

from handoff.models import (
    DecideRule,
    DefinitionVersion,
    Example,
    FitCriterion,
    Motion,
    RouteRule,
    Signal,
    Tier,
)
from handoff.models.definition import MARKETING_COLUMNS
from handoff.models.definition_rows import Row

from .fields import (
    BreachField,
    ClocksField,
    ConditionsField,
    MappingField,
    MappingsField,
    NamesField,
    ReassignField,
)
from .whole import LAST, Whole


class VersionForm(forms.ModelForm[DefinitionVersion]):
    """What a version says besides its rows."""

    required = NamesField(
        label="Context that must be there",
        rows=2,
        help_text="A lead without one of these is incomplete: email, company, source.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = DefinitionVersion
        fields = ("summary", "required", *MARKETING_COLUMNS.values())
        labels = {  # noqa: RUF012
            "handover_minutes": "Minutes from trigger to hand-over",
            "context_minutes": "Minutes to complete missing context",
            "returned_minutes": "Minutes to answer a returned lead",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.revision

    def clean(self) -> dict[str, Any] | None:
        """Refuses to write over what somebody else changed since the page was opened."""
        given = super().clean()
        if self.cleaned_data.get("seen") != self.instance.revision:
            who = self.instance.edited_by or "Somebody"
            raise forms.ValidationError(
                f"{who} changed {self.instance} meanwhile, so nothing was saved. Open it again to "
                "see it as it is now."
            )
        return given


class SectionFormSet(BaseInlineFormSet[Row, DefinitionVersion, forms.ModelForm[Row]]):
    """A section's rows. The last section also asks whether the whole holds together."""

    whole: Whole | None = None

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if self.whole is None:
            return valid
        return self.whole.holds() and valid


class RowForm(forms.ModelForm[Row]):
    """A row with its place; without one it goes to the end."""

    position = forms.IntegerField(
        label="Place", required=False, min_value=0, max_value=LAST, widget=forms.NumberInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["position"] = None

    def clean_position(self) -> int:
        place: int | None = self.cleaned_data["position"]
        return LAST if place is None else place


class MotionForm(RowForm):
    when = ConditionsField()

    class Meta:
        model = Motion
        fields = ("position", "key", "label", "when")


class FitForm(RowForm):
    when = ConditionsField()

    class Meta:
        model = FitCriterion
        fields = ("position", "key", "label", "points", "motion", "when")


class SignalForm(RowForm):
    sources = NamesField(rows=1, help_text="Empty: every source.")

    class Meta:
        model = Signal
        fields = (
            "position",
            "key",
            "label",
            "signal",
            "points",
            "half_life_days",
            "cap",
            "motion",
            "sources",
        )


class DecideForm(RowForm):
    when = ConditionsField()

    class Meta:
        model = DecideRule
        fields = (
            "position",
            "key",
            "label",
            "status",
            "tier",
            "reason",
            "track",
            "approve",
            "when",
        )


class TierForm(RowForm):
    clocks = ClocksField(
        label="Deadlines",
        rows=4,
        help_text="assign, accept, first_touch, follow_up: minutes or same_business_day.",
    )
    on_breach = BreachField(
        label="When missed",
        rows=4,
        help_text="notify_owner, notify_manager, escalate, reassign, task, requalify, nurture; "
        "or a line for each clock: accept: notify_owner, reassign.",
    )

    on_reassign = ReassignField(
        label="On a change of hands",
        rows=3,
        help_text="A line for each clock that is not as usual: accept carry_on, first_touch "
        "restart, follow_up restart. As usual, accept restarts and the others carry on.",
    )

    class Meta:
        model = Tier
        fields = (
            *("position", "key", "label", "hours", "remind_before"),
            *("clocks", "on_breach", "on_reassign"),
        )


class RouteForm(RowForm):
    when = ConditionsField()

    class Meta:
        model = RouteRule
        fields = ("position", "key", "label", "to_kind", "to_key", "overflow", "sticky", "when")


class ExampleForm(RowForm):
    expect = MappingField(rows=3, required=True, help_text="status: sales_ready")
    lead = MappingField(rows=6, required=True, help_text="industry: fintech")
    touchpoints = MappingsField(rows=6, help_text="- {signal: demo_request, days_ago: 0}")

    class Meta:
        model = Example
        fields = ("position", "kind", "name", "why", "expect", "lead", "touchpoints")
