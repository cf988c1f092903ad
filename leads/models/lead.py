"""The person who asked: one row for one human being, however often they come back."""

import re
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models.lookups import StartsWith

from handoff.models import SEERS, Membership, User

from .account import Account

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


COUNTRY_CODE = (
    r"^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(2[1-689]|3[578]|42|5[09]|6[7-9]|8[035789]|9[679])[0-9])"
)
"""How an international number begins (ITU-T E.164); no code is the beginning of another, so that
Python and PostgreSQL, which prefers the longest, read the same."""
FEWEST_DIGITS = 3
PHONE = re.compile(r"[+0-9 ()./-]+")

NATIONAL = models.Func(
    "phone",
    template=(
        f"ltrim(regexp_replace(regexp_replace(%(expressions)s, '{COUNTRY_CODE}', ''),"
        r" '\D', '', 'g'), '0')"
    ),
    output_field=models.TextField(),
)
"""A phone number's digits as dialled inside its country."""

BACKWARDS = models.Func(
    "phone",
    template=r"reverse(regexp_replace(%(expressions)s, '\D', '', 'g'))",
    output_field=models.TextField(),
)
"""A phone number's digits from the last to the first."""


class LeadQuerySet(models.QuerySet["Lead"]):
    """Leads by who may see them and what they are called."""

    def visible_to(self, user: User) -> "LeadQuerySet":
        """All for marketing, managers, reviewers and administrators; for a rep those that they or
        one of their teams were handed."""
        return self if user.has_role(*SEERS) else self.handed_to(user.pk)

    def handed_to(self, person: int) -> "LeadQuerySet":
        """Those that the person (by primary key) or one of their teams were handed."""
        teams = Membership.objects.filter(user=person, active=True).values("team")
        mine = models.Q(handoffs__owner=person) | models.Q(handoffs__team__in=teams)
        return self.filter(pk__in=self.model._default_manager.filter(mine).values("pk"))

    def search(self, text: str) -> "LeadQuerySet":
        """Leads with a word of their name, email, company or phone beginning with each word, in any
        order; and those whose phone number begins or ends with the digits, however it is
        written."""
        words = _words(text)
        if not words:
            return self
        query = " & ".join(f"{word}:*" for word in words)
        found = models.Q(search=SearchQuery(query, config="simple", search_type="raw"))
        digits = _digits(text)
        if digits:
            with_phone = ~models.Q(phone="")
            found |= with_phone & models.Q(StartsWith(NATIONAL, digits))
            found |= with_phone & models.Q(StartsWith(BACKWARDS, digits[::-1]))
        return self.filter(found)


def _digits(text: str) -> str:
    """The digits of what looks like a phone number, without what is dialled before the area: the
    country's code, and the zeros of a call abroad or at home. Empty for anything else."""
    number = text.strip()
    if not PHONE.fullmatch(number):
        return ""
    if number.startswith("00"):
        number = f"+{number[2:]}"
    bare = re.sub(COUNTRY_CODE, "", "".join(c for c in number if c in "+0123456789"))
    digits = "".join(c for c in bare if c.isdecimal()).lstrip("0")
    return digits if len(digits) >= FEWEST_DIGITS else ""


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


SEARCH_TEXT = (
    "to_tsvector('simple'::regconfig, translate("
    "coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(email, '')"
    " || ' ' || coalesce(company, '') || ' ' || coalesce(phone, ''), '@.+-_/<>&#', '          '))"
)
"""The words a lead is found by; punctuation separates words, and what looks like a tag is
none."""


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
                fields=("nurture_until",),
                condition=models.Q(nurture_until__isnull=False),
                name="lead_by_nurture_date",
            ),
            GinIndex(fields=("search",), name="lead_by_words"),
            models.Index(
                OpClass(NATIONAL, name="text_pattern_ops"),
                condition=~models.Q(phone=""),
                name="lead_by_phone_begin",
            ),
            models.Index(
                OpClass(BACKWARDS, name="text_pattern_ops"),
                condition=~models.Q(phone=""),
                name="lead_by_phone_end",
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
