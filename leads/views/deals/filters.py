"""What the list of opportunities can be narrowed by; every filter is in the address."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from leads.filters import CalmFilters
from leads.models import Lead, Opportunity

SAID = [("no", "Over, and nobody said why"), ("yes", "Said why")]


class OpportunityFilters(CalmFilters):
    """Filters of the list of opportunities."""

    q = django_filters.CharFilter(
        method="find",
        label="Search",
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "class": "form-control",
                "placeholder": "Number, name or company",
                "aria-label": "Search in opportunities",
            }
        ),
    )
    stage = django_filters.ChoiceFilter(
        label="Stage",
        empty_label="Any stage",
        choices=Opportunity.Stage.choices,
        widget=forms.Select(attrs={"class": "form-select", "aria-label": "Stage"}),
    )
    said = django_filters.ChoiceFilter(
        method="by_said",
        label="Why",
        empty_label="Said why or not",
        choices=SAID,
        widget=forms.Select(attrs={"class": "form-select desk", "aria-label": "Said why or not"}),
    )
    owner = django_filters.CharFilter(
        field_name="owner__email", label="Owner", widget=forms.HiddenInput
    )
    lead = django_filters.NumberFilter(label="Lead", widget=forms.HiddenInput)
    account = django_filters.NumberFilter(label="Account", widget=forms.HiddenInput)

    class Meta:
        model = Opportunity
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[Opportunity], _name: str, text: str) -> QuerySet[Opportunity]:
        named = Q(lead__in=Lead.objects.search(text).values("pk"))
        return rows.filter(named | Q(ref__startswith=text.strip()))

    def by_said(self, rows: QuerySet[Opportunity], _name: str, said: str) -> QuerySet[Opportunity]:
        if said == "yes":
            return rows.filter(told_at__isnull=False)
        return rows.exclude(stage=Opportunity.Stage.OPEN).filter(told_at=None)
