"""The people of both teams. An email address is the sign-in name."""

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

ROLES = ("rep", "sales_manager", "marketing_ops", "reviewer", "administrator")
"""Names of the groups that give a person a role."""

DECIDERS = ("marketing_ops", "administrator")
"""Who edit the agreement and approve leads."""
OVERSEERS = ("sales_manager", *DECIDERS)
"""Who look after everybody's leads."""
SEERS = ("reviewer", *OVERSEERS)
"""Who see everybody's leads."""


def normalise_email(address: str) -> str:
    """The form in which an address is stored and compared: trimmed, lower-cased."""
    return address.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Makes people by email; nobody has a user name besides it."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without `password` they cannot sign in until one is set."""
        if not email.strip():
            raise ValueError("A person needs an email address.")
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who may do everything, in the admin too."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody in marketing, sales or operations."""

    class Theme(models.TextChoices):
        AUTO = "auto", "As the system"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=64, blank=True, help_text="Empty: the team's.")
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    shortcuts = models.BooleanField("keyboard shortcuts", default=True)
    is_active = models.BooleanField("active", default=True)
    is_staff = models.BooleanField("may open the admin", default=False)
    is_demo = models.BooleanField("made for the demo", default=False, editable=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("name", "email")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="email_is_lower_case"
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = normalise_email(self.email)
        if self.timezone and self.timezone not in zoneinfo.available_timezones():
            wrong = f"“{self.timezone}” is no time zone. Use a name such as Europe/Berlin."
            raise ValidationError({"timezone": wrong})

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return (self.name or self.email).split(" ", 1)[0]

    @property
    def initials(self) -> str:
        """Up to two capitals for the round badge."""
        words = (self.name or self.email).split()
        return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()

    def zone_name(self) -> str:
        """The IANA zone this person reads times in: their own, else their team's, else that of a
        team they are responsible for; empty where none is known."""
        if self.timezone:
            return self.timezone
        teams = self.memberships.filter(active=True).order_by("pk")
        found = teams.values_list("team__calendar__timezone", flat=True).first()
        if found is None:
            answers_for = self.responsible_for.order_by("pk")
            found = answers_for.values_list("calendar__timezone", flat=True).first()
        return found or ""

    def has_role(self, *roles: str) -> bool:
        """Whether the person is in one of the groups `roles`; read once a request."""
        if self.is_superuser:
            return True
        if not hasattr(self, "_roles"):
            self._roles = frozenset(self.groups.values_list("name", flat=True))
        return not self._roles.isdisjoint(roles)
