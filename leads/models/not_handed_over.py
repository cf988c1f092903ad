"""What is known of a lead that was never handed over, in one narrow row for whoever counts many."""

from django.db import models

from .lead import Lead


class NotHandedOver(models.Model):
    """One row for each lead that has no hand-over; narrow.

    The database writes it, with every change of the lead and with its first hand-over, in the same
    transaction (migration `what_was_never_handed_over`); nobody else does. `historical`: some of it
    is of an imported past. `merged`: it is a part of another lead now. The rest its last judgement
    saw, as `Promise` has it; None where it was not judged yet.
    """

    lead = models.OneToOneField(
        Lead,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    first_seen_at = models.DateTimeField()
    version_id = models.BigIntegerField(null=True)
    employees = models.IntegerField(null=True)
    fit = models.SmallIntegerField(null=True)
    intent = models.SmallIntegerField(null=True)
    historical = models.BooleanField()
    merged = models.BooleanField()

    status = models.TextField()
    tier = models.TextField(null=True)
    source = models.TextField(null=True)
    motion = models.TextField(null=True)
    region = models.TextField(null=True)
    country = models.TextField(null=True)
    campaign = models.TextField(null=True)
    offer = models.TextField(null=True)
    trigger = models.TextField(null=True)
    landing_page = models.TextField(null=True)
    seniority = models.TextField(null=True)
    function = models.TextField(null=True)
    industry = models.TextField(null=True)

    class Meta:
        indexes = (models.Index(fields=("first_seen_at",), name="not_handed_over_by_day"),)

    def __str__(self) -> str:
        return f"{self.lead_id} was never handed over"
