"""The definition of a sales-ready lead, in versions.

A version's rows (`definition_rows`, `example`) hold exactly what the `definition` section of a
playbook file holds, so that `DefinitionVersion.document()` and the file say the same. A published
version is never edited: the database refuses it (see the migration `published_definitions_stay`).
"""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .person import User

Document = dict[str, Any]


MARKETING_COLUMNS = {
    "handover": "handover_minutes",
    "context": "context_minutes",
    "returned": "returned_minutes",
}
"""What marketing promises, and the column that holds its minutes."""

ROWS = ("motions", "fit", "signals", "decide", "tiers", "route", "examples")
"""The sections that are rows, in the order of the playbook file."""


class DefinitionQuerySet(models.QuerySet["DefinitionVersion"]):
    """Versions by where they stand."""

    def live(self) -> "DefinitionQuerySet":
        return self.filter(state=DefinitionVersion.State.LIVE)

    def drafts(self) -> "DefinitionQuerySet":
        return self.filter(state=DefinitionVersion.State.DRAFT)

    def with_rows(self) -> "DefinitionQuerySet":
        """With every row of every section, in a constant number of statements."""
        return self.prefetch_related(*ROWS)


class DefinitionVersion(models.Model):
    """One version: a draft that may be edited, or a law that leads were judged by."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        TRIAL = "trial", "Trial"
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    summary = models.CharField(max_length=300, blank=True)
    required = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    handover_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Marketing's half: minutes from trigger to hand-over."
    )
    context_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Minutes of marketing's working time until missing context is complete.",
    )
    returned_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Minutes of marketing's working time until a returned lead is answered.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    cloned_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("reason for publishing", max_length=300, blank=True)

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        verbose_name = "definition"
        constraints = (
            models.UniqueConstraint(
                fields=("state",),
                condition=models.Q(state="live"),
                name="one_live_definition",
            ),
        )

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def is_editable(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def was_only_tried(self) -> bool:
        """Whether it was on trial and never live, so that there is no going back to it."""
        return self.published_at is None and self.trials.exists()

    def count_change(self, *, by: User, at: dt.datetime) -> None:
        """Note that somebody changed the draft, so that who saw it before does not overwrite it."""
        self.revision, self.edited_by, self.edited_at = self.revision + 1, by, at
        self.save(update_fields=["revision", "edited_by", "edited_at"])

    def marketing(self) -> Document:
        """Marketing's half as the playbook file writes it: the promises made, in minutes."""
        said = ((key, getattr(self, column)) for key, column in MARKETING_COLUMNS.items())
        return {key: minutes for key, minutes in said if minutes is not None}

    def promise(self, document: Document) -> None:
        """Take marketing's half from a document; what it does not promise becomes none."""
        for key, column in MARKETING_COLUMNS.items():
            setattr(self, column, (document.get("marketing") or {}).get(key))

    def document(self) -> Document:
        """The version as the `definition` section of a playbook file."""
        document: Document = {"summary": self.summary} if self.summary else {}
        for section in ROWS:
            held = getattr(self, section)
            rows = [row.as_row() for row in held.all()]
            if section == "decide" and self.required:
                document["required"] = list(self.required)
            if section == "route" and (marketing := self.marketing()):
                document["marketing"] = marketing
            if rows or held.model.always_written:
                document[section] = rows
        return document
