"""What was known of a person or company before it was overwritten.

A new lead leaves no trace here and neither does a change of what the journey decides (judgement,
status, nurture): events tell those. Only an UPDATE that names a column below is looked at.

Of a webhook it is kept who changed where it goes and of what it is told; its secrets never, nor
whether it answers.
"""

from handoff.models.history import keep_changes_of, keep_what_was

from .account import Account, Opportunity
from .brief import Brief, Persona
from .campaign import Campaign, Offer, PageName
from .lead import Lead
from .text import TextTemplate
from .webhook import Webhook

PERSON = (
    "email",
    "first_name",
    "last_name",
    "phone",
    "role",
    "company",
    "domain",
    "country",
    "region",
    "language",
    "industry",
    "employees",
    "revenue",
    "funding_stage",
    "product_interest",
    "problem",
    "timing",
    "consent",
    "trigger",
    "source",
    "campaign",
    "offer",
    "landing_page",
    "answers",
    "unread",
    "provenance",
    "account",
    "merged_into",
)
COMPANY = ("name", "industry", "employees", "country", "owner", "customer", "target", "competitor")
DEAL = (
    "ref",
    "account",
    "lead",
    "owner",
    "stage",
    "step",
    "amount",
    "opened_at",
    "closed_at",
    "reason",
    "competitor",
    "objections",
    "triggers",
    "note",
)
WEBHOOK = (
    "form",
    "name",
    "url",
    "team",
    "responsible",
    "person",
    "only_in_hours",
    "kinds",
    "active",
    "off_because",
    "old_secret_until",
)

keep_what_was(Lead, PERSON)
keep_what_was(Account, COMPANY)
keep_changes_of(Opportunity, DEAL)
keep_changes_of(Webhook, WEBHOOK)
for _model in (Campaign, Offer, PageName, Persona, Brief, TextTemplate):
    _said = [f.name for f in _model._meta.concrete_fields if f.name not in ("id", "is_demo")]
    keep_changes_of(_model, _said)
