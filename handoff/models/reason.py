"""Why a lead was rejected, returned, moved or closed: the shared picklists."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

LONGEST_REST = 260
"""Weeks; five years."""


class Reason(models.Model):
    """A reason code, what it may teach, and where it sends the lead."""

    class For(models.TextChoices):
        REJECT = "reject", "Reject"
        RETURN = "return", "Return"
        REASSIGN = "reassign", "Reassign"
        DISPOSE = "dispose", "Disposition"
        DISQUALIFY = "disqualify", "Disqualify"
        NO_RESPONSE = "no_response", "Disposition: no response"
        BAD_FIT = "bad_fit", "Disposition: bad fit"
        NURTURE = "nurture", "Disposition: nurture"
        DUPLICATE = "duplicate", "Disposition: duplicate"
        RECYCLED = "recycled", "Disposition: recycled"

    class GoesTo(models.TextChoices):
        NURTURE = "nurture", "Nurture"
        REQUALIFY = "requalify", "Qualification review"
        REROUTE = "reroute", "Routing, once more"
        MERGE = "merge", "Merge with the other lead"
        DISQUALIFY = "disqualify", "Disqualified"

    key = models.SlugField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    applies_to = ArrayField(models.CharField(max_length=16, choices=For), default=list)
    teaches = models.CharField(max_length=300, blank=True, help_text="What it may teach.")
    goes_to = models.CharField(max_length=16, choices=GoesTo, blank=True)
    needs_note = models.BooleanField(default=False)
    needs_date = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    steps = ArrayField(
        models.SlugField(max_length=64),
        default=list,
        blank=True,
        help_text="The hand-overs in which it may be given; empty: in every one.",
    )

    class Meta:
        ordering = ("label",)

    def __str__(self) -> str:
        return self.label


class Track(models.Model):
    """A nurture track: a theme, who looks after it, and how long a lead without a date rests."""

    key = models.SlugField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    theme = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        "handoff.User", on_delete=models.PROTECT, null=True, blank=True, related_name="tracks"
    )
    rest_weeks = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=(MinValueValidator(1), MaxValueValidator(LONGEST_REST)),
        help_text="After so many weeks a lead that sales sent here without a date is looked at "
        "again. Empty: when it does something new.",
    )

    class Meta:
        ordering = ("label",)

    def __str__(self) -> str:
        return self.label
