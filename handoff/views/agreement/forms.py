"""What is asked before a version becomes the law."""

from typing import Any

from django import forms

from handoff import publishing
from handoff.forms import CalmForm
from handoff.models import DefinitionVersion


class PublishForm(CalmForm, forms.Form):
    """Why this version shall be the law, and what the person saw when they decided."""

    reason = forms.CharField(
        label="Reason",
        max_length=300,
        help_text="Kept with the version, and shown in the playbook’s change log.",
        error_messages={"required": "Say why, in a sentence that is still clear in a year."},
    )
    live = forms.IntegerField(required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def seen(self) -> publishing.Seen:
        return publishing.Seen(
            live=self.cleaned_data["live"], revision=self.cleaned_data["revision"] or 0
        )


def asked(
    version: DefinitionVersion, live: DefinitionVersion | None, sent: Any = None
) -> PublishForm:
    """The form for what stands now; `sent`: what was typed before it stood so."""
    now = {"live": live.number if live else None, "revision": version.revision}
    if sent is None:
        return PublishForm(initial=now)
    return PublishForm({"reason": sent.get("reason", ""), **now})
