"""Working hours: local windows, holidays and closures of a place."""

import re
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction

from handoff import business_time
from handoff.calendars import CalendarError
from handoff.working_parts import LEAST_LAST, parts_of

PLACE = re.compile(r"hours\.(?P<days>[^.\[\]:]+)(?:\[(?P<window>\d+)\])?")


class Calendar(models.Model):
    """When a team works. Deadlines already given are not moved by a change here."""

    key = models.SlugField(max_length=64, unique=True)
    timezone = models.CharField(max_length=64)
    hours = models.JSONField(
        help_text='Windows by day: {"mon-fri": ["09:00-12:30", "13:30-17:30"]}'
    )
    holidays = models.CharField(
        max_length=16, blank=True, help_text="Country or subdivision, such as US or US-CA."
    )
    closed = ArrayField(models.DateField(), default=list, blank=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep it, and have the database know its working time."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.lay_out()

    def lay_out(self, *, last: int = LEAST_LAST) -> None:
        """Have the database know its working time up to the part `last`, as it is now, so that
        `handoff_worked` counts in it. What was counted before stays. Needs a transaction that holds
        its row."""
        parts = parts_of(self.windows(), last)
        self.working_time.all().delete()
        WorkingTime.objects.bulk_create(
            WorkingTime(
                calendar=self,
                part=one.number,
                before=one.before,
                edges=list(one.edges),
                sums=list(one.sums),
            )
            for one in parts
        )

    def as_mapping(self) -> dict[str, object]:
        """The calendar as the playbook file writes it."""
        mapping: dict[str, object] = {
            "key": self.key,
            "timezone": self.timezone,
            "hours": self.hours,
        }
        if self.holidays:
            mapping["holidays"] = self.holidays
        if self.closed:
            mapping["closed"] = [day.isoformat() for day in self.closed]
        return mapping

    def windows(self) -> business_time.Calendar:
        """The calendar for arithmetic. Raises ValueError where it cannot be read."""
        return business_time.calendar_from(self.as_mapping())

    def clean(self) -> None:
        """Every fault at its field, a window by what it says."""
        super().clean()
        try:
            self.windows()
        except CalendarError as error:
            said: dict[str, list[str]] = {}
            for place, text in error.faults:
                field, _, _ = place.partition(".")
                told = f"{place}: {text}" if "." in place else text
                sentence = PLACE.sub(self._window, told)
                said.setdefault(field, []).append(f"{sentence[:1].upper()}{sentence[1:]}.")
            raise ValidationError(said) from error

    def _window(self, place: re.Match[str]) -> str:
        """The window at a place such as `hours.mon-fri[0]`, as it was written."""
        if place["window"] is None:
            return place["days"]
        return f"{place['days']} {self.hours[place['days']][int(place['window'])]}"


class WorkingTime(models.Model):
    """28 days of a calendar as `handoff.working_parts` cuts it; derived, written anew with it."""

    calendar = models.ForeignKey(
        Calendar, on_delete=models.CASCADE, related_name="working_time", db_index=False
    )
    part = models.IntegerField()
    before = models.IntegerField()
    edges = ArrayField(models.IntegerField())
    sums = ArrayField(models.IntegerField())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("calendar", "part"), name="one_part_per_calendar_and_number"
            ),
        )

    def __str__(self) -> str:
        return f"Part {self.part} of {self.calendar_id}"
