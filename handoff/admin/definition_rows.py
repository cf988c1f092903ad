"""The sections of a definition as parts of its page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

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

from . import definition_forms as forms
from .base import ByRole


class SectionInline(ByRole, admin.StackedInline[Any, DefinitionVersion]):
    """One section, in order; its rows are edited in a draft and read otherwise."""

    formset = forms.SectionFormSet
    template = "admin/section.html"
    extra = 0
    ordering = ("position", "pk")
    says = ""

    def _editable(self, request: HttpRequest, version: DefinitionVersion | None) -> bool:
        return self.may_edit(request.user) and (version is None or version.is_editable)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._editable(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._editable(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._editable(request, obj)


class MotionInline(SectionInline):
    model = Motion
    form = forms.MotionForm
    verbose_name_plural = "Sales motions"
    says = "The first that holds is the lead's motion; none otherwise."
    fieldsets = ((None, {"fields": (("position", "key", "label"), "when")}),)


class FitInline(SectionInline):
    model = FitCriterion
    form = forms.FitForm
    verbose_name_plural = "Fit"
    says = "Points of every row that holds, summed and kept between 0 and 100."
    fieldsets = ((None, {"fields": (("position", "key", "label", "points", "motion"), "when")}),)


class SignalInline(SectionInline):
    model = Signal
    form = forms.SignalForm
    verbose_name_plural = "Intent"
    says = "Points of what the lead did, fading by half every so many days; kept between 0 and 100."
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("position", "key", "label", "points"),
                    ("half_life_days", "cap"),
                    ("signal", "motion", "sources"),
                )
            },
        ),
    )


class DecideInline(SectionInline):
    model = DecideRule
    form = forms.DecideForm
    verbose_name_plural = "Status rules"
    says = "The first that holds decides. The last holds always: it has no conditions."
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("position", "key", "label", "status"),
                    ("tier", "reason", "track", "approve"),
                    "when",
                )
            },
        ),
    )


class TierInline(SectionInline):
    model = Tier
    form = forms.TierForm
    verbose_name_plural = "Response tiers"
    says = "The most urgent first."
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("position", "key", "label", "hours", "remind_before"),
                    ("clocks", "on_breach", "on_reassign"),
                )
            },
        ),
    )


class RouteInline(SectionInline):
    model = RouteRule
    form = forms.RouteForm
    verbose_name_plural = "Routing rules"
    says = "The first that holds takes the lead. The last holds always: it has no conditions."
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("position", "key", "label"),
                    ("to_kind", "to_key", "overflow", "sticky"),
                    "when",
                )
            },
        ),
    )


class ExampleInline(SectionInline):
    model = Example
    form = forms.ExampleForm
    verbose_name_plural = "Examples and counterexamples"
    says = "Leads with the outcome they must have. Publishing waits while one differs."
    fieldsets = (
        (
            None,
            {"fields": (("position", "kind", "name", "why"), ("expect", "lead", "touchpoints"))},
        ),
    )


INLINES = (
    MotionInline,
    FitInline,
    SignalInline,
    DecideInline,
    TierInline,
    RouteInline,
    ExampleInline,
)
