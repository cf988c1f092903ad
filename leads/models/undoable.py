"""What a person may take back for a short while."""

import datetime as dt
import uuid

from django.db import models

from handoff.models import User

from .handoff import Handoff


class UndoableQuerySet(models.QuerySet["Undoable"]):
    """Answers by what was given at once and who gave them."""

    def given_with(self, batch: uuid.UUID) -> "UndoableQuerySet":
        """Those given by one press of a button, in order."""
        return self.filter(batch=batch).order_by("pk")


class Undoable(models.Model):
    """One answer given on a page, and what stood before it (see `leads.journey.undoing`).

    It is no history, that is the event: rows older than an hour go with the next answer of the same
    person, at the latest with the nightly housekeeping, and with their hand-over (the database sees
    to it). `seq` is the place of the lead's last event once the answer was given; `turn` the last
    row of the hand-over's turns before it; `others_were` are the lead's other open hand-overs.
    """

    batch = models.UUIDField(help_text="The same for all that one press of a button answered.")
    handoff = models.ForeignKey(
        Handoff, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    actor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=12)
    handoff_was = models.JSONField()
    lead_was = models.JSONField()
    clocks_were = models.JSONField()
    others_were = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    seq = models.PositiveIntegerField()
    turn = models.BigIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)

    objects = UndoableQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("batch",), name="undoable_by_batch"),
            models.Index(fields=("actor", "at"), name="undoable_by_actor"),
        )

    def __str__(self) -> str:
        return f"{self.verb} of {self.handoff_id}"

    def is_over(self, at: dt.datetime, limit: dt.timedelta) -> bool:
        """Whether the time to take it back has passed."""
        return at > self.at + limit
