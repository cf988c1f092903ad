"""Forms of the house itself, and the look all forms share."""

import datetime as dt
import zoneinfo
from typing import Any

from django import forms

from .models import User

CLASSES = {
    forms.CheckboxInput: "form-check-input",
    forms.RadioSelect: "form-check-input",
    forms.CheckboxSelectMultiple: "form-check-input",
    forms.Select: "form-select",
    forms.SelectMultiple: "form-select",
}


class CalmForm:
    """Gives every control its class, and what is wrong with it to screen readers."""

    marks_optional = True
    fields: dict[str, forms.Field]
    errors: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = type(field.widget)
            css = next((c for k, c in CLASSES.items() if issubclass(kind, k)), "form-control")
            field.widget.attrs.setdefault("class", css)

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        for name in self.errors:
            if name in self.fields:
                attrs = self.fields[name].widget.attrs
                attrs["class"] = f"{attrs.get('class', '')} is-invalid"


def zones() -> list[tuple[str, str]]:
    """Every zone of a place, by name."""
    names = sorted(
        z for z in zoneinfo.available_timezones() if "/" in z and not z.startswith("Etc")
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def _own_zones() -> list[tuple[str, str]]:
    return [("", "Your team's"), *zones()]


class PreferencesForm(CalmForm, forms.ModelForm):
    """What a person may change about their own account."""

    marks_optional = False
    timezone = forms.ChoiceField(
        choices=_own_zones,
        required=False,
        label="Time zone",
        help_text="Times on every page and in every mail are shown in it.",
    )

    class Meta:
        model = User
        fields = ("name", "timezone", "theme", "shortcuts")
        labels = {"theme": "Light or dark", "shortcuts": "Keyboard shortcuts"}  # noqa: RUF012
        widgets = {"theme": forms.RadioSelect}  # noqa: RUF012


class OwnDays(forms.Form):
    """Two days of somebody's own choice, both or none, that can be counted between."""

    LONGEST = dt.timedelta(days=3 * 366)

    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To, that day too", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if bool(since) != bool(until):
            raise forms.ValidationError("Give both days, or none.")
        if since and until and not dt.timedelta(0) <= until - since <= self.LONGEST:
            raise forms.ValidationError("The first day comes before the last, at most three years.")
        if since and since.year < 1990 or until and until.year > 9000:
            raise forms.ValidationError("There is nothing to count so far away.")
        return given
