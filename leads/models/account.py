"""Companies, the domains that decide them, and what is being sold to them."""

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from handoff.models import SEERS, Membership, User


class AccountQuerySet(models.QuerySet["Account"]):
    """Companies by who may see them."""

    def visible_to(self, user: User) -> "AccountQuerySet":
        """All for marketing, managers, reviewers and administrators; for a rep those of which they
        or one of their teams were handed a lead."""
        if user.has_role(*SEERS):
            return self
        teams = Membership.objects.filter(user=user, active=True).values("team")
        mine = models.Q(leads__handoffs__owner=user) | models.Q(leads__handoffs__team__in=teams)
        return self.filter(pk__in=self.model._default_manager.filter(mine).values("pk"))


class Account(models.Model):
    """A company. A lead belongs to it by email domain, never by a guessed name."""

    name = models.TextField(blank=True)
    name_key = models.TextField(
        blank=True, editable=False, help_text="The name folded, without its legal form."
    )
    industry = models.TextField(blank=True)
    employees = models.FloatField(null=True, blank=True)
    country = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    customer = models.BooleanField(default=False)
    target = models.BooleanField(default=False)
    competitor = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes = (models.Index(fields=("name_key",), name="account_by_name_key"),)

    def __str__(self) -> str:
        return self.name or "Account without a name"


class AccountDomain(models.Model):
    """A registrable domain and the one account it stands for."""

    domain = models.CharField(max_length=253, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="domains")
    is_primary = models.BooleanField(default=False)

    class Meta:
        ordering = ("-is_primary", "domain")
        constraints = (
            models.UniqueConstraint(
                fields=("account",),
                condition=models.Q(is_primary=True),
                name="one_primary_domain_per_account",
            ),
        )

    def __str__(self) -> str:
        return self.domain


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    """Deals by who may see them and whether they are over."""

    def visible_to(self, user: User) -> "OpportunityQuerySet":
        """All for marketing, managers, reviewers and administrators; for a rep their own, and those
        of leads that they or one of their teams were handed."""
        return self if user.has_role(*SEERS) else self.handed_to(user.pk)

    def handed_to(self, person: int) -> "OpportunityQuerySet":
        """Those of a person (by primary key), or of leads handed to them or one of their teams."""
        teams = Membership.objects.filter(user=person, active=True).values("team")
        handoffs = apps.get_model("leads", "Handoff").objects
        mine = handoffs.filter(models.Q(owner=person) | models.Q(team__in=teams))
        return self.filter(models.Q(owner=person) | models.Q(lead__in=mine.values("lead")))

    def beside(self, viewer: int | None) -> "OpportunityQuerySet":
        """What a person (by primary key; None sees everything) may know of a company's deals: all
        of those they may see (`whole`), and of the others only that one is open and whose."""
        if viewer is None:
            return self.annotate(whole=models.Value(True, models.BooleanField()))
        theirs = self.model._default_manager.handed_to(viewer)
        whole = models.Exists(theirs.filter(pk=models.OuterRef("pk")).order_by())
        return self.annotate(whole=whole).filter(
            models.Q(whole=True) | models.Q(stage=Opportunity.Stage.OPEN)
        )

    def with_lead_seen_by(self, user: User) -> "OpportunityQuerySet":
        """Each with `lead_is_seen`: whether its lead is one that the person may open."""
        if user.has_role(*SEERS):
            return self.annotate(lead_is_seen=models.Value(True, models.BooleanField()))
        leads = apps.get_model("leads", "Lead").objects.handed_to(user.pk)
        return self.annotate(lead_is_seen=models.Exists(leads.filter(pk=models.OuterRef("lead"))))

    def open_first(self) -> "OpportunityQuerySet":
        """Open ones first, the newest first among them."""
        over = models.Case(models.When(stage=Opportunity.Stage.OPEN, then=0), default=1)
        return self.order_by(over, models.F("opened_at").desc(nulls_last=True), "pk")

    def closed(self) -> "OpportunityQuerySet":
        return self.exclude(stage=Opportunity.Stage.OPEN)


class Opportunity(models.Model):
    """A deal: as the CRM tells it, or as somebody enters it by hand."""

    class Stage(models.TextChoices):
        OPEN = "open", "Open"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    ref = models.CharField(max_length=200, unique=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="opportunities"
    )
    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.PROTECT, null=True, blank=True, related_name="opportunities"
    )
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="opportunities"
    )
    handoff = models.ForeignKey(
        "leads.Handoff",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The hand-over it came of.",
    )
    stage = models.CharField(max_length=4, choices=Stage, default=Stage.OPEN)
    step = models.CharField(
        max_length=80, blank=True, help_text="Where it stands in the sales pipeline, in own words."
    )
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    competitor = models.TextField(blank=True)
    objections = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    triggers = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    note = models.TextField(blank=True)
    told_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who said why it was won or lost.",
    )
    told_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "opportunities"
        ordering = ("-opened_at", "pk")
        indexes = (
            models.Index(fields=("-updated_at", "-id"), name="opportunity_by_change"),
            models.Index(
                fields=("closed_at",),
                condition=models.Q(closed_at__isnull=False),
                name="opportunity_by_closing",
            ),
            models.Index(
                fields=("-told_at",),
                condition=models.Q(told_at__isnull=False),
                name="opportunity_by_telling",
            ),
        )

    def __str__(self) -> str:
        return self.ref
