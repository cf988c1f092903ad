"""What became of both promises about a hand-over, kept beside it for whoever counts many."""

from django.db import models

from .handoff import Handoff


class Promise(models.Model):
    """One row for each first hand-over that marketing, or the step before, made; narrow.

    The database writes it, with every change of the hand-over and its clocks, in the same
    transaction (migration `promises_are_kept_beside`); nothing else does. `missed`, `met` and
    `due_at` are of the first-touch clocks (`due_at` of one that runs), `late` of the hand-over
    clock; times are in seconds. Of a later `step`, `incomplete` is that it was sent back once, and
    `to_hand_over` counts from the hand-over before.
    """

    handoff = models.OneToOneField(
        Handoff, on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    to_touch = models.FloatField(null=True)
    to_hand_over = models.FloatField()
    team_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    version_id = models.BigIntegerField()
    historical = models.BooleanField()
    incomplete = models.BooleanField()
    late = models.BooleanField(default=False)
    missed = models.BooleanField(default=False)
    met = models.BooleanField(default=False)
    tier = models.TextField(null=True)
    source = models.TextField(null=True)
    step = models.TextField(db_default="sdr")

    class Meta:
        indexes = (models.Index(fields=("made_at",), name="promise_by_day"),)

    def __str__(self) -> str:
        return f"Promises of {self.handoff_id}"
