"""What a meeting decided: actions for somebody, and the lines of its minutes."""

import datetime as dt

from django.db import models
from django.db.models import Q

from handoff.models import SEERS, DefinitionVersion, User

from .meeting import Meeting, Participant
from .sample import Sampled


class ActionQuerySet(models.QuerySet["Action"]):
    """Actions by whether they are done, and by who may see them."""

    def standing(self) -> "ActionQuerySet":
        """All but those that were taken back."""
        return self.filter(dropped_at=None)

    def open(self) -> "ActionQuerySet":
        """Neither done nor taken back, the first due first."""
        return self.standing().filter(done_at=None).order_by("due_on", "pk")

    def visible_to(self, user: User) -> "ActionQuerySet":
        """All for those who see every lead; for others their own and those of their meetings."""
        if user.has_role(*SEERS):
            return self
        mine = Participant.objects.taking_part().filter(user=user)
        return self.filter(Q(owner=user) | Q(meeting__in=mine.values("meeting")))


class Action(models.Model):
    """Something that somebody does until a day. `path` is the page it hangs on, if any."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    item = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    sampled = models.ForeignKey(
        Sampled, on_delete=models.SET_NULL, null=True, blank=True, related_name="actions"
    )
    version = models.ForeignKey(
        DefinitionVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    path = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="action_says_what_to_do"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(dropped_at__isnull=True),
                name="action_is_done_or_dropped",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_on",),
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
                name="action_open",
            ),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None

    def is_overdue(self, *, on: dt.date) -> bool:
        return self.is_open and self.due_on < on


class LineQuerySet(models.QuerySet["Line"]):
    """Lines of the minutes by whether they stand."""

    def standing(self) -> "LineQuerySet":
        return self.filter(taken_back_at=None)


class Line(models.Model):
    """One line of the minutes, written when it happened: who, when, under which item, and what it
    links to. It is never rewritten; until the meeting ends what was decided (`is_decided`) can be
    taken back, and says so."""

    class Kind(models.TextChoices):
        DECISION = "decision", "Decision"
        ACTION = "action", "Action"
        VERDICT = "verdict", "Agreed verdict"
        EXAMPLE = "example", "Example"
        DRAFT = "draft", "Draft of a change"
        REDRAWN = "redrawn", "Drawn again"
        VOTED_AGAIN = "voted_again", "Voted again"
        PRESENTER = "presenter", "Presenter"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="lines")
    item = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=11, choices=Kind)
    text = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    sampled = models.ForeignKey(
        Sampled, on_delete=models.SET_NULL, null=True, blank=True, related_name="lines"
    )
    version = models.ForeignKey(
        DefinitionVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="lines"
    )
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    example = models.CharField(
        max_length=200, blank=True, db_default="", help_text="The example it put into its draft."
    )
    revision = models.PositiveIntegerField(
        null=True, help_text="The revision of the draft it began, as it left it."
    )

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ("meeting", "at", "pk")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="line_says_something"),)

    def __str__(self) -> str:
        return self.text

    @property
    def is_decided(self) -> bool:
        """Whether somebody decided it, and so may take it back; else it tells what happened."""
        happened = (self.Kind.PRESENTER, self.Kind.REDRAWN, self.Kind.VOTED_AGAIN)
        return self.kind not in happened
