"""What was known of a person or company before it was overwritten.

A new lead leaves no trace here and neither does a change of what the journey decides (judgement,
status, nurture): events tell those. Only an UPDATE that names a column below is looked at.
"""

from handoff.models.history import keep_what_was

from .account import Account
from .lead import Lead

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

keep_what_was(Lead, PERSON)
keep_what_was(Account, COMPANY)
