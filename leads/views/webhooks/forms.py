"""A webhook as it is written down."""

import socket
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q

from handoff import outside
from handoff.forms import CalmForm
from handoff.models import User
from leads import catalogue
from leads.models import Webhook

LONGEST = 1000
OF_THE_HOUSE = (
    "Alerts are about every team’s hand-overs. Leave them out, or tell this webhook of every team."
)


class AddressField(forms.CharField):
    """Where something is posted to. Refuses at once what would be refused at every attempt; a name
    that is not known now may be known later."""

    widget = forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> str:
        url = str(super().clean(value)).strip()
        try:
            outside.locate(url, settings.WEBHOOK_ALLOW)
        except outside.Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        except (socket.gaierror, UnicodeError):
            return url
        return url


class WebhookForm(CalmForm, forms.ModelForm):
    """Where to, of what, of whom. What it speaks is decided once, when it is added."""

    url = AddressField(label="Address")
    kinds = forms.MultipleChoiceField(
        label="Tell it of",
        choices=catalogue.CHOICES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of event."},
    )

    class Meta:
        model = Webhook
        fields = ("form", "name", "url", "team", "responsible", "only_in_hours", "kinds")
        labels = {  # noqa: RUF012
            "form": "Who listens",
            "team": "Only of this team",
            "responsible": "Only of the teams of",
            "only_in_hours": "Only in the team’s working hours",
        }
        help_texts = {  # noqa: RUF012
            "name": "What people call it, such as “CRM” or “#sdr-na”.",
            "team": "Hand-overs of others are not told. A chat’s times are in its zone.",
            "responsible": "A manager’s channel: of every team this person answers for, whichever"
            " these are at the time.",
            "only_in_hours": "For a chat of one team: what happens while its calendar is closed"
            " comes as one message when it opens.",
        }
        widgets = {"form": forms.RadioSelect}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.empty_label = "Every team"
        responsible = self.fields["responsible"]
        assert isinstance(responsible, forms.ModelChoiceField)
        responsible.empty_label = "Whoever answers for it"
        responsible.queryset = User.objects.filter(
            Q(responsible_for__isnull=False) | Q(pk=self.instance.responsible_id), is_active=True
        ).distinct()
        if self.instance.pk:
            del self.fields["form"]

    def clean(self) -> dict[str, Any]:
        """Hours are those of one team, and only a chat keeps them; no alert is of one team."""
        typed = super().clean() or {}
        is_chat = typed.get("form", self.instance.form) == Webhook.Form.CHAT
        if typed.get("only_in_hours") and not is_chat:
            self.add_error("only_in_hours", "Another system is told at once; only a chat waits.")
        elif typed.get("only_in_hours") and not typed.get("team"):
            self.add_error("only_in_hours", "Choose the team whose hours it keeps.")
        if catalogue.ALERT in typed.get("kinds", ()) and (
            typed.get("team") or typed.get("responsible")
        ):
            self.add_error("kinds", OF_THE_HOUSE)
        return typed
