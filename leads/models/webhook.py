"""Where other systems and chat channels are told what happens."""

import base64
import datetime as dt
import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models

from handoff.models import Team, User

OVERLAP = dt.timedelta(hours=24)
"""For how long the former secret still signs after a rotation."""


def new_secret() -> str:
    """256 random bits, as Standard Webhooks writes them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Webhooks by whose they are and whether they are told."""

    def shared(self) -> "WebhookQuerySet":
        """Those of the house: not the chat somebody gave for themselves."""
        return self.filter(person=None)

    def on(self) -> "WebhookQuerySet":
        return self.filter(active=True)

    def told_of(self, kind: str) -> "WebhookQuerySet":
        """Those that are on and asked for this kind of event."""
        return self.on().filter(kinds__contains=[kind])

    def of_every_team(self) -> "WebhookQuerySet":
        """Those that are not limited to a team, or to the teams somebody answers for."""
        return self.filter(team=None, responsible=None)


class Webhook(models.Model):
    """One address that is told of the kinds of event it asked for: of one team, of the teams that
    one person answers for, or of all. With a `person` it is their own chat, which is told of no
    event but of the letters to them."""

    class Form(models.TextChoices):
        SIGNED = "signed", "Another system: signed JSON (Standard Webhooks)"
        CHAT = "chat", "A chat channel: a line of text"

    form = models.CharField(max_length=8, choices=Form, default=Form.SIGNED)
    name = models.CharField(max_length=100)
    url = models.TextField("address")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="webhooks"
    )
    responsible = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    person = models.OneToOneField(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="own_chat"
    )
    only_in_hours = models.BooleanField("only in the team’s working hours", default=False)
    kinds = ArrayField(models.CharField(max_length=32))
    active = models.BooleanField(default=True)
    off_because = models.TextField(blank=True)
    secret = models.CharField(max_length=100, blank=True)
    old_secret = models.CharField(max_length=100, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When it last said yes.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(kinds__len=0), name="webhook_is_told_of_something"
            ),
            models.CheckConstraint(
                condition=~models.Q(form="signed") | ~models.Q(secret=""),
                name="signed_webhook_has_a_secret",
            ),
            models.CheckConstraint(
                condition=models.Q(only_in_hours=False) | models.Q(form="chat", team__isnull=False),
                name="quiet_chat_has_a_team",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) | models.Q(form="chat"),
                name="own_webhook_is_a_chat",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_chat(self) -> bool:
        return self.form == self.Form.CHAT

    def secrets_at(self, at: dt.datetime) -> list[str]:
        """What signs at a moment: the secret, and while it is rotated the former one too."""
        rotating = self.old_secret_until is not None and at < self.old_secret_until
        return [self.secret, *([self.old_secret] if rotating and self.old_secret else [])]

    def rotate(self, *, at: dt.datetime, overlap: dt.timedelta = OVERLAP) -> str:
        """Give it another secret, which is returned; the former signs beside it for `overlap`."""
        made = new_secret()
        self.old_secret, self.secret = self.secret, made
        self.old_secret_until = at + overlap
        self.save(update_fields=["secret", "old_secret", "old_secret_until"])
        return made
