"""Forms made of the questions of a checklist: answering them, noting a call, handing a lead on."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from handoff.checklists import YES_NO, Item
from handoff.forms import CalmForm
from leads.forms import CHANNELS
from leads.journey.chasing import EARLIEST
from leads.models import CallNote

PREFIX = "q-"
LOCAL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


class QuestionField(forms.CharField):
    """The answer to one question, read as its kind is; empty where nothing was said."""

    def __init__(self, item: Item, **options: Any) -> None:
        self.item = item
        label, help_text = item.label, item.help
        super().__init__(
            required=False, label=label, help_text=help_text, widget=_widget(item), **options
        )

    def clean(self, value: Any) -> str:
        try:
            return self.item.read(value or "")
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


def _widget(item: Item) -> forms.Widget:
    match item.kind:
        case "choice":
            return forms.Select(choices=[("", "Not known"), *((one, one) for one in item.choices)])
        case "yes_no":
            return forms.Select(choices=[("", "Not known"), *YES_NO.items()])
        case "date":
            return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        case "number":
            return forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.Textarea(attrs={"rows": 2})


class QuestionsForm(CalmForm, forms.Form):
    """A field for each question; `known` are the answers so far. What was not sent is no answer."""

    marks_optional = False

    def __init__(
        self,
        *args: Any,
        questions: Iterable[Item],
        known: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for item in questions:
            field = QuestionField(item, initial=(known or {}).get(item.key, ""))
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", css)
            self.fields[PREFIX + item.key] = field

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of the questions, in their order."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def answers(self) -> dict[str, str]:
        """What was sent, by question."""
        return {
            name.removeprefix(PREFIX): self.cleaned_data[name]
            for name in self.fields
            if name.startswith(PREFIX) and self.add_prefix(name) in self.data
        }

    def refuse(self, field: str, sentence: str) -> None:
        """Put what the journey refused where it belongs."""
        name = PREFIX + field.removeprefix("answers.")
        self.add_error(next((n for n in (field, name) if n in self.fields), None), sentence)


class AdvanceForm(QuestionsForm):
    """What is still open, and a note that introduces the lead."""

    def only_open_or_wrong(self) -> None:
        """Leave out the questions that were neither sent nor have something wrong."""
        for name in [*self.fields]:
            sent = self.add_prefix(name) in self.data
            if name.startswith(PREFIX) and not sent and name not in self.errors:
                del self.fields[name]

    note = forms.CharField(
        required=False,
        max_length=2000,
        label="Introduce them",
        help_text="Who they are, what they expect, how you would begin.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CallForm(QuestionsForm):
    """A call, and what was learnt in it."""

    outcome = forms.ChoiceField(choices=CallNote.Outcome.choices, label="How did it go?")
    with_whom = forms.CharField(required=False, max_length=200, label="With whom")
    channel = forms.ChoiceField(choices=CHANNELS, label="By")
    took_place = forms.DateTimeField(
        required=False,
        label="Took place",
        help_text="Empty: just now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=LOCAL,
    )
    note = forms.CharField(
        required=False,
        max_length=5000,
        label="What was said",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_step = forms.CharField(required=False, max_length=500, label="What comes next")
    next_step_due = forms.DateTimeField(
        required=False,
        label="Due",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=LOCAL,
    )

    def clean_took_place(self) -> dt.datetime | None:
        """Not ahead of now, nor before there were leads here."""
        moment: dt.datetime | None = self.cleaned_data["took_place"]
        if moment is not None and moment > timezone.now() + dt.timedelta(minutes=5):
            raise forms.ValidationError("A call cannot be noted before it took place.")
        if moment is not None and moment < EARLIEST:
            raise forms.ValidationError("That is long ago. Check the day.")
        return moment

    def clean_next_step_due(self) -> dt.datetime | None:
        """Ahead of now; how far, the journey says."""
        due: dt.datetime | None = self.cleaned_data["next_step_due"]
        if due is not None and due <= timezone.now():
            raise forms.ValidationError("That is past. Say when you will do it.")
        return due

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("next_step") and not values.get("next_step_due") and not self.errors:
            self.add_error("next_step_due", "Say when, so that nothing sits still unseen.")
        return values

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields before the questions."""
        return [self[name] for name in ("outcome", "with_whom", "channel", "took_place", "note")]

    @property
    def onward(self) -> list[forms.BoundField]:
        """What comes next."""
        return [self["next_step"], self["next_step_due"]]
