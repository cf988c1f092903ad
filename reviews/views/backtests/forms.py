"""The question a backtest answers: which leads, and beside what."""

import datetime as dt
from typing import Any

from django import forms

from handoff.models import DefinitionVersion
from reviews.views.past_days import PastDays

DAYS = 90
THEN, LIVE = "then", "live"


class StartForm(PastDays):
    """Period and what to compare with; which leads of the period is picked beside it."""

    usual_days = DAYS
    field_order = ("since", "until", "base", "imported")
    base = forms.ChoiceField(label="Compare with", required=False)

    def __init__(
        self,
        *args: Any,
        live: DefinitionVersion | None,
        today: dt.date,
        initial: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, today=today, initial={"base": THEN} | (initial or {}), **kwargs)
        self.live = live
        said = "What is said of their companies is as it stood at the import."
        self.fields["imported"].help_text = said
        bases = [(THEN, "What was decided then")]
        if live is not None:
            bases.append((LIVE, f"{live}, the live version, judged again"))
        self.fields["base"].choices = bases  # type: ignore[attr-defined]

    @property
    def version(self) -> DefinitionVersion | None:
        """The version to compare with; None for what was decided then."""
        return self.live if self.cleaned_data.get("base") == LIVE else None
