"""Why a promise was missed, and what is done where the same cause comes back."""

from django.db import models

from handoff.models import Team, User

from .clock import Clock
from .handoff import Handoff


class MissQuerySet(models.QuerySet["Miss"]):
    """Misses by whether somebody has said why."""

    def to_confirm(self) -> "MissQuerySet":
        return self.filter(confirmed_at=None)

    def said(self) -> "MissQuerySet":
        return self.exclude(confirmed_at=None)

    def visible_to(self, user: User) -> "MissQuerySet":
        """Those of the hand-overs that a person may see."""
        return self.filter(clock__handoff__in=Handoff.objects.visible_to(user))

    def told(self) -> "MissQuerySet":
        """With what a list says of each."""
        handoff = "clock__handoff"
        related = (f"{handoff}__lead", f"{handoff}__owner", f"{handoff}__team")
        return self.select_related(*related, f"{handoff}__judgement", "confirmed_by")


class Miss(models.Model):
    """One missed clock and its cause: suggested from what had happened (`evidence`, a sentence),
    then confirmed or corrected by a person. What was said before stands in the lead's events."""

    class Cause(models.TextChoices):
        MISSING_DATA = "missing_data", "Missing data"
        ROUTING_ERROR = "routing_error", "Routing error"
        WRONG_QUEUE = "wrong_queue", "Wrong queue"
        COVERAGE_GAP = "coverage_gap", "Coverage gap"
        OTHER = "other", "Other"

    clock = models.OneToOneField(
        Clock, on_delete=models.CASCADE, related_name="miss", db_constraint=False
    )
    cause = models.CharField(max_length=16, choices=Cause)
    suggested = models.CharField(max_length=16, choices=Cause)
    evidence = models.TextField()
    suggested_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = MissQuerySet.as_manager()

    class Meta:
        ordering = ("-suggested_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="confirmed_cause_has_who_and_when",
            ),
        )
        indexes = (
            models.Index(
                fields=("suggested_at",),
                condition=models.Q(confirmed_at__isnull=True),
                name="miss_to_confirm",
            ),
        )

    def __str__(self) -> str:
        return self.get_cause_display()

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


class RecurringCause(models.Model):
    """What is done about a cause that keeps coming back: by whom and by when."""

    cause = models.CharField(max_length=16, choices=Miss.Cause)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    source = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="recurring_causes", db_index=False
    )
    due = models.DateField()
    note = models.TextField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closed_by__isnull=True)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="closed_cause_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(note=""), name="recurring_cause_says_what_is_done"
            ),
        )

    def __str__(self) -> str:
        where = ", ".join(str(part) for part in (self.team, self.source) if part)
        return f"{self.get_cause_display()}{f' ({where})' if where else ''}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
