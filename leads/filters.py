"""What lists of leads can be narrowed by. Every filter is in the address, so a link keeps it."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from handoff.labels import humanise
from handoff.models import DecideRule
from leads.models import Clock, Handoff, Lead
from leads.models.lead import LeadQuerySet

UNASKED = ("assign", "handover", "context")
CLOCKS = [
    ("late", "Late"),
    *((kind, label) for kind, label in Clock.Kind.choices if kind not in UNASKED),
]
ENTRIES = [("again", "Back again"), ("first", "First time")]


def _search(attrs: dict[str, str]) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "class": "form-control", **attrs})


def _select(label: str) -> forms.Select:
    return forms.Select(attrs={"class": "form-select desk", "aria-label": label})


class CalmFilters(django_filters.FilterSet):
    """Filters whose active ones can be shown as chips that take themselves away."""

    def chips(self) -> list[tuple[str, str, str]]:
        """(name, label, value in words) of every filter in use, except the search box."""
        found = []
        for name, value in self.form.cleaned_data.items() if self.is_bound else ():
            if value in ("", None, []) or name == "q":
                continue
            field = self.form.fields[name]
            words = dict(getattr(field, "choices", ())).get(str(value), str(value))
            found.append((name, str(self.filters[name].label), str(words)))
        return found


class QueueFilters(CalmFilters):
    """Filters of a queue. `tiers` and `sources` are what this queue can hold."""

    q = django_filters.CharFilter(
        method="find",
        label="Search",
        widget=_search(
            {"placeholder": "Name, company or email", "aria-label": "Search in this queue"}
        ),
    )
    tier = django_filters.ChoiceFilter(
        label="Tier", empty_label="Any tier", widget=_select("Tier"), choices=()
    )
    clock = django_filters.ChoiceFilter(
        method="by_clock",
        label="Clock",
        empty_label="Any clock",
        widget=_select("Clock"),
        choices=CLOCKS,
    )
    state = django_filters.ChoiceFilter(
        label="State",
        empty_label="Any state",
        widget=_select("State"),
        choices=[c for c in Handoff.State.choices if c[0] in ("waiting", "accepted", "returned")],
    )
    entry = django_filters.ChoiceFilter(
        method="by_entry",
        label="Entry",
        empty_label="New and back again",
        widget=_select("Entry"),
        choices=ENTRIES,
    )
    source = django_filters.CharFilter(
        field_name="lead__source", label="Source", widget=forms.HiddenInput
    )
    country = django_filters.CharFilter(
        field_name="lead__country", label="Country", widget=forms.HiddenInput
    )
    owner = django_filters.CharFilter(method="by_owner", label="Owner", widget=forms.HiddenInput)

    class Meta:
        model = Handoff
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, tiers: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["tier"].extra["choices"] = list(tiers.items())

    def find(self, rows: QuerySet[Handoff], _name: str, text: str) -> QuerySet[Handoff]:
        return rows.filter(lead__in=Lead.objects.search(text).values("pk"))

    def by_clock(self, rows: QuerySet[Handoff], _name: str, clock: str) -> QuerySet[Handoff]:
        if clock == "late":
            return rows.filter(due_at__lt=timezone.now())
        return rows.filter(due_clock=clock)

    def by_entry(self, rows: QuerySet[Handoff], _name: str, entry: str) -> QuerySet[Handoff]:
        return rows.filter(reentry=entry == "again")

    def by_owner(self, rows: QuerySet[Handoff], _name: str, owner: str) -> QuerySet[Handoff]:
        return rows.filter(owner=None) if owner == "none" else rows.filter(owner__email=owner)


class LeadFilters(CalmFilters):
    """Filters of the list of all leads."""

    q = django_filters.CharFilter(
        method="find",
        label="Search",
        widget=_search({"placeholder": "Name, company or email", "aria-label": "Search in leads"}),
    )
    status = django_filters.ChoiceFilter(
        label="Status",
        empty_label="Any status",
        widget=_select("Status"),
        choices=DecideRule.Status.choices,
    )
    standing = django_filters.ChoiceFilter(
        method="by_standing",
        label="Standing",
        empty_label="Anywhere",
        widget=_select("Where it stands"),
        choices=[("open", "With sales now"), ("none", "Never handed over")],
    )
    source = django_filters.CharFilter(label="Source", widget=forms.HiddenInput)
    country = django_filters.CharFilter(label="Country", widget=forms.HiddenInput)
    campaign = django_filters.CharFilter(label="Campaign", widget=forms.HiddenInput)
    account = django_filters.NumberFilter(label="Account", widget=forms.HiddenInput)

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()

    def find(self, rows: LeadQuerySet, _name: str, text: str) -> LeadQuerySet:
        return rows.search(text)

    def by_standing(self, rows: QuerySet[Lead], _name: str, standing: str) -> QuerySet[Lead]:
        handed_over = Handoff.objects.all()
        if standing == "open":
            return rows.filter(pk__in=handed_over.open().values("lead"))
        return rows.exclude(pk__in=handed_over.values("lead"))


def tier_choices(tiers: dict[str, str]) -> dict[str, str]:
    """Labels by key, every key with some words."""
    return {key: label or humanise(key) for key, label in tiers.items()}
