"""Who looks after which part of the agreement, and the path a lead takes through it."""

import calendar
import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from .person import User


class AreaOwnerQuerySet(models.QuerySet["AreaOwner"]):
    """Areas with the moment from which their next review is counted."""

    def with_due(self) -> "AreaOwnerQuerySet":
        """With `since`: the last review, else when the area was first named."""
        history: Any = self.model._meta.get_field("history").related_model
        named = history.objects.filter(pgh_obj=models.OuterRef("pk")).order_by("pgh_id")
        first = models.Subquery(named.values("pgh_created_at")[:1])
        return self.annotate(since=Coalesce("reviewed_at", first, Now()))


class AreaOwner(models.Model):
    """The named owner of one area of the agreement, and how often they look at it."""

    since: dt.datetime

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"
        QUARTERLY = "quarterly", "Every quarter"

    area = models.SlugField(max_length=64, unique=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="areas")
    cadence = models.CharField(max_length=16, choices=Cadence)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = AreaOwnerQuerySet.as_manager()

    class Meta:
        ordering = ("area",)

    def __str__(self) -> str:
        return f"{self.area}: {self.owner}"

    @property
    def due_on(self) -> dt.date:
        """The day (UTC) by which the next review is due; needs `with_due`."""
        start = self.since.astimezone(dt.UTC).date()
        if self.cadence == self.Cadence.WEEKLY:
            return start + dt.timedelta(days=7)
        return _months_later(start, 3 if self.cadence == self.Cadence.QUARTERLY else 1)

    def is_overdue(self, *, at: dt.datetime) -> bool:
        """Whether the day of the next review has passed; needs `with_due`."""
        return self.due_on < at.astimezone(dt.UTC).date()


def _months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


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


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    """Checklists by whether they are in use."""

    def active(self) -> "ChecklistQuerySet":
        return self.filter(active=True)


class Checklist(models.Model):
    """What must be answered before a lead moves on; `items` as `handoff.checklists` reads them. One
    that is retired (not `active`) is asked nowhere; its steps keep it, so that it can come back."""

    key = models.SlugField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    items = models.JSONField(default=list)
    active = models.BooleanField(default=True, db_default=True)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.label


class StepQuerySet(models.QuerySet["Step"]):
    """Steps and what is asked in them."""

    def asking(self) -> models.QuerySet["Step", dict[str, Any]]:
        """What each step asks, as mappings with the keys ASKED."""
        return self.annotate(**ASKED).values("key", "comes_from", *ASKED)


ASKED = {
    "before": F("checklist__label"),
    "before_items": F("checklist__items"),
    "before_active": F("checklist__active"),
    "confirmed": F("confirms__label"),
    "confirmed_items": F("confirms__items"),
    "confirmed_active": F("confirms__active"),
}


class Step(models.Model):
    """A hand-over of the path with its own routing and tiers, such as SDR to AE; of the first, from
    marketing, only what is asked (the definition routes it)."""

    key = models.SlugField(max_length=64, unique=True)
    comes_from = models.CharField(max_length=64, blank=True)
    route = models.JSONField(default=list, blank=True)
    tiers = models.JSONField(default=list, blank=True)
    checklist = models.ForeignKey(
        Checklist,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="What must be known before a lead enters it.",
    )
    confirms = models.ForeignKey(
        Checklist,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="What whoever takes the lead finds out.",
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key
