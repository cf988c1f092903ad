"""Teams, who is in them, when they are away, and where each stands in the turn."""

import datetime as dt
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from .calendar import Calendar
from .person import User


class Team(models.Model):
    """A group that takes leads. Its unowned work is the queue of the same key."""

    class Kind(models.TextChoices):
        SDR = "sdr", "SDR"
        AE = "ae", "Account executives"
        QUALIFICATION = "qualification", "Qualification"
        MARKETING = "marketing", "Marketing"

    class Pick(models.TextChoices):
        ROUND_ROBIN = "round_robin", "By turns"
        LEAST_LOADED = "least_loaded", "Least loaded"
        PULL = "pull", "Waits until someone takes it"

    key = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=Kind)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="teams")
    responsible = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="responsible_for",
        help_text="Told when a lead waits or is late.",
    )
    pick = models.CharField(max_length=16, choices=Pick, default=Pick.ROUND_ROBIN)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a team, and how far their turn has come.

    `served` grows by 1/weight with each turn taken; the next turn is the eligible member with the
    least. It always equals the sum of the member's rows in the turn ledger.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    weight = models.PositiveSmallIntegerField(
        default=1, help_text="A member of weight 2 gets twice the turns; of weight 0, none."
    )
    max_open = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Empty: no limit."
    )
    max_per_day = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Empty: no limit."
    )
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, null=True, blank=True, help_text="Empty: the team's."
    )
    active = models.BooleanField(default=True, help_text="Off: left the team; the history stays.")
    served = models.DecimalField(
        max_digits=18, decimal_places=6, default=Decimal(0), editable=False
    )
    last_served_at = models.DateTimeField(null=True, blank=True, editable=False)
    away_since = models.DateTimeField(null=True, blank=True, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("team", "user")
        constraints = (
            models.UniqueConstraint(
                fields=("team", "user"), name="one_membership_per_team_and_user"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Time off, by person and moment."""

    def at(self, moment: dt.datetime) -> "AbsenceQuerySet":
        """Those that cover `moment`."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)


class Absence(models.Model):
    """Time during which a person takes no leads."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="absence_ends_after_start",
            ),
        )
        indexes = (models.Index(fields=("user", "ends_at"), name="absence_by_user"),)

    def __str__(self) -> str:
        return f"{self.user} away until {self.ends_at:%d %b %H:%M}"
