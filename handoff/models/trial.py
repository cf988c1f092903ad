"""A draft at work for some leads only, beside the live version."""

import datetime as dt
from collections.abc import Iterable

from django.db import models

from .definition import DefinitionVersion
from .person import User


class TrialQuerySet(models.QuerySet["Trial"]):
    """Trials by whether they still run."""

    def running(self) -> "TrialQuerySet":
        return self.filter(ended_at=None)

    def of_versions(self, ids: Iterable[int]) -> "TrialQuerySet":
        """Those of these versions, with the version and who began and ended them."""
        people = ("started_by", "ended_by")
        return self.filter(version__in=list(ids)).select_related("version", *people)

    def end(self, ending: "Trial.Ending", *, actor: User | None, at: dt.datetime, why: str) -> int:
        """Note how and why these ended; how many. The caller holds the lock of the versions."""
        return self.update(ended_at=at, ended_by=actor, ending=ending, ended_why=why[:300])


class Trial(models.Model):
    """For whom a version in trial is the law: leads for which `when` holds, and of those a stable
    share by a hash of the lead. Only one trial runs at a time, so that the rest are its control."""

    class Ending(models.TextChoices):
        PUBLISHED = "published", "Published"
        STOPPED = "stopped", "Stopped"
        RULE = "rule", "Stopped by its rule"

    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="trials")
    when = models.JSONField(
        "for whom", null=True, blank=True, help_text="Conditions. Empty: everybody."
    )
    share = models.PositiveSmallIntegerField(
        default=100, help_text="Of those, so many of a hundred; a lead never switches sides."
    )
    reason = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    stop_above = models.FloatField(
        null=True, blank=True, help_text="Stop when surely more than this share is rejected."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                models.ExpressionWrapper(
                    models.Q(ended_at__isnull=True), output_field=models.BooleanField()
                ),
                condition=models.Q(ended_at__isnull=True),
                name="one_running_trial",
            ),
            models.CheckConstraint(
                condition=models.Q(share__gte=1, share__lte=100), name="share_is_of_a_hundred"
            ),
        )

    def __str__(self) -> str:
        return f"Trial of {self.version}"

    @property
    def is_running(self) -> bool:
        return self.ended_at is None

    @property
    def said_ending(self) -> str:
        """How it ended, in words for the middle of a sentence."""
        said = self.get_ending_display().lower() if self.ending else "it runs"
        return f"{said}: {self.ended_why}" if self.ended_why else said
