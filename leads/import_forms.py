"""What is asked of a file of leads or opportunities: the file, and how it is read."""

from collections.abc import Sequence
from typing import Any

from django import forms

from handoff.forms import CalmForm
from handoff.labels import humanise
from leads.journey.mapping import FIELDS_OF, Map
from leads.models import ImportBatch


class UploadForm(CalmForm, forms.Form):
    """A file of leads or opportunities."""

    of = forms.ChoiceField(
        label="It holds", choices=ImportBatch.Of.choices, widget=forms.RadioSelect, required=False
    )
    file = forms.FileField(
        label="CSV or XLSX file",
        help_text="The first line names the columns. UTF-8, UTF-16 or Latin-1.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


class MappingForm(CalmForm, forms.Form):
    """Which column of a file is which field of a lead or an opportunity."""

    marks_optional = False

    system = forms.CharField(
        max_length=100,
        label="Where the file comes from",
        help_text="Rows with the same id from the same place are the same lead.",
    )
    history = forms.BooleanField(
        required=False,
        label="These leads are from the past",
        help_text="Judged and clocked at their own dates; nobody is told and no turn is used.",
    )

    def __init__(
        self, *args: Any, headers: Sequence[str], guess: Map, system: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headers, self.of = headers, guess.of
        self.fields["system"].initial = system
        fields = [(name, humanise(name)) for name in FIELDS_OF[self.of]]
        if self.of == ImportBatch.Of.OPPORTUNITIES:
            self._ask_of_deals()
        for place, header in enumerate(headers):
            unnamed = guess.unnamed(header).target
            kept = [(unnamed, "An answer of its own")] if unnamed else []
            guessed = guess.columns.get(header)
            self.fields[f"column-{place}"] = forms.ChoiceField(
                required=False,
                choices=[*kept, ("", "Leave out"), ("Fields", fields)],
                initial=guessed.target if guessed else unnamed,
                widget=forms.Select(
                    attrs={"class": "form-select", "aria-label": f"{header} becomes"}
                ),
            )

    def _ask_of_deals(self) -> None:
        self.fields["system"].help_text = "A lead is found by the id it has there, or by its email."
        self.fields["history"].label = "These opportunities are from the past"
        self.fields["history"].help_text = (
            "Their leads are worked through their hand-overs by “first owner” and “owner”, at the "
            "day of the outcome; nobody is told, and no lead is judged again."
        )
        self.fields["people"] = forms.CharField(
            required=False,
            max_length=100,
            label="Domain of people",
            help_text="Where the file names people by a number: they get an address there, such as "
            "crm.example. Empty: the file has addresses.",
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        taken: dict[str, str] = {}
        for place, header in enumerate(self.headers):
            target = values.get(f"column-{place}", "")
            if target and not target.startswith("answers.") and target in taken:
                self.add_error(
                    f"column-{place}",
                    f"“{taken[target]}” becomes {humanise(target).lower()} already.",
                )
            taken.setdefault(target, header)
        if self.of == ImportBatch.Of.OPPORTUNITIES:
            if not self.errors and "ref" not in taken:
                raise forms.ValidationError("One column must be the ref: the number of the deal.")
        elif not self.errors and not taken.keys() & {"email", "phone", "external_id"}:
            raise forms.ValidationError("One column must be the email, phone or external id.")
        return values

    def document(self) -> dict[str, Any]:
        """The mapping as a mapping file would say it."""
        values = self.cleaned_data
        columns = {h: values[f"column-{place}"] or None for place, h in enumerate(self.headers)}
        said = {"system": values["system"], "history": values["history"], "columns": columns}
        of = {"of": self.of} if self.of != ImportBatch.Of.LEADS else {}
        people = {"people": values["people"].lower()} if values.get("people") else {}
        return {**said, **of, **people}
