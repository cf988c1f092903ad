"""Studies of lift: which clauses of the definition go with real outcomes."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models

from handoff.models import DefinitionVersion, User
from leads.models import Handoff, Lead


class StudyQuerySet(models.QuerySet["LiftStudy"]):
    """Studies by whether there is work left in them."""

    def unfinished(self) -> "StudyQuerySet":
        return self.filter(state__in=(LiftStudy.State.WAITING, LiftStudy.State.RUNNING))

    def done(self) -> "StudyQuerySet":
        return self.filter(state=LiftStudy.State.DONE)


class LiftStudy(models.Model):
    """One study of the clauses of a published version, over the first hand-over of each lead made
    `since` or later and before `until`. `only`: those that this version had judged; none: all."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to begin"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Stopped"
        FAILED = "failed", "Failed"

    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="studies")
    only = models.ForeignKey(
        DefinitionVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateTimeField()
    with_imported = models.BooleanField(default=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    error = models.TextField(blank=True)
    reached = models.BigIntegerField(default=0, help_text="The last lead that was looked at.")
    looked_at = models.PositiveBigIntegerField(default=0)
    to_look_at = models.PositiveBigIntegerField(default=0)
    leads_count = models.PositiveBigIntegerField(default=0, help_text="Hand-overs of the study.")
    seconds = models.FloatField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    leads_gone_at = models.DateTimeField(
        null=True, help_text="When the leads behind its figures were let go; what it found stays."
    )
    result = models.JSONField(null=True, blank=True, help_text="What was found, once it is done.")

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        verbose_name_plural = "lift studies"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="study_period_has_length"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(result__isnull=False),
                name="done_study_has_result",
            ),
        )

    def __str__(self) -> str:
        return f"Study of {self.version} asked on {self.asked_at:%Y-%m-%d}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def is_summing_up(self) -> bool:
        """Whether every lead is looked at, and what was found is still being worked out."""
        return self.state == self.State.RUNNING and self.looked_at >= self.to_look_at

    @property
    def stands(self) -> str:
        """What it does now, or how it ended, in words."""
        return "Summing up" if self.is_summing_up else self.get_state_display()

    @property
    def share(self) -> float:
        """How many of the leads are looked at, 0 to 100."""
        if self.state == self.State.DONE:
            return 100.0
        return min(100.0, 100 * self.looked_at / max(1, self.to_look_at))

    @property
    def first_day(self) -> dt.date:
        return self.since.astimezone(dt.UTC).date()

    @property
    def last_day(self) -> dt.date:
        """The day of the last moment in the period; days are those of UTC."""
        return (self.until - dt.timedelta(microseconds=1)).astimezone(dt.UTC).date()


class LiftLead(models.Model):
    """One hand-over of a study: what held of it, and what became of it.

    `counts`: by clause in the order of the study, in hundredths: 100 where a criterion holds or for
    a fresh touch; −1 where the clause is not for this lead. An outcome is null where it is not to
    be told yet; `…_days`: how long it took, where it came. `bands`: by outcome and by points, in
    which band of prospects it was judged. There are as many as leads, written by one statement, so
    there are no foreign keys to check row by row.
    """

    pk = models.CompositePrimaryKey("study", "lead")
    study = models.ForeignKey(
        LiftStudy, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    lead = models.ForeignKey(
        Lead, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    handoff = models.ForeignKey(
        Handoff, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()
    imported = models.BooleanField()
    rule = models.CharField(max_length=64)
    counts = ArrayField(models.SmallIntegerField())
    accepted = models.BooleanField(null=True)
    accepted_days = models.FloatField(null=True)
    opportunity = models.BooleanField(null=True)
    opportunity_days = models.FloatField(null=True)
    won = models.BooleanField(null=True)
    won_days = models.FloatField(null=True)
    bands = ArrayField(models.SmallIntegerField(null=True), null=True)

    class Meta:
        indexes = (models.Index(fields=("study", "made_at", "lead"), name="lift_lead_by_time"),)

    def __str__(self) -> str:
        return f"Hand-over {self.handoff_id}"


class LiftDraft(models.Model):
    """A draft that was made of a study's suggested points: the study is its evidence."""

    version = models.OneToOneField(
        DefinitionVersion, on_delete=models.CASCADE, related_name="lift", primary_key=True
    )
    study = models.ForeignKey(LiftStudy, on_delete=models.PROTECT, related_name="drafts")
    outcome = models.CharField(max_length=12)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return f"{self.version} from {self.study}"
