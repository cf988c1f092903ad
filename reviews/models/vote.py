"""What one participant says of one sampled lead, seen by nobody else until the reveal."""

from django.db import models

from .meeting import Participant
from .sample import Sampled


class Vote(models.Model):
    """`clause` is the key of what failed, where something did; `round` the round of the lead in
    which it was given."""

    class Verdict(models.TextChoices):
        YES = "yes", "It met it"
        NO = "no", "It did not"
        CANNOT_TELL = "cannot_tell", "Cannot tell"

    sampled = models.ForeignKey(Sampled, on_delete=models.CASCADE, related_name="votes")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="votes")
    round = models.PositiveSmallIntegerField(default=1)
    verdict = models.CharField(max_length=11, choices=Verdict)
    clause = models.CharField(max_length=100, blank=True)
    comment = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("sampled", "round", "participant")
        constraints = (
            models.UniqueConstraint(
                fields=("sampled", "participant", "round"), name="one_vote_per_lead_and_round"
            ),
            models.CheckConstraint(
                condition=models.Q(clause="") | models.Q(verdict="no"),
                name="only_a_no_names_what_failed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant}: {self.get_verdict_display()}"
