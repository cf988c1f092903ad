"""Holes in the agreement that somebody knows of and lets be for a while."""

import datetime as dt

from django.db import models

from handoff.models import User


class KnownGapQuerySet(models.QuerySet["KnownGap"]):
    """Marks by whether they stand."""

    def standing(self, *, at: dt.datetime) -> "KnownGapQuerySet":
        """Those that nobody took back and whose last day (UTC) is not over."""
        today = at.astimezone(dt.UTC).date()
        return self.filter(ended_at=None, until__gte=today).select_related("said_by")


class KnownGap(models.Model):
    """A finding of the coverage audit that is known until a day, by whom and why. `finding` is its
    key (`reviews.measures.coverage`); `says`, the sentence as it was then."""

    finding = models.CharField(max_length=200)
    says = models.TextField()
    until = models.DateField(help_text="That day too.")
    because = models.TextField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    said_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    objects = KnownGapQuerySet.as_manager()

    class Meta:
        ordering = ("-said_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("finding",),
                condition=models.Q(ended_at__isnull=True),
                name="one_standing_mark_per_finding",
            ),
            models.CheckConstraint(
                condition=~models.Q(because=""), name="known_gap_says_why_it_is_let_be"
            ),
        )

    def __str__(self) -> str:
        return f"{self.says} Known until {self.until}"
