"""For whom somebody speaks in a joint review."""

from django.db import models


class Side(models.TextChoices):
    """Both sides of the seam, and those who look after it."""

    MARKETING = "marketing", "Marketing"
    SALES = "sales", "Sales"
    OPERATIONS = "operations", "Operations"
