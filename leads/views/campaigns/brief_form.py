"""A brief as it is written down: its texts, and rows of questions, objections and content."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.formsets import BaseFormSet

from handoff.forms import CalmForm
from handoff.labels import humanise
from handoff.models import Checklist
from leads.forms import offer
from leads.journey.briefing import ITEM
from leads.models import Brief, Campaign, Persona

from .forms import LONGEST_TEXT, DescribedForm

MOST_ROWS = 20
SPARE = 2
FIELDS = (
    "problem", "timing", "product_interest", "role", "company", "country", "employees", "revenue",
    "industry", "funding_stage", "phone", "email",
)  # fmt: skip


def _line(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, required=False, **options)


def _text(label: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=1000, required=False, widget=widget)


class RowForm(CalmForm, forms.Form):
    """One row; empty it to take it away. `leads` is the field without which the others say
    nothing."""

    marks_optional = False
    leads = ""

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        said = {name: text for name, text in typed.items() if name != "ORDER" and text}
        if said and not typed.get(self.leads) and self.leads not in self.errors:
            self.add_error(self.leads, "This is missing.")
        return typed


class QuestionForm(RowForm):
    """What to ask."""

    leads = "ask"
    ask = _line("Ask")
    why = _line("What for")
    fills = forms.ChoiceField(label="Fills", required=False)

    def __init__(self, *args: Any, fills: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "fills", fills)


class ObjectionForm(RowForm):
    """What they may say against it, and the answer."""

    leads = "said"
    said = _line("If they say")
    answer = _text("Answer")


class ReadingForm(RowForm):
    """How to read it that they looked at something."""

    leads = "topic"
    topic = _line("Content or webinar", help_text="Words of its name or address.")
    means = _text("What it tells")
    ask = _line("Then ask")


class Rows(BaseFormSet):
    """Rows whose order is typed."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        place = form.fields["ORDER"]
        place.label, place.widget.attrs["class"] = "Place", "form-control"


ROWS: dict[str, tuple[type[RowForm], str]] = {
    "questions": (QuestionForm, "What to ask next"),
    "objections": (ObjectionForm, "Objections"),
    "readings": (ReadingForm, "What content tells"),
}


class BriefForm(DescribedForm):
    """What a brief says, apart from its rows; see `rows_of`."""

    class Meta:
        model = Brief
        fields = ("campaign", "persona", "goal", "pain", "talk_track", "proof")
        labels = {"pain": "Their pain", "talk_track": "Talk track"}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "goal": "One, as the mail says it after “I suggest”: a call of twenty minutes on your"
            " slowest processor.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model, empty in (
            ("campaign", Campaign, "Every campaign"),
            ("persona", Persona, "Everybody"),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            theirs = Q(archived=False) | Q(pk=getattr(self.instance, f"{name}_id"))
            field.queryset = model.objects.filter(theirs)
            field.empty_label = empty
        for name in ("pain", "talk_track", "proof"):
            field = self.fields[name]
            assert isinstance(field, forms.CharField)
            field.widget = forms.Textarea(attrs={"rows": 3, "class": "form-control"})
            field.max_length = LONGEST_TEXT

    def clean(self) -> dict[str, Any]:
        """One brief in use for a campaign and persona."""
        typed = super().clean()
        if not {"campaign", "persona"} & self.errors.keys():
            same = Brief.objects.filter(
                archived=False, campaign=typed["campaign"], persona=typed["persona"]
            )
            if other := same.exclude(pk=self.instance.pk).first():
                raise ValidationError(f"There is a brief for that already: {other}.")
        return typed


def rows_of(posted: Any, brief: Brief) -> dict[str, BaseFormSet]:
    """The rows of a brief as they stand or were sent, by name, each with a few spare ones."""
    found = {}
    for name, (row, _) in ROWS.items():
        made = forms.formset_factory(
            row, formset=Rows, extra=SPARE, can_order=True, max_num=MOST_ROWS,
            absolute_max=MOST_ROWS + SPARE, validate_max=True,
        )  # fmt: skip
        found[name] = made(
            _with_more(posted, name),
            initial=getattr(brief, name),
            prefix=name,
            form_kwargs={"fills": _fillable()} if name == "questions" else {},
        )
    return found


def _fillable() -> list[Any]:
    """What an answer can fill: a field of the lead, or an item of a checklist."""
    items = {item["key"]: item["label"] for one in Checklist.objects.active() for item in one.items}
    return [
        ("", "Nothing in particular"),
        ("Of the lead", [(name, humanise(name)) for name in FIELDS]),
        ("Of a checklist", [(f"{ITEM}{key}", label) for key, label in items.items()]),
    ]


def said(rows: BaseFormSet) -> list[dict[str, str]]:
    """What was written in valid rows, in the order that was asked for."""
    order = sorted(
        (one for one in rows.forms if _is_said(one)),
        key=lambda one: (one.cleaned_data.get("ORDER") is None, one.cleaned_data.get("ORDER") or 0),
    )
    return [{name: one.cleaned_data[name] for name in one.base_fields} for one in order]


def _is_said(row: Any) -> bool:
    return any(row.cleaned_data.get(name) for name in row.base_fields)


def _with_more(posted: Any, name: str) -> Any:
    """What was sent, with more empty rows where more were asked for."""
    if posted is None or posted.get("do") != f"more-{name}":
        return posted
    given = posted.copy()
    total = given.get(f"{name}-TOTAL_FORMS", "0")
    count = int(total) if total.isdecimal() and len(total) < 4 else 0
    given[f"{name}-TOTAL_FORMS"] = str(min(count + 3, MOST_ROWS))
    return given
