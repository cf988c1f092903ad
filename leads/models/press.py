"""What was pressed, so that the same form sent twice counts once."""

from django.db import models

from handoff.models import User


class Press(models.Model):
    """One form as it was drawn, filled in and sent (see `leads.journey.pressing`). It is no history
    and says nothing of the lead: rows go with the nightly housekeeping."""

    key = models.UUIDField(primary_key=True, help_text="The drawn form, who sent it, what it said.")
    actor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key} {self.at:%Y-%m-%d %H:%M}"
