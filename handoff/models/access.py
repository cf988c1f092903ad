"""Keys by which other systems may call the API."""

import hashlib
import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .person import User


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys by what they may still do."""

    def usable(self) -> "ApiKeyQuerySet":
        return self.filter(revoked_at=None)


class ApiKey(models.Model):
    """One system's key. Only its SHA-256 is kept; the key itself is shown once.

    The key has 256 random bits, so a fast digest is enough: there is nothing to guess.
    """

    class Scope(models.TextChoices):
        LEADS = "leads", "Send leads, touchpoints, accounts, opportunities"
        HANDOFFS = "handoffs", "Answer hand-overs"
        READ = "read", "Read"

    name = models.CharField(max_length=100, help_text="The system; its leads carry this name.")
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def make(
        cls, name: str, scopes: list[str], *, actor: User | None = None
    ) -> tuple["ApiKey", str]:
        """A saved key and its text, which cannot be read again."""
        text = f"ho_{secrets.token_urlsafe(32)}"
        made = cls.objects.create(
            name=name,
            prefix=text[:9],
            digest=cls.digest_of(text),
            scopes=scopes,
            created_by=actor,
        )
        return made, text
