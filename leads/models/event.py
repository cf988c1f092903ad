"""What happened to a lead, in order, never rewritten.

The rows of a lead form a chain: each `digest` covers the one before, the row's own columns and
`body_digest`, a salted digest of the body. Erasing a person empties `body` and `salt`; the chain
still holds. The database refuses UPDATE, DELETE and TRUNCATE (migration `history_stays`).
"""

from django.db import models

from handoff.models import User

from .handoff import Handoff
from .lead import Lead


class Event(models.Model):
    """One thing that happened: who, when, what, with its particulars in `body`."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "Received"
        MATCHED = "matched", "Matched"
        MERGED = "merged", "Merged"
        JUDGED = "judged", "Judged"
        AWAITS_APPROVAL = "awaits_approval", "Waits for approval"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        SENT_ELSEWHERE = "sent_elsewhere", "Sent elsewhere"
        WITHDRAWN = "withdrawn", "No longer waits for approval"
        HANDED_OVER = "handed_over", "Handed over"
        ASSIGNED = "assigned", "Assigned"
        ADDED = "added", "Came back while open"
        OPENED = "opened", "Opened"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        RETURNED = "returned", "Returned to marketing"
        RESUMED = "resumed", "Given back to sales"
        SENT_BACK = "sent_back", "Sent back to the step before"
        TOUCHED = "touched", "Touched"
        ANSWERED = "answered", "Checklist answered"
        DISPOSED = "disposed", "Disposed"
        ADVANCED = "advanced", "Advanced"
        CLOSED = "closed", "Closed"
        REMINDED = "reminded", "Reminded"
        BREACHED = "breached", "Deadline missed"
        EXPLAINED = "explained", "Cause of a miss said"
        NURTURED = "nurtured", "To nurture"
        CAME_BACK = "came_back", "Back from nurture"
        OUTCOME = "outcome", "Outcome"
        EDITED = "edited", "Edited"
        UNDONE = "undone", "Taken back"
        ERASED = "erased", "Erased on request"

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind)
    handoff = models.ForeignKey(
        Handoff, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    by = models.CharField(max_length=120, blank=True, help_text="Who, where it was no person.")
    body = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, blank=True)
    body_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("lead", "seq")
        constraints = (
            models.UniqueConstraint(fields=("lead", "seq"), name="one_event_per_lead_and_place"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
