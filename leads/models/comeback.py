"""What became of a lead's time in nurture."""

from django.db import models

from handoff.models import User

from .handoff import Handoff
from .lead import Lead


class Comeback(models.Model):
    """A lead that was decided about anew in nurture: it went back to sales, or its date was reached
    and it stays. What was known of its stay is kept, since the lead itself forgets it."""

    class Outcome(models.TextChoices):
        BACK = "back", "Back with sales"
        STAYS = "stays", "Stays in nurture"

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="comebacks", db_constraint=False
    )
    track = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    until = models.DateField(null=True)
    since = models.DateTimeField(null=True)
    put_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    why = models.TextField(help_text="What made it be decided anew.")
    outcome = models.CharField(max_length=8, choices=Outcome)
    handoff = models.OneToOneField(
        Handoff,
        on_delete=models.SET_NULL,
        null=True,
        related_name="comeback",
        db_constraint=False,
        help_text="Empty while its approval waits.",
    )

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("track", "-at"), name="comeback_by_track"),
            models.Index(fields=("-at",), name="comeback_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.lead}: {self.get_outcome_display().lower()}"
