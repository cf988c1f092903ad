"""Working hours: local windows, holidays and closures of a place."""

import re

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from handoff import business_time
from handoff.calendars import CalendarError

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
