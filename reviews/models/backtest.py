"""A draft tried on the past: one run, and what it says of each lead beside what was said then."""

import datetime as dt

from django.db import models

from handoff.models import DecideRule, DefinitionVersion, User
from leads.models import Handoff, Judgement, Lead


class BacktestQuerySet(models.QuerySet["Backtest"]):
    """Runs by whether there is work left in them."""

    def unfinished(self) -> "BacktestQuerySet":
        return self.filter(state__in=(Backtest.State.WAITING, Backtest.State.RUNNING))

    def done(self) -> "BacktestQuerySet":
        return self.filter(state=Backtest.State.DONE)

    def alike(self, other: "Backtest") -> "BacktestQuerySet":
        """Runs that are done and answer the same question as another, of whatever version."""
        same = ("since", "until", "base", "with_imported")
        found = self.done().filter(**{name: getattr(other, name) for name in same})
        segment = {"segment": other.segment} if other.segment else {"segment__isnull": True}
        return found.filter(**segment).exclude(pk=other.pk)


class Backtest(models.Model):
    """One run. `document` is the draft as it was when the run was asked for, so that a run taken
    up again, or read later, is of one definition whatever became of the draft.

    `base` is the version that leads are judged by for comparison; none: what was decided then.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to begin"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Stopped"
        FAILED = "failed", "Failed"

    version = models.ForeignKey(
        DefinitionVersion, on_delete=models.CASCADE, related_name="backtests"
    )
    revision = models.PositiveIntegerField(help_text="The draft's revision that was tested.")
    document = models.JSONField()
    base = models.ForeignKey(
        DefinitionVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateTimeField()
    segment = models.JSONField(
        null=True,
        blank=True,
        help_text="Conditions, as a playbook file writes them. Empty: everybody.",
    )
    with_imported = models.BooleanField(
        default=True, help_text="Whether leads imported from the past count too."
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    error = models.TextField(blank=True)
    reached = models.BigIntegerField(default=0, help_text="The last lead that was looked at.")
    looked_at = models.PositiveBigIntegerField(default=0)
    to_look_at = models.PositiveBigIntegerField(default=0)
    leads_count = models.PositiveBigIntegerField(default=0, help_text="Leads judged again.")
    seconds = models.FloatField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True, help_text="Counts, once it is done.")

    objects = BacktestQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="backtest_period_has_length"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(result__isnull=False),
                name="done_backtest_has_result",
            ),
        )
        indexes = (
            models.Index(
                fields=("asked_at",),
                condition=models.Q(state__in=("waiting", "running")),
                name="backtest_unfinished",
            ),
        )

    def __str__(self) -> str:
        return f"Backtest of {self.version} from {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def was_name(self) -> str:
        """What the side it is compared with is called: “Then”, or the version."""
        return str(self.base) if self.base else "Then"

    @property
    def was_said(self) -> str:
        """The same within a sentence: “then”, “under v7”."""
        return f"under {self.base}" if self.base else "then"

    @property
    def may_go_on(self) -> bool:
        return self.state in (self.State.CANCELLED, self.State.FAILED)

    @property
    def is_stale(self) -> bool:
        """Whether the draft says something else by now."""
        return self.version.is_editable and self.version.revision != self.revision

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

    @property
    def weeks(self) -> float:
        return (self.until - self.since) / dt.timedelta(days=7)


class BacktestEvent(models.Model):
    """A run was stopped, taken up again, or failed by itself (then without an actor)."""

    class Kind(models.TextChoices):
        STOPPED = "stopped", "Stopped"
        RESUMED = "resumed", "Taken up again"
        FAILED = "failed", "Failed"

    backtest = models.ForeignKey(Backtest, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.actor}" if self.actor else "Failed"


class BacktestLead(models.Model):
    """One lead of a run: what was said (`was_`) and what the draft says (`would_`), of the same
    facts as of the same moment; and what became of it.

    There are as many as leads, written by one statement, so there are no foreign keys to check row
    by row; a lead that is erased afterwards is simply not found any more. `answer` is how sales
    answered the hand-over that followed, `outcome` how the deal stands; empty where there is none.
    """

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Accepted by sales"
        REJECTED = "rejected", "Rejected by sales"
        NO_RESPONSE = "no_response", "No response"
        WAITING = "waiting", "Not answered yet"

    pk = models.CompositePrimaryKey("backtest", "lead")
    backtest = models.ForeignKey(
        Backtest, on_delete=models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    lead = models.ForeignKey(
        Lead, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    judgement = models.ForeignKey(
        Judgement,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    handoff = models.ForeignKey(
        Handoff,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    as_of = models.DateTimeField()
    imported = models.BooleanField(
        default=False, help_text="Judged when its past was imported, on facts read then."
    )
    source = models.TextField(null=True)
    was_status = models.CharField(max_length=20, choices=DecideRule.Status)
    was_rule = models.CharField(max_length=64)
    was_tier = models.CharField(max_length=64, null=True)
    was_route = models.CharField(max_length=64, null=True)
    was_team = models.CharField(max_length=64, null=True)
    was_fit = models.FloatField()
    was_intent = models.FloatField()
    would_status = models.CharField(max_length=20, choices=DecideRule.Status)
    would_rule = models.CharField(max_length=64)
    would_tier = models.CharField(max_length=64, null=True)
    would_route = models.CharField(max_length=64, null=True)
    would_team = models.CharField(max_length=64, null=True)
    would_fit = models.FloatField()
    would_intent = models.FloatField()
    answer = models.CharField(max_length=12, choices=Answer, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=4, blank=True, help_text="open, won or lost.")

    class Meta:
        indexes = (
            models.Index(
                fields=("backtest", "was_status", "would_status", "lead"),
                name="backtest_lead_by_status",
            ),
            models.Index(
                fields=("backtest", "lead"),
                condition=models.Q(outcome="won"),
                name="backtest_lead_won",
            ),
            models.Index(
                fields=("backtest", "lead"),
                condition=models.Q(answer="rejected"),
                name="backtest_lead_rejected",
            ),
        )

    def __str__(self) -> str:
        return f"{self.was_status} → {self.would_status}"
