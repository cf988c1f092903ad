"""What rejections are watched for, and what was found to have passed the threshold."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import NullIf

from handoff.models import SEERS, DefinitionVersion, User

from .meeting import Participant

TOGETHER = ""
"""The dimension of all hand-overs together."""


class AlertRule(models.Model):
    """From when on rejections are told between meetings. Rows are added and never changed; the
    newest holds."""

    threshold = models.PositiveSmallIntegerField(
        default=25,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text="Rejected of a hundred answered.",
    )
    days = models.PositiveSmallIntegerField(
        default=28, validators=[MinValueValidator(7), MaxValueValidator(180)]
    )
    dimensions = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ("-set_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(threshold__gte=1, threshold__lte=99), name="alert_threshold_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=7, days__lte=180), name="alert_looks_at_some_days"
            ),
        )

    def __str__(self) -> str:
        return f"{self.threshold}% of {self.days} days"


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts by whether they hold, and by who may read them."""

    def open(self) -> "AlertQuerySet":
        """Those that hold, the highest share first."""
        share = F("rejected") * 1.0 / NullIf(F("answered"), 0)
        return self.filter(closed_at=None).order_by(share.desc(), "pk")

    def over(self) -> "AlertQuerySet":
        """Those that closed, the latest first."""
        return self.exclude(closed_at=None).order_by("-closed_at", "-pk")

    def over_before(self, pk: int) -> int:
        """How many stand before one among those that closed; none where it is not among them."""
        closed = self.filter(pk=pk).values("closed_at")[:1]
        later = Q(closed_at__gt=closed) | Q(closed_at=closed, pk__gt=pk)
        return self.filter(later).count()

    def visible_to(self, user: User) -> "AlertQuerySet":
        """All for those who may read alerts; none for others."""
        return self if Alert.may_be_read_by(user) else self.none()


class Alert(models.Model):
    """The rejections of one part of the hand-overs: those whose `dimension` is `key`, or all
    together. Of those answered in the `days` before a look, so many were rejected.

    `opened_…` is what was found when it opened, by the rule of that moment and under `version` of
    the definition; the same without it, and `reasons` (label and number, most first), what was
    found at `looked_at`. It holds until `closed_at`.
    """

    class Because(models.TextChoices):
        BELOW = "below", "Fewer are rejected than the threshold"
        FEW = "few", "Too few were answered to say anything"
        UNWATCHED = "unwatched", "It is not watched any more"

    dimension = models.CharField(max_length=16, blank=True, default=TOGETHER)
    key = models.TextField(blank=True)
    name = models.TextField()
    version = models.ForeignKey(
        DefinitionVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField()
    opened_threshold = models.PositiveSmallIntegerField()
    opened_days = models.PositiveSmallIntegerField()
    opened_rejected = models.PositiveIntegerField()
    opened_answered = models.PositiveIntegerField()
    opened_low = models.FloatField()
    opened_high = models.FloatField()
    looked_at = models.DateTimeField()
    threshold = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    rejected = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    low = models.FloatField()
    high = models.FloatField()
    reasons: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=9, choices=Because, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    note = models.TextField(blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("dimension", "key"),
                condition=Q(closed_at__isnull=True),
                name="one_open_alert_per_part",
            ),
            models.CheckConstraint(
                condition=Q(opened_answered__gt=0, opened_rejected__lte=F("opened_answered")),
                name="alert_opened_on_a_share",
            ),
            models.CheckConstraint(
                condition=Q(rejected__lte=F("answered")), name="alert_tells_a_share"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_because="")
                | Q(closed_at__isnull=False) & ~Q(closed_because=""),
                name="closed_alert_says_why",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False) & ~Q(note=""),
                name="acknowledged_alert_says_what_is_done",
            ),
        )
        indexes = (models.Index(fields=("-opened_at",), name="alert_by_opening"),)

    def __str__(self) -> str:
        return f"Rejections of {self.name}"

    def get_absolute_url(self) -> str:
        return f"/reviews/alerts/?alert={self.pk}#alert-{self.pk}"

    @staticmethod
    def may_be_read_by(user: User) -> bool:
        """Those who see every lead, and those who take part in joint reviews, where the same
        shares are shown."""
        seats = Participant.objects.taking_part().filter(user=user)
        return user.has_role(*SEERS) or seats.exists()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def since(self) -> dt.datetime:
        """From when on the latest look counts answers."""
        return self.looked_at - dt.timedelta(days=self.days)
