"""Whose rejections a version of the definition answers: the link from what sales said to what
marketing changed.

It is said while the version is a draft or on trial, and stands once it is the law: who chose
afterwards could choose what went well.
"""

from django.db import models

from handoff.models import DefinitionVersion, Reason, User

from .handoff import Handoff


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence by what became of its version."""

    def published(self) -> "EvidenceQuerySet":
        return self.exclude(version__published_at=None)

    def untold(self) -> "EvidenceQuerySet":
        """Of versions that became the law, and of which those who rejected have not heard."""
        return self.published().filter(told_at=None)

    def by(self, user: User) -> "EvidenceQuerySet":
        """Those among whose rejections is one of this person's."""
        mine = CitedRejection.objects.filter(handoff__answered_by=user)
        return self.filter(pk__in=mine.values("evidence"))


class Evidence(models.Model):
    """One reason that a version answers; its rejections are counted, never typed."""

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="evidence")
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+", db_index=False)
    cited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    cited_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="When those who rejected were told.")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("version", "reason")
        verbose_name_plural = "evidence"
        constraints = (
            models.UniqueConstraint(
                fields=("version", "reason"), name="version_cites_a_reason_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version} answers “{self.reason}”"


class CitedRejection(models.Model):
    """One rejection among the evidence of a version."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="rejections")
    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        ordering = ("evidence", "handoff")
        constraints = (
            models.UniqueConstraint(
                fields=("evidence", "handoff"), name="rejection_is_cited_once_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.evidence}: hand-over {self.handoff_id}"
