"""What a person wants to be told, where and when; and the summaries they were written."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models

from handoff.models import User

MORNING = dt.time(8, 30)


class Preference(models.Model):
    """One person's choices. Who has chosen nothing has no row, and what `leads.wording` says by
    itself holds.

    `changed` names, as "kind:channel", what they switched to the other side of what holds by
    itself. `daily` and `weekly` are empty where their role decides.
    """

    class Quiet(models.TextChoices):
        NEVER = "never", "Send at any time"
        WORKING = "working", "Only in my working hours"
        BETWEEN = "between", "Not between two times of day"

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="message_preference")
    changed = ArrayField(models.CharField(max_length=48), default=list, blank=True)
    quiet = models.CharField(max_length=7, choices=Quiet, default=Quiet.NEVER)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    break_through = models.BooleanField(default=True)
    daily = models.BooleanField(null=True, blank=True)
    daily_at = models.TimeField(default=MORNING)
    weekly = models.BooleanField(null=True, blank=True)
    weekly_on = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(quiet="between")
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_between_has_two_times",
            ),
        )

    def __str__(self) -> str:
        return f"What {self.user} is told"


class Digest(models.Model):
    """That a person's summary of a day is dealt with: written, or nothing to say (`lines` is 0).

    The row is unique, so that any number of workers write it once.
    """

    class Kind(models.TextChoices):
        DAILY = "daily", "Daily"
        WEEKLY = "weekly", "Weekly"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind)
    day = models.DateField(help_text="In the reader's zone.")
    written_at = models.DateTimeField()
    lines = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "kind", "day"), name="one_digest_per_person_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.day:%Y-%m-%d} for {self.user}"
