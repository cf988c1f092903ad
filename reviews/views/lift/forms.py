"""The question a study answers: which hand-overs."""

from typing import Any

from django import forms

from handoff.models import DefinitionVersion
from reviews.views.past_days import PastDays


class AskForm(PastDays):
    """The days of the hand-overs, which version judged them, and whether imported ones count."""

    usual_days = 365
    field_order = ("since", "until", "only", "imported")
    only = forms.ModelChoiceField(
        label="Judged by",
        required=False,
        empty_label="Any version",
        queryset=DefinitionVersion.objects.exclude(published_at=None),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].label = "Handed over from"
        self.fields["imported"].label = "Hand-overs imported from the past"

    @property
    def asked(self) -> dict[str, Any]:
        """As `lifting.start` takes it: from the first midnight of UTC to the last."""
        since, until = self.period
        return {
            "since": since,
            "until": until,
            "only": self.cleaned_data.get("only"),
            "with_imported": self.with_imported,
        }
