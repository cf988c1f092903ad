"""What is typed about people: time off, and how much a member takes and of whom."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from handoff.absences import Days
from handoff.admin.fields import NamesField
from handoff.forms import CalmForm
from handoff.models import Calendar, Membership, Motion, Team, User
from handoff.playbook.sections import SERVED, SERVED_LENGTH
from handoff.rules.countries import alpha_2

Pairs = Sequence[tuple[str, str]]

FROM = [("", "From the morning"), ("midday", "From midday")]
UNTIL = [("", "Until the evening"), ("midday", "Until midday")]


class TimeOffForm(CalmForm, forms.Form):
    """Days off, the first perhaps from midday and the last until midday. `people`: for whom it may
    be entered; none for oneself."""

    marks_optional = False
    person = forms.ChoiceField(label="Who", error_messages={"required": "Say who is away."})
    first = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    begins = forms.ChoiceField(label="It begins", choices=FROM, required=False)
    last = forms.DateField(
        label="Last day",
        required=False,
        help_text="Empty: only the first.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends = forms.ChoiceField(label="It ends", choices=UNTIL, required=False)
    note = forms.CharField(
        required=False,
        max_length=200,
        help_text="Only you and those who look after teams read it.",
    )

    def __init__(self, *args: Any, people: Pairs = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people:
            self.fields["person"].choices = [("", "Choose…"), *people]  # type: ignore[attr-defined]
        else:
            del self.fields["person"]

    @property
    def days(self) -> Days:
        """What was typed, once it is valid."""
        typed = self.cleaned_data
        return Days(
            typed["first"],
            typed["last"] or typed["first"],
            from_midday=typed["begins"] == "midday",
            until_midday=typed["ends"] == "midday",
        )


class MemberForm(CalmForm, forms.ModelForm[Membership]):
    """How much a member takes, when they work, and of whom they take leads."""

    marks_optional = False
    languages = NamesField(
        widget=forms.TextInput, help_text="Such as en, fr. Empty: every language."
    )
    territories = NamesField(
        widget=forms.TextInput,
        help_text="Countries or regions, such as Germany, Texas. Empty: everywhere.",
    )
    products = NamesField(
        widget=forms.TextInput, help_text="What leads ask for. Empty: everything."
    )
    motions = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Membership
        fields = ("weight", "max_open", "max_per_day", "calendar", *SERVED, "active")
        labels = {  # noqa: RUF012
            "weight": "Share of turns",
            "max_open": "Open leads at most",
            "max_per_day": "Leads a day at most",
            "calendar": "Working hours",
            "active": "Is in the team",
        }
        help_texts = {  # noqa: RUF012
            "weight": "1 is a usual share, 2 twice as many, 0 no turns.",
            "active": "Off: left the team. The history stays.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendar = self.fields["calendar"]
        assert isinstance(calendar, forms.ModelChoiceField)
        calendar.queryset = Calendar.objects.order_by("key")
        calendar.empty_label = "The team's"
        live = Motion.objects.filter(version__state="live").values_list("key", "label")
        known = {key: label or key for key, label in live}
        known |= {key: key for key in self.instance.motions if key not in known}
        if known:
            self.fields["motions"].choices = list(known.items())  # type: ignore[attr-defined]
        else:
            del self.fields["motions"]

    def clean_languages(self) -> list[str]:
        return _names(self.cleaned_data["languages"])

    def clean_products(self) -> list[str]:
        return _names(self.cleaned_data["products"])

    def clean_territories(self) -> list[str]:
        """Countries by their codes, as leads have them."""
        return _names(alpha_2(one) for one in self.cleaned_data["territories"])


def _names(typed: Iterable[str]) -> list[str]:
    names = list(dict.fromkeys(typed))
    if long := [name for name in names if len(name) > SERVED_LENGTH]:
        raise ValidationError([f"“{name[:20]}…” is too long." for name in long])
    return names


class AddMemberForm(CalmForm, forms.Form):
    """Who joins a team."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        empty_label="Choose…",
        error_messages={"required": "Choose who joins."},
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = team.memberships.filter(active=True).values("user")
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        person.queryset = User.objects.filter(is_active=True).exclude(pk__in=there)


class ResponsibleForm(CalmForm, forms.ModelForm[Team]):
    """Who is told when a team's lead waits or is late."""

    marks_optional = False

    class Meta:
        model = Team
        fields = ("responsible",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        responsible = self.fields["responsible"]
        assert isinstance(responsible, forms.ModelChoiceField)
        responsible.queryset = User.objects.filter(is_active=True)
        responsible.empty_label = None
