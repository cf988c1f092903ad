"""Deadlines: computed once, stored with the arithmetic that made them."""

import datetime as dt

from django.db import models

from handoff.models import Calendar, DefinitionVersion

from .handoff import Handoff

OF_MARKETING = ("handover", "context", "returned")
"""Kinds of clock that are marketing's to meet; all others are sales'."""


class ClockQuerySet(models.QuerySet["Clock"]):
    """Clocks by whether they run and when they are due."""

    def running(self) -> "ClockQuerySet":
        return self.filter(state=Clock.State.RUNNING)

    def to_breach(self, *, at: dt.datetime) -> "ClockQuerySet":
        """Running, due before `at`, and the breach not yet written; never of an imported past."""
        return self.running().filter(breached_at=None, due_at__lt=at, acts=True)

    def to_remind(self, *, at: dt.datetime) -> "ClockQuerySet":
        """Running, in the time before the deadline in which a reminder is owed."""
        return self.running().filter(reminded_at=None, remind_at__lte=at, acts=True)


class Clock(models.Model):
    """One promise of one hand-over: which, from when, until when, and what became of it."""

    class Kind(models.TextChoices):
        ASSIGN = "assign", "Assignment"
        ACCEPT = "accept", "Accept"
        FIRST_TOUCH = "first_touch", "First touch"
        FOLLOW_UP = "follow_up", "Follow-up"
        NEXT_STEP = "next_step", "Next step"
        HANDOVER = "handover", "Handed over by marketing"
        CONTEXT = "context", "Missing context"
        RETURNED = "returned", "Answer to sales"

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        MET = "met", "Met"
        PAUSED = "paused", "Paused"
        STOPPED = "stopped", "Stopped"

    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    version = models.ForeignKey(
        DefinitionVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tier = models.CharField(max_length=64, null=True)
    hours = models.CharField(max_length=8, default="business")
    minutes = models.FloatField(null=True, help_text="Empty: the same business day.")
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, blank=True)
    pauses = models.JSONField(default=list, help_text="[[from, to], …]; an open pause has no end.")
    receipt = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(
        null=True, blank=True, help_text="When the worker wrote the breach, or it ended late."
    )
    act_at = models.DateTimeField(
        null=True, blank=True, help_text="When what follows from its breach is owed next."
    )
    acted = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How many times its breach was acted on."
    )
    acts = models.BooleanField(default=True, help_text="Off for an imported past: no breach acts.")

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("handoff", "kind"),
                condition=models.Q(state__in=("running", "paused")),
                name="one_running_clock_per_handoff_and_kind",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                condition=models.Q(state="running", breached_at__isnull=True, acts=True),
                name="clock_to_breach",
            ),
            models.Index(
                fields=("remind_at",),
                condition=models.Q(
                    state="running", reminded_at__isnull=True, acts=True, remind_at__isnull=False
                ),
                name="clock_to_remind",
            ),
            models.Index(
                fields=("act_at",),
                condition=models.Q(state="running", act_at__isnull=False),
                name="clock_to_act",
            ),
            models.Index(
                fields=("breached_at",),
                condition=models.Q(breached_at__isnull=False, acts=True),
                name="clock_missed",
            ),
            models.Index(
                fields=("handoff", "kind"),
                include=("state", "started_at", "due_at", "breached_at"),
                condition=models.Q(kind__in=("first_touch", "handover")),
                name="clock_of_promise",
            ),
            models.Index(
                fields=("handoff", "kind"),
                include=("state", "breached_at"),
                condition=models.Q(kind__in=("context", "returned")),
                name="clock_of_marketing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_marketing(self) -> bool:
        return self.kind in OF_MARKETING

    @property
    def is_late(self) -> bool:
        """Whether it ended after its deadline, or the worker saw it pass."""
        return self.breached_at is not None
