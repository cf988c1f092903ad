"""Teams, who is in them, when they are away, and where each stands in the turn."""

import datetime as dt
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from .calendar import Calendar
from .person import SEERS, User


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams by who may look into them."""

    def visible_to(self, user: User) -> "TeamQuerySet":
        """All for those who oversee and review; a person's own, and those they answer for, else."""
        if user.has_role(*SEERS):
            return self
        own = Membership.objects.filter(user=user, active=True).values("team")
        return self.filter(models.Q(pk__in=own) | models.Q(responsible=user))


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

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Somebody who left answers for nothing."""
        super().clean()
        if self.responsible_id and not self.responsible.is_active:
            raise ValidationError({"responsible": f"{self.responsible} is not active any more."})


def _served() -> ArrayField[list[str], list[str]]:
    return ArrayField(models.CharField(max_length=100), default=list, blank=True)


class Membership(models.Model):
    """A person in a team, whom they serve, and how far their turn has come.

    Languages, territories (countries or regions), products and motions: each empty list means all
    of them. `served` grows by 1/weight with each turn taken; the next turn is the eligible member
    with the least. It always equals the sum of the member's rows in the turn ledger.
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
    languages = _served()
    territories = _served()
    products = _served()
    motions = _served()
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

    @property
    def serves(self) -> str:
        """Of whom they take leads only, in words; empty where of everybody."""
        lists = (self.territories, self.languages, self.products, self.motions)
        return "; ".join(", ".join(one) for one in lists if one)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Time off, by person and moment."""

    def standing(self) -> "AbsenceQuerySet":
        """Those that nobody cancelled."""
        return self.filter(cancelled_at=None)

    def at(self, moment: dt.datetime) -> "AbsenceQuerySet":
        """Those that stand and cover `moment`."""
        return self.standing().filter(starts_at__lte=moment, ends_at__gt=moment)

    def between(self, begin: dt.datetime, end: dt.datetime) -> "AbsenceQuerySet":
        """Those that stand and touch the time from `begin` to before `end`."""
        return self.standing().filter(starts_at__lt=end, ends_at__gt=begin)


class Absence(models.Model):
    """Time during which a person takes no leads. One that is cancelled stays on record."""

    class Kind(models.TextChoices):
        TIME_OFF = "time_off", "Time off"
        PAUSE = "pause", "Pause"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TIME_OFF)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField(default=timezone.now, editable=False)
    entered_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

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
