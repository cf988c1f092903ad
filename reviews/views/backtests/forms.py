"""The question a backtest answers: which leads, and beside what."""

import datetime as dt
from typing import Any

from django import forms

from handoff.forms import CalmForm
from handoff.models import DefinitionVersion

DAYS = 90
EARLIEST = dt.date(2000, 1, 1)
THEN, LIVE = "then", "live"
INCLUDE, LEAVE_OUT = "include", "leave_out"


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StartForm(CalmForm, forms.Form):
    """Period and what to compare with; which leads of the period is picked beside it."""

    marks_optional = False
    since = forms.DateField(label="From", widget=_date())
    until = forms.DateField(label="To", widget=_date(), help_text="Both days included, in UTC.")
    base = forms.ChoiceField(label="Compare with", required=False)
    imported = forms.ChoiceField(
        label="Leads imported from the past",
        required=False,
        choices=[(INCLUDE, "Include"), (LEAVE_OUT, "Leave out")],
        help_text="What is said of their companies is as it stood at the import.",
    )

    def __init__(
        self,
        *args: Any,
        live: DefinitionVersion | None,
        today: dt.date,
        initial: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        usual = {"since": today - dt.timedelta(days=DAYS - 1), "until": today, "base": THEN}
        super().__init__(*args, initial=usual | (initial or {}), **kwargs)
        self.live, self.today = live, today
        bases = [(THEN, "What was decided then")]
        if live is not None:
            bases.append((LIVE, f"{live}, the live version, judged again"))
        self.fields["base"].choices = bases  # type: ignore[attr-defined]

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

    @property
    def version(self) -> DefinitionVersion | None:
        """The version to compare with; None for what was decided then."""
        return self.live if self.cleaned_data.get("base") == LIVE else None
