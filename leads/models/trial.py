"""On which side of a trial a lead stands."""

from django.db import models

from handoff.models import Trial

from .lead import Lead


class TrialMember(models.Model):
    """The side a lead came to when it came in, or came back, while a trial ran; it stays there.

    `arm`: under the version on trial; its control, which chance kept with the live version; or
    outside of the segment, live as well.
    """

    class Arm(models.TextChoices):
        TRIAL = "trial", "On trial"
        CONTROL = "control", "Control"
        OUTSIDE = "outside", "Outside"

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="trials", db_constraint=False
    )
    arm = models.CharField(max_length=8, choices=Arm)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("trial", "lead"), name="one_side_per_trial_and_lead"),
        )

    def __str__(self) -> str:
        return f"{self.lead}: {self.get_arm_display()}"
