"""Working hours: local windows, holidays and closures of a place."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from handoff import business_time


class Calendar(models.Model):
    """When a team works. Deadlines already given are not moved by a change here."""

    key = models.SlugField(max_length=64, unique=True)
    timezone = models.CharField(max_length=64)
    hours = models.JSONField(help_text='Windows by day: {"mon-fri": ["09:00-12:30", "13:30-17:30"]}')
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
        super().clean()
        try:
            self.windows()
        except ValueError as error:
            raise ValidationError({"hours": str(error)}) from error
