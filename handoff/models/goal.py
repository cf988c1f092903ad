"""Which share of its promises each half of the agreement means to keep."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Goal(models.Model):
    """The goal of one half, of a tier or (no tier) of all that have none of their own."""

    class Half(models.TextChoices):
        SALES = "sales", "Sales"
        MARKETING = "marketing", "Marketing"

    half = models.CharField(max_length=9, choices=Half)
    tier = models.SlugField(max_length=64, blank=True, help_text="Empty: every tier without one.")
    percent = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Of a hundred promises, so many are to be kept.",
    )

    class Meta:
        ordering = ("half", "tier")
        constraints = (
            models.UniqueConstraint(fields=("half", "tier"), name="one_goal_per_half_and_tier"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=1, percent__lte=100), name="goal_is_a_percentage"
            ),
        )

    def __str__(self) -> str:
        tier = f", {self.tier}" if self.tier else ""
        return f"{self.get_half_display()}{tier}: {self.percent}%"
