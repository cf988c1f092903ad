"""The person who asked: one row for one human being, however often they come back."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Left

from handoff.models import SEERS, Membership, User

from .account import Account
from .search import SEARCH_TEXT, Among, at_hand, backwards, indexed, national

INDEXED = 200
"""Characters of a campaign's, offer's or source's name that an index keeps; a name may be longer
than fits one."""

CONTEXT_FIELDS = (
    "role",
    "company",
    "product_interest",
    "problem",
    "timing",
    "trigger",
    "source",
    "campaign",
    "offer",
    "landing_page",
    "answers",
)
"""What the next person needs to know and a later enquiry may overwrite."""


class LeadQuerySet(models.QuerySet["Lead"]):
    """Leads by who may see them and what they are called."""

    def visible_to(self, user: User) -> "LeadQuerySet":
        """All for marketing, managers, reviewers and administrators; for a rep those that they or
        one of their teams were handed."""
        return self if user.has_role(*SEERS) else self.handed_to(user.pk)

    def handed_to(self, person: int) -> "LeadQuerySet":
        """Those that the person (by primary key) or one of their teams were handed."""
        handoffs = apps.get_model("leads", "Handoff")._default_manager
        teams = Membership.objects.filter(user=person, active=True).values("team")
        mine = handoffs.filter(models.Q(owner=person) | models.Q(team__in=teams))
        return self.filter(pk__in=mine.values("lead"))

    def nurtured(self) -> "LeadQuerySet":
        """Those in nurture now, on a track or none."""
        return self.filter(status="nurture", merged_into=None)

    def having(self, column: str, *values: str) -> "LeadQuerySet":
        """Those with one of `values`, none of them blank, in a column of text that an index keeps
        the beginning of."""
        begins = {value[:INDEXED] for value in values}
        rows = self.exclude(**{column: ""}).alias(begins=Left(column, INDEXED))
        return rows.filter(**{"begins__in": begins, f"{column}__in": set(values)})

    def search(self, text: str) -> "LeadQuerySet":
        """Those a text finds by a word, an email or a phone number, by index."""
        return self.filter(indexed(text))

    def among(self, ids: Iterable[int]) -> "LeadQuerySet":
        """Those with one of these primary keys, a few thousand at most."""
        return self.filter(Among(models.F("pk"), ids))

    def matching(self, text: str) -> "LeadQuerySet":
        """As `search`, asked of each row that is left: for few of them."""
        return self.filter(at_hand(text))


class Lead(models.Model):
    """What is known about a person. `provenance` says which kind of source each value came from.

    `source`, `campaign`, `offer` and `landing_page` are the latest; the `first_` columns are set
    once and the database refuses to change them.
    """

    email = models.CharField(max_length=320, unique=True, null=True, blank=True)
    email_domain = models.CharField(max_length=253, blank=True)
    free_mail = models.BooleanField(default=False)
    first_name = models.TextField(blank=True)
    last_name = models.TextField(blank=True)
    phone = models.CharField(max_length=100, blank=True)
    role = models.TextField(blank=True)
    seniority = models.CharField(max_length=32, blank=True)
    function = models.CharField(max_length=32, blank=True)
    company = models.TextField(blank=True)
    domain = models.CharField(max_length=253, blank=True)
    country = models.CharField(max_length=64, blank=True)
    region = models.TextField(blank=True)
    language = models.TextField(blank=True)
    industry = models.TextField(blank=True)
    employees = models.FloatField(null=True, blank=True)
    revenue = models.FloatField(null=True, blank=True)
    funding_stage = models.TextField(blank=True)
    product_interest = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    timing = models.TextField(blank=True)
    consent = models.BooleanField(null=True, blank=True)
    trigger = models.TextField(blank=True)
    source = models.TextField(blank=True)
    campaign = models.TextField(blank=True)
    offer = models.TextField(blank=True)
    landing_page = models.TextField(blank=True)
    answers = models.JSONField(default=dict, blank=True)
    unread = models.JSONField(
        default=dict, blank=True, help_text="Raw text of numbers that could not be read."
    )
    provenance = models.JSONField(default=dict, blank=True, editable=False)

    first_source = models.TextField(blank=True, editable=False)
    first_campaign = models.TextField(blank=True, editable=False)
    first_landing_page = models.TextField(blank=True, editable=False)
    first_seen_at = models.DateTimeField(editable=False)
    last_seen_at = models.DateTimeField(editable=False)

    account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    person_key = models.BigIntegerField(
        null=True, editable=False, help_text="Digest of name and company; finds duplicates."
    )
    judgement = models.ForeignKey(
        "leads.Judgement", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    status = models.CharField(max_length=20, blank=True, editable=False)
    nurture_track = models.CharField(max_length=64, blank=True)
    nurture_until = models.DateField(null=True, blank=True)
    nurture_reason = models.CharField(max_length=64, blank=True)
    nurture_since = models.DateTimeField(
        null=True, editable=False, help_text="When it was put there; empty where a rule did."
    )
    nurture_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    is_demo = models.BooleanField(default=False, editable=False)
    search = models.GeneratedField(
        expression=models.Func(template=SEARCH_TEXT, output_field=SearchVectorField()),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ("-last_seen_at", "-pk")
        indexes = (
            models.Index(fields=("phone",), condition=~models.Q(phone=""), name="lead_by_phone"),
            models.Index(
                fields=("person_key",),
                condition=models.Q(person_key__isnull=False),
                name="lead_by_person_key",
            ),
            models.Index(
                fields=("account",),
                condition=models.Q(account__isnull=False),
                name="lead_by_account",
            ),
            models.Index(fields=("-last_seen_at", "-id"), name="lead_by_last_seen"),
            models.Index(
                fields=("first_seen_at", "id"),
                include=("status", "merged_into"),
                name="lead_by_first_seen",
            ),
            models.Index(
                fields=("nurture_until",),
                condition=models.Q(nurture_until__isnull=False),
                name="lead_by_nurture_date",
            ),
            models.Index(
                fields=("nurture_track", "nurture_until", "id"),
                condition=models.Q(status="nurture", merged_into__isnull=True),
                name="lead_by_track",
            ),
            GinIndex(fields=("search",), name="lead_by_words"),
            models.Index(fields=("status", "-last_seen_at", "-id"), name="lead_by_status"),
            models.Index(fields=("country", "-last_seen_at", "-id"), name="lead_by_country"),
            models.Index(
                OpClass(national(), name="text_pattern_ops"),
                condition=~models.Q(phone=""),
                name="lead_by_phone_begin",
            ),
            models.Index(
                OpClass(backwards(), name="text_pattern_ops"),
                condition=~models.Q(phone=""),
                name="lead_by_phone_end",
            ),
            *(
                models.Index(
                    Left(name, INDEXED),
                    models.F("last_seen_at").desc(),
                    condition=~models.Q((name, "")),
                    name=f"lead_by_{name}",
                )
                for name in ("campaign", "offer", "source")
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def title(self) -> str:
        """Who this is in one line: name and company, as far as known."""
        who = self.name or self.email or self.phone or f"Lead {self.pk}"
        return f"{who}, {self.company}" if self.company else who

    def context(self) -> dict[str, Any]:
        """What travels with the lead when it is handed over, as it is now."""
        told = {name: getattr(self, name) for name in CONTEXT_FIELDS}
        return {name: value for name, value in told.items() if value not in ("", None, {})}


class ExternalId(models.Model):
    """What another system calls this lead."""

    system = models.CharField(max_length=100)
    external_id = models.CharField(max_length=200)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="external_ids")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("system", "external_id"), name="one_lead_per_external_id"
            ),
        )

    def __str__(self) -> str:
        return f"{self.system} {self.external_id}"


class MergeProposal(models.Model):
    """Two leads that are probably one person; a human being decides."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        MERGED = "merged", "Merged"
        DISMISSED = "dismissed", "Dismissed"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="merge_proposals")
    other = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("lead", "other"), name="one_proposal_per_pair"),
        )

    def __str__(self) -> str:
        return f"{self.lead} and {self.other}"
