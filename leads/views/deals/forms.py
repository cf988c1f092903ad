"""What is typed about an opportunity: how it stands, and why it was won or lost."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from handoff.forms import CalmForm
from handoff.models import OVERSEERS, User
from leads.journey import dealing
from leads.journey.states import Invalid
from leads.models import Opportunity

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LARGEST = 10**16


def sellers(*, also: int | None = None) -> Any:
    """Who may own an opportunity: members of teams and managers, and who owns it now."""
    known = Q(memberships__active=True) | Q(groups__name__in=OVERSEERS) | Q(pk=also)
    return User.objects.filter(known, is_active=True).distinct().order_by("name", "email")


def moment_of(day: dt.date, *, at: dt.datetime) -> dt.datetime:
    """A day as a moment: now for today in the viewer's zone, else its midnight there."""
    zone = timezone.get_current_timezone()
    if day == at.astimezone(zone).date():
        return at
    return dt.datetime.combine(day, dt.time(), zone)


def day_of(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localtime(moment).date() if moment else None


class StandingForm(CalmForm, forms.Form):
    """How an opportunity stands."""

    step = forms.CharField(
        required=False,
        max_length=80,
        label="Step",
        help_text="Where it stands in your pipeline, such as “Proposal sent”.",
    )
    amount = forms.DecimalField(required=False, max_digits=18, decimal_places=2, min_value=0)
    opened = forms.DateField(label="Opened on", widget=DAY)
    owner = forms.ModelChoiceField(queryset=User.objects.none(), empty_label="Nobody")

    def __init__(self, *args: Any, deal: Opportunity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal = deal
        self.fields["amount"].help_text = f"In {settings.CURRENCY}, to the cent."
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.required = False
        owner.queryset = sellers(also=deal.owner_id if deal else None)

    def clean_opened(self) -> dt.date:
        day: dt.date = self.cleaned_data["opened"]
        if day.year < 1990 or day > timezone.localdate() + dt.timedelta(days=1):
            raise forms.ValidationError("Choose a day from 1990 on, not ahead.")
        closed = day_of(self.deal.closed_at) if self.deal else None
        if closed and day > closed:
            raise forms.ValidationError("It was over before that day.")
        return day

    def data_for(self, *, at: dt.datetime) -> dict[str, Any]:
        """What was typed, as `dealing` takes it."""
        typed = self.cleaned_data
        said = {
            "step": typed["step"],
            "amount": typed["amount"],
            "owner": typed["owner"].email if typed["owner"] else None,
        }
        if self.deal is None or typed["opened"] != day_of(self.deal.opened_at):
            said["opened_at"] = moment_of(typed["opened"], at=at).isoformat()
        return said


class OpeningForm(StandingForm):
    """A new opportunity of a lead."""

    ref = forms.CharField(
        max_length=200,
        label="Number",
        help_text="What your CRM calls it; a file or the API then updates this one.",
    )
    converts = forms.BooleanField(required=False, label="This ends the hand-over: converted")
    field_order = ("ref", "step", "amount", "opened", "owner", "converts")

    def __init__(self, *args: Any, may_convert: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_convert:
            del self.fields["converts"]

    def clean_ref(self) -> str:
        ref = str(self.cleaned_data["ref"])
        if Opportunity.objects.filter(ref=ref).exists():
            raise forms.ValidationError(f"There is an opportunity “{ref}” already.")
        return ref


class WordsField(forms.MultipleChoiceField):
    """Words to tick. What stood on the page when it was drawn holds, whatever was said since."""

    def valid_value(self, value: str) -> bool:
        return 0 < len(value) <= dealing.LONGEST_WORD and value.isprintable()


class WhyForm(CalmForm, forms.Form):
    """How it ended and why: a few words each, picked from what was said before or new."""

    stage = forms.ChoiceField(
        label="How did it end?",
        choices=[("won", "Won"), ("lost", "Lost")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was won or lost."},
    )
    closed = forms.DateField(label="On", widget=DAY)
    objections = WordsField(
        required=False, widget=forms.CheckboxSelectMultiple, label="What they objected to"
    )
    more_objections = forms.CharField(
        required=False,
        max_length=600,
        label="Another objection",
        help_text="A few words; semicolons between several.",
    )
    triggers = WordsField(
        required=False, widget=forms.CheckboxSelectMultiple, label="What made them look for us"
    )
    more_triggers = forms.CharField(
        required=False,
        max_length=600,
        label="Another trigger",
        help_text="A few words; semicolons between several.",
    )
    competitor = forms.CharField(
        required=False,
        max_length=200,
        label="Competitor",
        widget=forms.TextInput(attrs={"list": "competitors"}),
        help_text="Who else they looked at, or chose.",
    )
    reason = forms.CharField(required=False, max_length=300, label="In one line, why")
    note = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What should marketing know before the next one?",
    )

    def __init__(self, *args: Any, deal: Opportunity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal = deal
        for name in dealing.WORDS:
            sent = self.data.getlist(name) if isinstance(self.data, MultiValueDict) else []
            offered = [*getattr(deal, name), *dealing.known_words(name, most=12), *sent]
            known = dict.fromkeys(offered)
            self.fields[name].choices = [(one, one) for one in known]  # type: ignore[attr-defined]
            if not known:
                del self.fields[name]

    def clean_closed(self) -> dt.date:
        day: dt.date = self.cleaned_data["closed"]
        opened = day_of(self.deal.opened_at)
        if day > timezone.localdate():
            raise forms.ValidationError("That day is still to come.")
        if day.year < 1990 or (opened and day < opened):
            raise forms.ValidationError("It cannot be over before it was opened.")
        return day

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for name in dealing.WORDS:
            try:
                new = dealing.words_of(typed.get(f"more_{name}") or "", name)
            except Invalid as fault:
                self.add_error(f"more_{name}", str(fault))
                continue
            spelled = {one.casefold(): one for one in dealing.known_words(name, most=200)}
            words = [*typed.get(name, ()), *(spelled.get(one.casefold(), one) for one in new)]
            typed[name] = list(dict.fromkeys(words))
        return typed

    def data_for(self, *, at: dt.datetime) -> dict[str, Any]:
        """What was typed, as `dealing` takes it."""
        typed = self.cleaned_data
        names = ("stage", "reason", "competitor", "note", *dealing.WORDS)
        said = {name: typed[name] for name in names}
        if typed["closed"] != day_of(self.deal.closed_at):
            said["closed_at"] = moment_of(typed["closed"], at=at).isoformat()
        elif self.deal.closed_at:
            said["closed_at"] = self.deal.closed_at.isoformat()
        return said
