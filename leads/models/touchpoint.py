"""What a lead did, and each time they told us something."""

from django.db import models
from django.db.models.functions import MD5

from .delivery import Delivery
from .lead import Lead


class Submission(models.Model):
    """One enquiry: a form sent, a row imported, a call to the API. A person may have many."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="submissions")
    delivery = models.ForeignKey(
        Delivery, on_delete=models.SET_NULL, null=True, related_name="submissions"
    )
    occurred_at = models.DateTimeField()
    trigger = models.TextField(blank=True)
    source = models.TextField(blank=True)
    campaign = models.TextField(blank=True)
    offer = models.TextField(blank=True)
    landing_page = models.TextField(blank=True)
    answers = models.JSONField(default=dict)

    class Meta:
        ordering = ("occurred_at", "pk")
        indexes = (
            models.Index(fields=("lead", "occurred_at"), name="submission_by_lead"),
            models.Index(fields=("occurred_at",), name="submission_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.trigger or 'enquiry'} at {self.occurred_at:%Y-%m-%d %H:%M}"


class Touchpoint(models.Model):
    """One thing a lead did, such as looking at pricing. The same thing twice is one row.

    `recorded_at` is when Handoff learned of it: what is told later than a judgement was no part of
    it, however early it happened. An imported past learned of it at its own dates.
    """

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="touchpoints", db_index=False
    )
    signal = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(editable=False)
    url = models.TextField(blank=True)
    seconds = models.FloatField(null=True, blank=True)
    campaign = models.TextField(blank=True)
    offer = models.TextField(blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ("occurred_at", "pk")
        constraints = (
            models.UniqueConstraint(
                "lead",
                "signal",
                "occurred_at",
                MD5("url"),
                MD5("detail"),
                name="one_touchpoint_per_deed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.signal} at {self.occurred_at:%Y-%m-%d %H:%M}"
