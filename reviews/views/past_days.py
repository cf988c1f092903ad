"""Which days of the past are asked about: what the questions of backtests and studies share."""

import datetime as dt
from typing import Any

from django import forms

from handoff.forms import CalmForm

EARLIEST = dt.date(2000, 1, 1)
INCLUDE, LEAVE_OUT = "include", "leave_out"


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PastDays(CalmForm, forms.Form):
    """A first and a last day, the last `usual_days` where nobody chose others, and whether what was
    imported from the past counts."""

    marks_optional = False
    usual_days = 0
    since = forms.DateField(label="From", widget=_date())
    until = forms.DateField(label="To", widget=_date(), help_text="Both days included, in UTC.")
    imported = forms.ChoiceField(
        label="Leads imported from the past",
        required=False,
        choices=[(INCLUDE, "Include"), (LEAVE_OUT, "Leave out")],
    )

    def __init__(
        self, *args: Any, today: dt.date, initial: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        usual = {"since": today - dt.timedelta(days=self.usual_days - 1), "until": today}
        super().__init__(*args, initial=usual | (initial or {}), **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and since < EARLIEST:
            self.add_error("since", f"Choose a day from {EARLIEST:%Y} on.")
        if until and until > self.today:
            until = given["until"] = self.today
        if since and until and since > until:
            self.add_error("until", "The last day is before the first.")
        return given

    @property
    def with_imported(self) -> bool:
        return self.data.get("imported") != LEAVE_OUT

    @property
    def period(self) -> tuple[dt.datetime, dt.datetime]:
        """From the first midnight to the last, of UTC: the same question whoever asks it."""
        given = self.cleaned_data
        ends = (given["since"], given["until"] + dt.timedelta(days=1))
        since, until = (dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) for day in ends)
        return since, until
