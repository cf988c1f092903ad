"""What a rep may answer. The journey decides what is allowed; these only read what was written."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils import timezone

from handoff.forms import CalmForm
from handoff.models import Reason
from leads.journey.chasing import EARLIEST, FURTHEST
from leads.models import Handoff

CHANNELS = [
    ("call", "Call"),
    ("email", "Email"),
    ("meeting", "Meeting"),
    ("linkedin", "LinkedIn"),
    ("chat", "Chat"),
    ("other", "Other"),
]
RESULTS = [
    ("", "Not said"),
    ("reached", "Reached them"),
    ("no_answer", "No answer"),
    ("left_message", "Left a message"),
    ("replied", "They replied"),
    ("bounced", "It did not arrive"),
]
AHEAD = [
    ("", "On the day below"),
    ("tomorrow", "Tomorrow"),
    ("three_days", "In 3 days"),
    ("next_week", "Next week"),
]
"""How far ahead a next step is, in the owner's working days (`leads.journey.chasing.ahead`)."""
WHERE_TO: dict[str, str] = {
    Reason.GoesTo.NURTURE: "goes to nurture, back when they do something new or its rest is over",
    Reason.GoesTo.REQUALIFY: "goes to qualification review",
    Reason.GoesTo.REROUTE: "goes to somebody else, your turn is credited back",
    Reason.GoesTo.MERGE: "to be merged with the other lead, your turn is credited back",
    Reason.GoesTo.DISQUALIFY: "disqualified, sales sees it no more",
}
CLOSING = frozenset({Reason.For.DISPOSE, *Handoff.Disposition.values}) & frozenset(Reason.For)
"""Moments at which a hand-over that is worked ends."""
UNTIL = "goes to nurture until the date, then back by itself"
"""Where a reason leads that asks for a date."""


MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
"""How a moment may be typed where the browser has no picker."""

Pairs = Sequence[tuple[str, str]]


def offer(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    """Give a choice field of a form what may be chosen."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class Choice(NamedTuple):
    """A reason as a picklist shows it."""

    key: str
    label: str
    applies_to: tuple[str, ...]
    goes_to: str
    needs_note: bool
    needs_date: bool
    steps: tuple[str, ...] = ()


class AcceptForm(CalmForm, forms.Form):
    """Accept, and what happens first."""

    how = forms.ChoiceField(
        choices=Handoff.How.choices,
        initial=Handoff.How.OUTREACH_STARTED,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_how(self) -> str:
        return self.cleaned_data["how"] or Handoff.How.OUTREACH_STARTED


class ReasonedForm(CalmForm, forms.Form):
    """Something that must be given a reason from the shared picklist.

    `reasons` are those that apply, already read: the page shows where each leads and what it asks
    for, and the form says so again when it is missing.
    """

    reason = forms.ChoiceField(error_messages={"required": "Choose the reason that fits best."})
    note = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), label="Note"
    )
    until = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Not before"
    )

    def __init__(self, *args: Any, reasons: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons = reasons
        offer(self, "reason", [(r.key, r.label) for r in reasons])

    def clean_until(self) -> dt.date | None:
        """Within FURTHEST: after a slip of a digit nobody would see the lead again."""
        until: dt.date | None = self.cleaned_data["until"]
        if until is not None and until > (timezone.now() + FURTHEST).date():
            raise forms.ValidationError("That is more than ten years ahead. Check the day.")
        return until

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = next((r for r in self.reasons if r.key == values.get("reason")), None)
        if chosen and chosen.needs_note and not (values.get("note") or "").strip():
            self.add_error("note", f"“{chosen.label}” needs a note: what should marketing know?")
        asks_date = chosen is not None and chosen.needs_date and "until" in self.fields
        if chosen and asks_date and not values.get("until") and "until" not in self.errors:
            self.add_error("until", f"“{chosen.label}” needs a date: when should they come back?")
        return values


class RejectForm(ReasonedForm):
    """Not a lead for sales, and why."""


class RecycleForm(ReasonedForm):
    """To nurture until a day, whether it still waits or is worked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].required = True
        self.fields["until"].label = "Back by itself from"
        self.fields["until"].error_messages["required"] = "Say until when it rests."


class ReturnForm(ReasonedForm):
    """Back to marketing for what is missing."""

    missing = forms.MultipleChoiceField(
        required=False, label="What is missing?", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, fields: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "missing", fields)
        del self.fields["until"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("missing") and not (values.get("note") or "").strip():
            self.add_error("missing", "Say what is missing: tick it, or write it in the note.")
        return values


class TouchForm(CalmForm, forms.Form):
    """What was done, and what comes next."""

    channel = forms.ChoiceField(choices=CHANNELS, label="How did you reach out?")
    result = forms.ChoiceField(choices=RESULTS, required=False, label="What came of it?")
    touched_at = forms.DateTimeField(
        required=False,
        label="Took place",
        help_text="Empty: just now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=MOMENTS,
    )
    next_step = forms.CharField(
        required=False, max_length=500, label="Next step", widget=forms.TextInput
    )
    ahead = forms.ChoiceField(
        choices=AHEAD, required=False, label="How soon?", widget=forms.RadioSelect
    )
    next_step_due = forms.DateTimeField(
        required=False,
        label="When",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=MOMENTS,
        help_text="Empty: by the tier’s follow-up time.",
    )

    def clean_touched_at(self) -> dt.datetime | None:
        """Not ahead of now, nor before there were leads here."""
        at: dt.datetime | None = self.cleaned_data["touched_at"]
        if at is not None and not EARLIEST <= at <= timezone.now():
            raise forms.ValidationError("A touch is logged once it took place. Check the day.")
        return at

    def clean_next_step_due(self) -> dt.datetime | None:
        """Ahead of now, within FURTHEST: a day that is past or a slip of a digit is no promise."""
        due: dt.datetime | None = self.cleaned_data["next_step_due"]
        if due is None:
            return None
        now = timezone.now()
        if due <= now:
            raise forms.ValidationError("That is past. Say when you will do it.")
        if due > now + FURTHEST:
            raise forms.ValidationError("That is more than ten years ahead. Check the day.")
        return due

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (values.get("ahead") or values.get("next_step_due")) and not values.get("next_step"):
            self.add_error("next_step", "Say what you will do by then.")
        return values


class DisposeForm(ReasonedForm):
    """How it ended, or that it still runs. A disposition that reasons are meant for (`asking`) asks
    for one; a reason goes with every disposition or with those it names."""

    disposition = forms.ChoiceField(
        choices=Handoff.Disposition.choices, label="How did it end?", widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        offer(self, "reason", [("", "No reason"), *((r.key, r.label) for r in self.reasons)])
        self.order_fields(("disposition", "reason", "note", "until"))
        named = {moment for reason in self.reasons for moment in reason.applies_to}
        self.asking = {key: label for key, label in Handoff.Disposition.choices if key in named}
        if self.asking:
            which = ", ".join(label.lower() for label in self.asking.values())
            self.fields["reason"].help_text = f"Needed for: {which}."

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        ended, key = values.get("disposition", ""), values.get("reason")
        chosen = next((r for r in self.reasons if r.key == key), None)
        label = dict(Handoff.Disposition.choices).get(ended, "")
        if ended in self.asking and chosen is None and "reason" not in self.errors:
            self.add_error("reason", f"“{label}” needs a reason: what shall marketing learn?")
        if chosen and ended and not {Reason.For.DISPOSE, ended}.intersection(chosen.applies_to):
            self.add_error("reason", f"“{chosen.label}” is no reason for “{label}”.")
        return values


class ReassignForm(ReasonedForm):
    """To somebody else, or to a team's queue."""

    to = forms.ChoiceField(
        label="Who should have it?", error_messages={"required": "Choose a person or a team."}
    )

    def __init__(self, *args: Any, people: Pairs, teams: Pairs, **kw: Any):
        super().__init__(*args, **kw)
        del self.fields["until"]
        offer(self, "to", [("", "Choose…"), ("People", people), ("Teams", teams)])
        self.order_fields(("to", "reason", "note"))


class AddForm(CalmForm, forms.Form):
    """A lead typed by a person: who they are, what they want, and how they came."""

    marks_optional = False
    wide = ("problem", "trigger")

    first_name = forms.CharField(required=False, max_length=200)
    last_name = forms.CharField(required=False, max_length=200)
    email = forms.CharField(
        required=False, max_length=320, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        required=False, max_length=100, widget=forms.TextInput(attrs={"type": "tel"})
    )
    company = forms.CharField(required=False, max_length=300)
    role = forms.CharField(required=False, max_length=200)
    country = forms.CharField(
        required=False, max_length=64, help_text="A name or a code such as US."
    )
    industry = forms.CharField(required=False, max_length=200)
    employees = forms.CharField(required=False, max_length=40, label="People in the company")
    source = forms.CharField(required=False, max_length=200, initial="manual")
    campaign = forms.CharField(required=False, max_length=200)
    timing = forms.CharField(required=False, max_length=200)
    product_interest = forms.CharField(required=False, max_length=200, label="Interested in")
    trigger = forms.ChoiceField(
        required=False, label="What did they do?", help_text="It counts towards intent as of now."
    )
    problem = forms.CharField(
        required=False,
        max_length=5000,
        label="Their problem, in their words",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, signals: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "trigger", [("", "Nothing that counts"), *signals.items()])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("email") and not values.get("phone") and not self.errors:
            self.add_error("email", "An email address or a phone number is needed to know them by.")
        return values

    def payload(self, *, at: dt.datetime) -> dict[str, Any]:
        """The lead as the API would send it; what they did, did happen at `at`."""
        values: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        if "trigger" in values:
            deed = {
                "signal": values["trigger"],
                "occurred_at": at.isoformat(),
                "detail": values.get("problem", ""),
            }
            values["touchpoints"] = [deed]
        return values


class MendForm(CalmForm, forms.Form):
    """A payload as JSON, to be mended."""

    payload = forms.JSONField(
        label="Payload",
        widget=forms.Textarea(
            attrs={"rows": 18, "spellcheck": "false", "class": "form-control code"}
        ),
        error_messages={"invalid": "This is no JSON. Look for a missing comma or quote."},
    )
