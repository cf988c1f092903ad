"""Texts that sales need not write anew: filled from a lead where they are used."""

from django.db import models

from .campaign import LONGEST, Described, DescribedQuerySet


class TextTemplate(Described):
    """A text with places such as `{{ first_name }}`; see `leads.journey.filling` for the names."""

    class Kind(models.TextChoices):
        FIRST_TOUCH = "first_touch", "First-touch mail"
        HAND_OVER = "hand_over", "Hand-over note"
        SUMMARY = "summary", "Lead summary"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FIRST_TOUCH)
    name = models.CharField(max_length=LONGEST, unique=True)
    language = models.CharField(max_length=16, blank=True)
    subject = models.CharField(max_length=LONGEST, blank=True)
    body = models.TextField("text")

    objects = DescribedQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "name")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(kind="first_touch") | ~models.Q(subject=""),
                name="mail_has_a_subject",
            ),
        )

    def __str__(self) -> str:
        return self.name
