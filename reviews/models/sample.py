"""The leads a meeting looks at together: drawn by a recorded seed, judged blind, then agreed."""

from django.db import models
from django.db.models import Exists, OuterRef

from handoff.models import User
from leads.models import Handoff

from .meeting import Meeting


class SampledQuerySet(models.QuerySet["Sampled"]):
    """Sampled leads by whether they still stand in the sample, and were revealed."""

    def standing(self) -> "SampledQuerySet":
        """The sample as it is: without those that a redraw replaced."""
        return self.filter(replaced_at=None).order_by("place", "pk")

    def hidden(self) -> "SampledQuerySet":
        return self.filter(revealed_at=None)

    def revealed(self) -> "SampledQuerySet":
        return self.exclude(revealed_at=None)

    def present(self) -> "SampledQuerySet":
        """Those whose lead was not erased since they were drawn."""
        return self.filter(Exists(Handoff.objects.filter(pk=OuterRef("handoff"))))

    def never_revealed(self) -> "SampledQuerySet":
        """Hidden, and not because the room votes on them again."""
        return self.hidden().filter(round=1)


class Sampled(models.Model):
    """One hand-over in the sample of a meeting, at its `place` from 1 on.

    `stratum` and `because` (why it is in) leave the server only after the reveal. `round` grows
    each time the room votes again. Of a lead that was erased afterwards the place stays, with the
    votes; its hand-over is not found any more.
    """

    class Verdict(models.TextChoices):
        YES = "yes", "Met the definition"
        NO = "no", "Did not meet it"
        PARKED = "parked", "Parked"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="sample")
    handoff = models.ForeignKey(
        Handoff, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    place = models.PositiveSmallIntegerField()
    stratum = models.CharField(max_length=32)
    because = models.TextField(blank=True)
    drawn_at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1)
    revealed_at = models.DateTimeField(null=True)
    revealed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    agreed = models.CharField(max_length=6, choices=Verdict, blank=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    replaced_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    replaced_because = models.TextField(blank=True)

    objects = SampledQuerySet.as_manager()

    class Meta:
        ordering = ("meeting", "place", "pk")
        verbose_name_plural = "sampled"
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "place"),
                condition=models.Q(replaced_at__isnull=True),
                name="one_standing_lead_per_place",
            ),
            models.UniqueConstraint(
                fields=("meeting", "handoff"), name="handoff_is_sampled_once_a_meeting"
            ),
            models.CheckConstraint(
                condition=models.Q(agreed="") | models.Q(revealed_at__isnull=False),
                name="agreed_after_the_reveal",
            ),
        )

    def __str__(self) -> str:
        return f"Lead {self.place} of {self.meeting}"

    @property
    def was_revealed(self) -> bool:
        """Whether the room has seen its votes, be it in an earlier round."""
        return self.revealed_at is not None or self.round > 1
