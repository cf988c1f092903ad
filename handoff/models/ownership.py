"""Who looks after which part of the agreement, and the path a lead takes through it."""

from django.db import models

from .person import User


class AreaOwner(models.Model):
    """The named owner of one area of the agreement, and how often they look at it."""

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"
        QUARTERLY = "quarterly", "Every quarter"

    area = models.SlugField(max_length=64, unique=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="areas")
    cadence = models.CharField(max_length=16, choices=Cadence)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("area",)

    def __str__(self) -> str:
        return f"{self.area}: {self.owner}"


class Stage(models.Model):
    """A stage of the shared path, who owns it and what comes next."""

    key = models.SlugField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    owner_role = models.CharField(max_length=64, blank=True)
    next_action = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "key")

    def __str__(self) -> str:
        return self.label


class Checklist(models.Model):
    """What must be answered before a lead moves on: `[{key, label, required}]`."""

    key = models.SlugField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    items = models.JSONField(default=list)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.label


class Step(models.Model):
    """A further hand-over after the first, such as SDR to AE, with its own routing and tiers."""

    key = models.SlugField(max_length=64, unique=True)
    comes_from = models.CharField(max_length=64)
    route = models.JSONField(default=list)
    tiers = models.JSONField(default=list)
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key
