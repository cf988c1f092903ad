"""Who was given a lead and why, and the ledger of turns."""

from django.db import models

from handoff.models import Membership, Reason, Team, User

from .handoff import Handoff


class Assignment(models.Model):
    """One change of hands. `explanation` is what was weighed, kept for the lead's life:

    `{"rules": [{"key", "label", "holds", "why", "team", "candidates"}], "candidates": [{"member",
    "email", "name", "served", "weight", "open", "turn", "why", "chosen"}], "pick", "at_opening",
    "relaxed", "kept", "before", "nobody", "fault"}`. A rule's own candidates are those who
    could not take it, before the next rule was tried; `turn` is the place among those who could.
    """

    class Kind(models.TextChoices):
        TURN = "turn", "Their turn"
        OWNER_OF = "owner_of", "Owner of the account or opportunity"
        QUEUE = "queue", "Waits in a queue"
        CLAIM = "claim", "Took it from the queue"
        MANUAL = "manual", "Given by a person"
        BREACH = "breach", "Moved after a missed deadline"

    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="assignments")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    route = models.CharField(max_length=64, null=True)
    explanation = models.JSONField(default=dict)
    reason = models.ForeignKey(
        Reason, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    note = models.TextField(blank=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("team", "at"), name="assignment_by_team"),)

    def __str__(self) -> str:
        return f"{self.handoff_id} to {self.owner or self.team}"


class Turn(models.Model):
    """One row of a team's ledger: what moved a member's position, by how much and why.

    Append-only. The rows of a membership sum to its `served`.
    """

    class Cause(models.TextChoices):
        TURN = "turn", "Took a turn"
        JOINED = "joined", "Joined at the team's minimum"
        RETURNED = "returned", "Came back, or had room again, at the team's minimum"
        CREDIT = "credit", "Turn given back"
        CORRECTED = "corrected", "Corrected by a person"

    class Because(models.TextChoices):
        MISROUTED = "misrouted", "Misrouted"
        DUPLICATE = "duplicate", "Duplicate"
        RETURNED = "returned", "Returned to marketing"
        TAKEN_BACK = "taken_back", "An answer was taken back"

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="turns")
    amount = models.DecimalField(max_digits=18, decimal_places=6)
    cause = models.CharField(max_length=10, choices=Cause)
    handoff = models.ForeignKey(Handoff, on_delete=models.SET_NULL, null=True, related_name="turns")
    because = models.CharField(
        max_length=10,
        choices=Because,
        blank=True,
        db_default="",
        help_text="Why it was given back, or corrected.",
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.membership_id} {self.amount:+} {self.cause}"
