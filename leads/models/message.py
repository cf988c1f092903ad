"""The outbox: written with what happened, sent afterwards."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Case, Count, Max, When
from django.db.models.functions import Cast, Concat

from handoff.models import User

from .handoff import Handoff
from .lead import Lead
from .webhook import Webhook

THREAD = Case(
    When(lead__isnull=False, then=Concat(models.Value("lead-"), Cast("lead", models.CharField()))),
    default=Cast("pk", models.CharField()),
)
"""What a message belongs to: its lead, else itself."""


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by who is told, and by whether they could be sent."""

    def inbox(self, user: User | int) -> "MessageQuerySet":
        """What a person (or their primary key) is told inside the application, newest first."""
        return self.filter(channel=Message.Channel.IN_APP, recipient=user).order_by(
            "-written_at", "-pk"
        )

    def by_thread(self) -> "models.QuerySet[Any, Any]":
        """One row for each lead, and for each message about none, the latest first: its `thread`,
        `newest`, how many (`number`) and how many not read (`unread_number`)."""
        return (
            self.order_by()
            .annotate(thread=THREAD)
            .values("thread")
            .annotate(
                newest=Max("written_at"),
                number=Count("pk"),
                unread_number=Count("pk", filter=models.Q(seen_at=None)),
            )
            .order_by("-newest", "-thread")
        )

    def of_threads(self, threads: Collection[str]) -> "MessageQuerySet":
        """Those of some threads, each with its `thread`."""
        return self.annotate(thread=THREAD).filter(thread__in=threads)

    def unread(self) -> "MessageQuerySet":
        return self.filter(seen_at=None)

    def held(self) -> "MessageQuerySet":
        """Those that quiet hours hold back, and that nobody began to send."""
        return self.filter(state=Message.State.WAITING, held_until__isnull=False, attempts=0)

    def release(self, *, at: dt.datetime) -> int:
        """Let go of what is held; whoever sends it asks the quiet hours anew. How many."""
        return self.held().order_by().update(held_until=None, next_attempt_at=at)

    def mark_unseen(self) -> int:
        """Have their recipient find them again; how many were read."""
        return self.exclude(seen_at=None).update(seen_at=None)

    def mark_seen(self, *, at: dt.datetime) -> int:
        """Note that their recipient has read them; how many were new to them."""
        return self.unread().update(seen_at=at)

    def dead(self) -> "MessageQuerySet":
        """Those that were tried as often as is promised, and given up."""
        return self.filter(state=Message.State.DEAD)

    def discard(self, *, because: str, actor: User, at: dt.datetime) -> int:
        """Say of given-up ones that they need not be sent; how many."""
        return (
            self.dead()
            .order_by()
            .update(
                state=Message.State.DISCARDED,
                discarded_at=at,
                discarded_by=actor,
                discarded_because=because,
            )
        )


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
        GATHERED = "gathered", "Sent with others"
        DEAD = "dead", "Given up"
        DISCARDED = "discarded", "Discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    once = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=8, choices=Channel)
    kind = models.CharField(max_length=32, help_text="What it tells: assigned, breached, …")
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False
    )
    recipient = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="messages")
    handoff = models.ForeignKey(
        Handoff, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    subject = models.TextField()
    body = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True, help_text="Quiet hours moved it to this opening.")
    sent_in = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        related_name="gathered",
        db_index=False,
        help_text="The letter that brings it, with others that were held.",
    )
    error = models.TextField(blank=True)
    log = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="The latest attempts of a webhook: when, how long, what was answered.",
    )
    discarded_at = models.DateTimeField(null=True)
    discarded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    discarded_because = models.TextField(blank=True, db_default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="discarded") | ~models.Q(discarded_because=""),
                name="discarded_message_has_a_reason",
            ),
        )
        indexes = (
            models.Index(
                fields=("next_attempt_at",),
                condition=models.Q(state="waiting", channel="email"),
                name="message_to_mail",
            ),
            models.Index(
                fields=("webhook", "next_attempt_at"),
                condition=models.Q(state="waiting", webhook__isnull=False),
                name="message_to_post",
            ),
            models.Index(
                fields=("webhook", "-written_at"),
                condition=models.Q(webhook__isnull=False),
                name="message_of_webhook",
            ),
            models.Index(
                fields=("recipient", "-written_at"),
                condition=models.Q(channel="in_app"),
                name="message_inbox",
            ),
            models.Index(
                fields=("held_until",),
                condition=models.Q(state="waiting", held_until__isnull=False),
                name="message_held",
            ),
            models.Index(
                fields=("sent_in",),
                condition=models.Q(sent_in__isnull=False),
                name="message_sent_in",
            ),
            models.Index(
                fields=("-written_at",), condition=models.Q(state="dead"), name="message_dead"
            ),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def path(self) -> str:
        """Where it leads inside the application: to the lead, else to the page it names."""
        return f"/leads/{self.lead_id}/" if self.lead_id else str(self.body.get("path", "/"))
