"""How far the demo is filled, so that it can go on after a stop and a page can say so."""

from django.db import models


class DemoFillQuerySet(models.QuerySet["DemoFill"]):
    """The demo, by how far it is."""

    def filling(self) -> "DemoFillQuerySet":
        """The demo while its older history is still being written."""
        return self.filter(today_filled_at__isnull=False, finished_at=None, removed_at=None)


class DemoFill(models.Model):
    """The one row of the demo: when its present is, and how much of its past is there."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    anchor = models.DateTimeField(help_text="The demo's present: when it was first filled.")
    today_filled_at = models.DateTimeField(null=True)
    stories = models.PositiveIntegerField(default=0, help_text="Stories its past consists of.")
    told = models.PositiveIntegerField(default=0, help_text="Stories that are there already.")
    finished_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(
        null=True, help_text="Since then it stays away until somebody asks for it again."
    )

    objects = DemoFillQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(only=True), name="there_is_one_demo"),
        )

    def __str__(self) -> str:
        return f"Demo, {self.told} of {self.stories} stories told"

    @property
    def is_filling(self) -> bool:
        """Whether older history is still being written."""
        return bool(self.today_filled_at) and not (self.finished_at or self.removed_at)
