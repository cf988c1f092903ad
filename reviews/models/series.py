"""Joint reviews that come back: how often, when, and who takes part for which side."""

import datetime as dt
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from handoff.models import SEERS, Calendar, User

from .sides import Side

ITEMS = 3
"""A meeting has so many items: SLA performance, disposition trends, definition changes."""

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)
"""Between these days the weeks of a series are counted from."""


class SeriesQuerySet(models.QuerySet["Series"]):
    """Series by whether they go on, and by who may see them."""

    def running(self) -> "SeriesQuerySet":
        return self.filter(ended_at=None)

    def visible_to(self, user: User) -> "SeriesQuerySet":
        """All for those who see every lead; for others those they are in."""
        if user.has_role(*SEERS):
            return self
        return self.filter(pk__in=SeriesMember.objects.filter(user=user).values("series"))


class Series(models.Model):
    """Meetings every so many weeks, on a weekday at a local time, counted from `first_on`.

    A meeting that falls on a day on which `calendar` is closed moves to its next working day.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    name = models.CharField(max_length=120)
    every_weeks = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(26)]
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.THURSDAY)
    local_time = models.TimeField()
    timezone = models.CharField(max_length=64)
    calendar = models.ForeignKey(
        Calendar, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    first_on = models.DateField(help_text="The weeks are counted from the week of this day.")
    item_minutes = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    sample_size = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(40)]
    )
    chair = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    members: "models.ManyToManyField[User, SeriesMember]" = models.ManyToManyField(
        User, through="SeriesMember", related_name="+"
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        verbose_name_plural = "series"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(every_weeks__gte=1, every_weeks__lte=26),
                name="series_comes_back_within_half_a_year",
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__gte=0, weekday__lte=6), name="series_has_a_weekday"
            ),
            models.CheckConstraint(
                condition=models.Q(item_minutes__gte=1, item_minutes__lte=60),
                name="series_item_has_minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(sample_size__gte=1, sample_size__lte=40),
                name="series_sample_has_leads",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.timezone not in zoneinfo.available_timezones():
            wrong = f"“{self.timezone}” is no time zone. Use a name such as Europe/Berlin."
            raise ValidationError({"timezone": wrong})
        if self.first_on is not None and not EARLIEST <= self.first_on <= LATEST:
            said = f"Choose a day between {EARLIEST.year} and {LATEST.year}."
            raise ValidationError({"first_on": said})

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def minutes(self) -> int:
        """How long a meeting takes."""
        return ITEMS * self.item_minutes

    @property
    def cadence(self) -> str:
        """“Every week”, “Every 2 weeks”."""
        return "Every week" if self.every_weeks == 1 else f"Every {self.every_weeks} weeks"


class SeriesMember(models.Model):
    """Somebody who takes part in a series, and for which side."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)

    class Meta:
        ordering = ("series", "side", "user__name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("series", "user"), name="one_seat_per_series_and_user"),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_side_display().lower()}"
