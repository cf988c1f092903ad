"""What logs of sent messages can be narrowed by."""

import django_filters
from django import forms

from leads import catalogue
from leads.filters import CalmFilters
from leads.models import Message


def _select(label: str) -> forms.Select:
    return forms.Select(attrs={"class": "form-select", "aria-label": label})


class SentFilters(CalmFilters):
    """Filters of one webhook's log."""

    state = django_filters.ChoiceFilter(
        label="State",
        empty_label="Any state",
        choices=Message.State.choices,
        widget=_select("State"),
    )
    kind = django_filters.ChoiceFilter(
        label="Event",
        empty_label="Any event",
        choices=[*catalogue.CHOICES, (catalogue.TEST, "Test")],
        widget=_select("Event"),
    )

    class Meta:
        model = Message
        fields: tuple[str, ...] = ()


class UnsentFilters(CalmFilters):
    """Filters of what could not be sent."""

    channel = django_filters.ChoiceFilter(
        label="Channel",
        empty_label="Any channel",
        choices=[one for one in Message.Channel.choices if one[0] != "in_app"],
        widget=_select("Channel"),
    )
    state = django_filters.ChoiceFilter(
        label="State",
        empty_label="Given up",
        choices=[(Message.State.DISCARDED, "Discarded")],
        widget=_select("State"),
    )

    class Meta:
        model = Message
        fields: tuple[str, ...] = ()
