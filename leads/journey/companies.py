"""The company of an enquiry, decided by domain, never by a name that looks alike."""

import datetime as dt
import functools
from collections.abc import Collection, Mapping

from handoff import statements
from handoff.rules import fields

from .naming import company_key
from .reading import Enquiry

MAKE = """
WITH given AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::boolean[])
        AS given(domain, name, name_key, is_demo)
), claimed AS (
    INSERT INTO leads_accountdomain (domain, account_id, is_primary)
    SELECT domain, nextval('leads_account_id_seq'), true FROM given ORDER BY domain
    ON CONFLICT (domain) DO NOTHING RETURNING domain, account_id
), made AS (
    INSERT INTO leads_account (id, name, name_key, industry, country, customer, target,
        competitor, is_demo, created_at)
    SELECT claimed.account_id, name, name_key, '', '', false, false, false, is_demo, %s
    FROM claimed JOIN given USING (domain)
)
SELECT domain, account_id FROM claimed"""


@functools.lru_cache(maxsize=16384)
def business_domain(host: str) -> str:
    """The registrable domain of a company's host; "" for free mail and what nobody can register."""
    found = fields.domain(host) if host else ""
    top = found.rpartition(".")[2]
    if top.isdigit() or fields.is_free_mail(found) or not fields.SUFFIXES.privatesuffix(found):
        return ""
    return found


def domains_of(enquiry: Enquiry) -> tuple[str, ...]:
    """Domains that may decide the company, the given one first; free mail decides none."""
    found = [business_domain(enquiry.values.get("domain", ""))]
    if enquiry.email:
        found.append(business_domain(enquiry.email.rpartition("@")[2]))
    return tuple(dict.fromkeys(domain for domain in found if domain))


def account_of(enquiry: Enquiry, accounts: Mapping[str, int]) -> tuple[int | None, str]:
    """The account, and the domain that decided it, among known domains."""
    for domain in domains_of(enquiry):
        if domain in accounts:
            return accounts[domain], domain
    return None, ""


def make_accounts(
    names: Mapping[str, str], *, demo: Collection[str], at: dt.datetime
) -> dict[str, int]:
    """Accounts for domains seen for the first time, named as typed; account ids by domain.

    Where another transaction was quicker its account is taken.
    """
    domains = sorted(names)
    made = dict(
        statements.fetch(
            MAKE,
            [
                domains,
                [names[domain] for domain in domains],
                [company_key(names[domain]) for domain in domains],
                [domain in demo for domain in domains],
                at,
            ],
        )
    )
    if len(made) < len(domains):
        made |= dict(
            statements.fetch(
                "SELECT domain, account_id FROM leads_accountdomain WHERE domain = ANY(%s)",
                [[domain for domain in domains if domain not in made]],
            )
        )
    return made
