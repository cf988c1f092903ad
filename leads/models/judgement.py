"""What a definition said about a lead at a moment, and the facts it saw."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from handoff.models import DecideRule, DefinitionVersion, Reason, User

from .lead import Lead


class Facts(models.Model):
    """One column per catalogue field (`handoff.rules.fields`), as it was at `as_of`."""

    email = models.TextField(null=True)
    email_domain = models.TextField(null=True)
    free_mail = models.BooleanField(default=False)
    role = models.TextField(null=True)
    seniority = models.TextField(null=True)
    function = models.TextField(null=True)
    country = models.TextField(null=True)
    region = models.TextField(null=True)
    language = models.TextField(null=True)
    phone = models.TextField(null=True)
    company = models.TextField(null=True)
    product_interest = models.TextField(null=True)
    problem = models.TextField(null=True)
    timing = models.TextField(null=True)
    trigger = models.TextField(null=True)
    source = models.TextField(null=True)
    campaign = models.TextField(null=True)
    offer = models.TextField(null=True)
    landing_page = models.TextField(null=True)
    consent = models.BooleanField(null=True)
    industry = models.TextField(null=True)
    employees = models.FloatField(null=True)
    revenue = models.FloatField(null=True)
    funding_stage = models.TextField(null=True)
    customer = models.BooleanField(default=False)
    target = models.BooleanField(default=False)
    owned = models.BooleanField(default=False)
    open_opportunity = models.BooleanField(default=False)
    competitor = models.BooleanField(default=False)
    duplicate = models.BooleanField(default=False)
    reentry = models.BooleanField(default=False)
    submissions = models.FloatField(null=True)

    class Meta:
        abstract = True


class Judgement(Facts):
    """The outcome for one lead under one version. Never changed afterwards."""

    Status = DecideRule.Status

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="judgements", db_index=False
    )
    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateTimeField()
    judged_at = models.DateTimeField()
    motion = models.CharField(max_length=64, null=True)
    fit = models.FloatField()
    fit_parts = models.JSONField(default=dict)
    intent = models.FloatField()
    intent_parts = models.JSONField(default=dict)
    missing = ArrayField(models.CharField(max_length=64), default=list)
    status = models.CharField(max_length=20, choices=Status)
    rule = models.CharField(max_length=64)
    tier = models.CharField(max_length=64, null=True)
    reason = models.CharField(max_length=64, null=True)
    track = models.CharField(max_length=64, null=True)
    approve = models.BooleanField(default=False)
    routes = ArrayField(
        models.CharField(max_length=64),
        default=list,
        help_text="Routing rules that held, in order.",
    )

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("lead", "-id"), name="judgement_by_lead"),)

    def __str__(self) -> str:
        return f"{self.lead} {self.status} under {self.version}"


class Approval(models.Model):
    """A lead that waits for a marketing person before it may be handed over.

    `due_at` is the end of marketing's half, from the trigger. Judged again meanwhile it is renewed
    (`judgement`) or, where the lead is not to be handed over any more, withdrawn.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        ELSEWHERE = "elsewhere", "Sent elsewhere"
        WITHDRAWN = "withdrawn", "Withdrawn"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="approvals")
    judgement = models.ForeignKey(Judgement, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    historical = models.BooleanField(default=False)
    triggered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_to = models.CharField(
        max_length=80, blank=True, help_text="A team, a track, or the place itself."
    )
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("lead",),
                condition=models.Q(state="waiting"),
                name="one_waiting_approval_per_lead",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="elsewhere")
                | (models.Q(reason__isnull=False) & ~models.Q(sent_to="")),
                name="sent_elsewhere_says_where_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.lead}: {self.state}"
