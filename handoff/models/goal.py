"""Which share of its promises each half of the agreement means to keep."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Goal(models.Model):
    """The goal of one half of a hand-over, of a tier or (no tier) of all that have none of their
    own."""

    class Half(models.TextChoices):
        SALES = "sales", "Sales"
        MARKETING = "marketing", "Marketing"

    step = models.SlugField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        db_index=False,
        help_text="Key of the step the lead enters, such as ae. Empty: from marketing to sales.",
    )
    half = models.CharField(max_length=9, choices=Half)
    tier = models.SlugField(max_length=64, blank=True, help_text="Empty: every tier without one.")
    percent = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Of a hundred promises, so many are to be kept.",
    )

    class Meta:
        ordering = ("step", "half", "tier")
        constraints = (
            models.UniqueConstraint(
                fields=("step", "half", "tier"), name="one_goal_per_step_half_and_tier"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=1, percent__lte=100), name="goal_is_a_percentage"
            ),
        )

    def __str__(self) -> str:
        tier = f", {self.tier}" if self.tier else ""
        step = f"{self.step}, " if self.step else ""
        return f"{step}{self.get_half_display()}{tier}: {self.percent}%"
