"""The outbox: written with what happened, sent afterwards."""

import datetime as dt
import uuid

from django.db import models

from handoff.models import User

from .handoff import Handoff
from .lead import Lead


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by whether they are owed and to whom."""

    def to_send(self, *, at: dt.datetime) -> "MessageQuerySet":
        """Waiting, and their next attempt is due; in-app ones need no sending."""
        return self.filter(state=Message.State.WAITING, next_attempt_at__lte=at)

    def inbox(self, user: User) -> "MessageQuerySet":
        """What a person is told inside the application, newest first."""
        return self.filter(channel=Message.Channel.IN_APP, recipient=user).order_by(
            "-written_at", "-pk"
        )

    def unread(self) -> "MessageQuerySet":
        return self.filter(seen_at=None)

    def mark_seen(self, *, at: dt.datetime) -> int:
        """Note that their recipient has read them; how many were new to them."""
        return self.unread().update(seen_at=at)

    def dead(self) -> "MessageQuerySet":
        return self.filter(state=Message.State.DEAD)


class Message(models.Model):
    """One letter to one place. `once` is unique: writing the same letter twice makes one."""

    class Channel(models.TextChoices):
        IN_APP = "in_app", "In the application"
        EMAIL = "email", "Email"
        CHAT = "chat", "Chat"
        WEBHOOK = "webhook", "Webhook"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        DEAD = "dead", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    once = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=8, choices=Channel)
    kind = models.CharField(max_length=32, help_text="What it tells: assigned, breached, …")
    recipient = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    url = models.TextField(blank=True, help_text="Where chat and webhooks are posted.")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="messages")
    handoff = models.ForeignKey(
        Handoff, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    subject = models.TextField()
    body = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")
        indexes = (
            models.Index(
                fields=("next_attempt_at",),
                condition=models.Q(state="waiting"),
                name="message_to_send",
            ),
            models.Index(
                fields=("recipient", "-written_at"),
                condition=models.Q(channel="in_app"),
                name="message_inbox",
            ),
            models.Index(
                fields=("-written_at",), condition=models.Q(state="dead"), name="message_dead"
            ),
        )

    def __str__(self) -> str:
        return self.subject
