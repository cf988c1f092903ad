"""When one is told, and where one's own chat listens."""

import calendar
from typing import Any

from django import forms

from handoff.forms import CalmForm
from leads.models import Preference
from leads.views.webhooks.forms import AddressField

DAYS = list(enumerate(calendar.day_name))


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PreferenceForm(CalmForm, forms.ModelForm[Preference]):
    """Quiet hours and summaries; kinds and channels are ticked beside it."""

    marks_optional = False
    weekly_on = forms.TypedChoiceField(label="On", choices=DAYS, coerce=int)
    daily = forms.BooleanField(label="A summary of the day, every working day", required=False)
    weekly = forms.BooleanField(label="A summary of the week", required=False)

    class Meta:
        model = Preference
        fields = (
            *("quiet", "quiet_from", "quiet_until", "break_through"),
            *("daily", "daily_at", "weekly", "weekly_on"),
        )
        labels = {  # noqa: RUF012
            "quiet": "When email and chat may come",
            "quiet_from": "Quiet from",
            "quiet_until": "until",
            "break_through": "What is urgent comes at once all the same",
            "daily_at": "At",
        }
        widgets = {  # noqa: RUF012
            "quiet": forms.RadioSelect,
            "quiet_from": _clock(),
            "quiet_until": _clock(),
            "daily_at": _clock(),
        }

    def clean(self) -> dict[str, Any]:
        """Two times of day, and not the same."""
        typed = super().clean() or {}
        if typed.get("quiet") != Preference.Quiet.BETWEEN:
            return typed
        for name in ("quiet_from", "quiet_until"):
            if not typed.get(name) and name not in self.errors:
                self.add_error(name, "Say when, such as 18:00.")
        if not self.errors and typed["quiet_from"] == typed["quiet_until"]:
            self.add_error("quiet_until", "That is the whole day: switch email off above instead.")
        return typed


class OwnChatForm(CalmForm, forms.Form):
    """The incoming webhook of one's own chat."""

    marks_optional = False
    url = AddressField(
        label="Its incoming-webhook address",
        help_text="Slack, Mattermost, Google Chat and their like make one. Treat it as a password;"
        " nobody else is shown it.",
    )
