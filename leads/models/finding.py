"""What people found out about a lead: answers to the questions of a checklist, and notes of calls.

Rows are added and never changed: the newest answer to a question counts, an empty one takes the
answer back. The database refuses the rest (migration `what_people_find_out`).
"""

from django.db import models
from django.db.models.functions import Coalesce, NullIf

from handoff.models import User

from .handoff import Handoff
from .lead import Lead


class CallNote(models.Model):
    """A call, or a meeting, and what was learnt in it besides its findings."""

    class Outcome(models.TextChoices):
        REACHED = "reached", "Spoke with them"
        MESSAGE = "message", "Left a message"
        NO_ANSWER = "no_answer", "No answer"
        WRONG = "wrong", "Wrong number or person"

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="calls", db_constraint=False, db_index=False
    )
    handoff = models.ForeignKey(
        Handoff, on_delete=models.CASCADE, related_name="calls", db_constraint=False
    )
    at = models.DateTimeField(help_text="When it took place.")
    channel = models.CharField(max_length=32)
    outcome = models.CharField(max_length=12, choices=Outcome)
    with_whom = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("lead", "-at"), name="call_of_lead"),)

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.at:%Y-%m-%d %H:%M}"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Answers to questions about leads."""

    def newest(self) -> "FindingQuerySet":
        """The answer that counts to each question of each lead."""
        return self.order_by("lead_id", "item", "-pk").distinct("lead_id", "item")

    def with_who(self) -> "FindingQuerySet":
        """With `who`: the name of the person who said it, else of the system it came through."""
        given = NullIf("actor__name", models.Value(""))
        named = Coalesce(given, "actor__email", "by", output_field=models.TextField())
        return self.annotate(who=named)


class Finding(models.Model):
    """One answer to one question (`item`) of a checklist, given during a hand-over."""

    who: str

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="findings", db_constraint=False, db_index=False
    )
    handoff = models.ForeignKey(
        Handoff, on_delete=models.CASCADE, related_name="findings", db_constraint=False
    )
    call = models.ForeignKey(
        CallNote,
        on_delete=models.CASCADE,
        null=True,
        related_name="findings",
        db_constraint=False,
        help_text="The call it was learnt in.",
    )
    step = models.CharField(max_length=64)
    item = models.CharField(max_length=64)
    value = models.TextField(blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    by = models.CharField(max_length=120, blank=True, help_text="Through which system.")

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("lead", "item", "-id"), name="finding_of_lead"),)

    def __str__(self) -> str:
        return f"{self.item}: {self.value}"
