"""Campaigns and offers as marketing describes them, found by what they are called on leads."""

import datetime as dt
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models

from handoff.models import User

from .matches import Said

LONGEST = 200
"""Characters of a name, and of one way in which it comes with leads."""


class DescribedQuerySet(models.QuerySet):
    """What marketing describes, by whether it is in use."""

    def current(self) -> Self:
        """Those that were not put away."""
        return self.filter(archived=False)


class NamedQuerySet(DescribedQuerySet):
    """Campaigns or offers, by what they are called on leads."""

    def called(self, text: Any) -> Self:
        """Those in use that go by this name, the most exact first."""
        named = self.current().annotate(exactness=Said(text, models.F("keys")))
        return named.filter(exactness__isnull=False).order_by("-exactness", "pk")


class CampaignQuerySet(NamedQuerySet):
    """Campaigns with what a list says of each."""

    def with_briefs(self) -> Self:
        """With `number_of_briefs`: how many briefs of it are in use."""
        used = models.Q(briefs__archived=False)
        counted = self.annotate(number_of_briefs=models.Count("briefs", filter=used))
        return counted.select_related("owner")


class Described(models.Model):
    """What marketing describes for sales. `is_demo` goes with the demo; who edits makes it
    theirs."""

    archived = models.BooleanField(default=False, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True


def _keys() -> ArrayField:
    return ArrayField(models.CharField(max_length=LONGEST), verbose_name="comes with leads as")


class Campaign(Described):
    """A campaign: what it is about, whose it is, and what leads of it carry as `campaign`."""

    name = models.CharField(max_length=LONGEST, unique=True)
    keys = _keys()
    theme = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    starts_on = models.DateField("from", null=True, blank=True)
    ends_on = models.DateField("to, that day too", null=True, blank=True)
    landing_page = models.CharField(max_length=500, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(keys__len=0), name="campaign_is_called_something"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(starts_on__lte=models.F("ends_on")),
                name="campaign_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Offer(Described):
    """What somebody was offered: what it promises, who may sell it and to whom. An empty list, or
    bound, leaves nobody out."""

    name = models.CharField(max_length=LONGEST, unique=True)
    keys = _keys()
    promise = models.TextField("what it promises")
    motions = ArrayField(
        models.CharField(max_length=64), verbose_name="sold by", default=list, blank=True
    )
    countries = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    industries = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    employees_from = models.PositiveIntegerField(
        "people, at least", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    employees_to = models.PositiveIntegerField("people, at most", null=True, blank=True)
    starts_on = models.DateField("from", null=True, blank=True)
    ends_on = models.DateField("to, that day too", null=True, blank=True)
    topic = models.CharField("page or content", max_length=300, blank=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(keys__len=0), name="offer_is_called_something"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(starts_on__lte=models.F("ends_on")),
                name="offer_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(employees_from__isnull=True)
                | models.Q(employees_to__isnull=True)
                | models.Q(employees_from__lte=models.F("employees_to")),
                name="offer_is_for_some_size",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def runs_on(self, day: dt.date) -> bool:
        """Whether it can be had that day."""
        return (self.starts_on or day) <= day <= (self.ends_on or day)


class PageName(Described):
    """What a page of one's site is called where its address says too little. `paths`: one or more,
    each as `leads.chronicle.pages.path_of` writes it; `*` stands for anything."""

    name = models.CharField(max_length=LONGEST, unique=True)
    paths = ArrayField(models.CharField(max_length=LONGEST), verbose_name="its path")

    objects = DescribedQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=~models.Q(paths__len=0), name="page_has_a_path"),
        )

    def __str__(self) -> str:
        return self.name
