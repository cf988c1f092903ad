"""Leads whose outcome a definition must get right."""

from django.db import models

from .definition import DefinitionVersion, Document


class Example(models.Model):
    """A lead with the outcome it must have; publishing is refused while one differs."""

    class Kind(models.TextChoices):
        EXAMPLE = "example", "Example"
        COUNTEREXAMPLE = "counterexample", "Counterexample"

    always_written = False

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="examples")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.EXAMPLE)
    name = models.CharField(max_length=200)
    why = models.CharField(max_length=300, blank=True)
    expect = models.JSONField(default=dict)
    lead = models.JSONField(default=dict)
    touchpoints = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name

    def as_row(self) -> Document:
        row: Document = {"kind": self.kind, "name": self.name}
        if self.why:
            row["why"] = self.why
        row |= {"expect": self.expect, "lead": self.lead}
        if self.touchpoints:
            row["touchpoints"] = self.touchpoints
        return row
