"""What the CRM says of companies. Deals, and what becomes of what was handed over: `dealing`.

Source: contracts.md §2, `PUT /accounts/{domain}`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from handoff import changes
from handoff.models import User
from handoff.rules import fields
from leads.models import Account, AccountDomain, Lead, Opportunity

from .naming import company_key
from .nurturing import reconsider_all
from .states import Invalid

ACCOUNT_TEXTS = ("name", "industry", "country")
ACCOUNT_FLAGS = ("customer", "target", "competitor")


def upsert_account(
    domain: str, data: Mapping[str, Any], *, actor: User | None, at: dt.datetime, by: str = ""
) -> tuple[Account, bool]:
    """Make or update the account of a domain; only keys that are given change it.

    Returns the account and whether it is new. Its leads are judged again. Raises Invalid.
    """
    primary = registrable(domain, "domain")
    values = _account_values(data)
    aliases = _aliases(data, primary)
    with changes.by(by), transaction.atomic():
        held = AccountDomain.objects.select_related("account").filter(domain=primary).first()
        account = held.account if held else Account()
        known = _known_of(account, values)
        for name, value in values.items():
            setattr(account, name, value)
        changed = held is None or known != _known_of(account, values)
        account.name_key = company_key(account.name)
        account.save()
        if held is None:
            AccountDomain.objects.create(domain=primary, account=account, is_primary=True)
        if aliases is not None:
            changed |= _set_aliases(account, aliases, given=values)
        adopt(account)
        _rejudge(account, at=at, changed=changed)
    return account, held is None


def _known_of(account: Account, names: Iterable[str]) -> list[Any]:
    return [getattr(account, name) for name in names]


def registrable(domain: Any, field: str) -> str:
    """The domain an account is known by. Raises Invalid for one that no company owns."""
    found = fields.normalise("domain", str(domain))
    if not found:
        raise Invalid(field, f"“{domain}” is no domain a company can own.")
    if fields.is_free_mail(found):
        raise Invalid(field, f"“{found}” gives mailboxes to anybody; it is no company.")
    return str(found)


def _account_values(data: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ACCOUNT_TEXTS:
        if name in data:
            values[name] = fields.normalise(name, data[name]) if name != "name" else data[name]
            values[name] = values[name] or ""
    for name in ACCOUNT_FLAGS:
        if data.get(name) is not None:
            if not isinstance(data[name], bool):
                raise Invalid(name, f"“{name}” is true or false.")
            values[name] = data[name]
    if "employees" in data:
        values["employees"] = fields.normalise("employees", data["employees"])
    if "owner" in data:
        values["owner"] = person(data["owner"], "owner")
    return values


def person(email: Any, field: str) -> User | None:
    """The person of an address; None for none. Raises Invalid for one that is unknown."""
    if not email:
        return None
    user = User.objects.filter(email=str(email).strip().lower()).first()
    if user is None:
        raise Invalid(field, f"Nobody here has the address “{email}”.")
    return user


def _aliases(data: Mapping[str, Any], primary: str) -> set[str] | None:
    if data.get("aliases") is None:
        return None
    if not isinstance(data["aliases"], list):
        raise Invalid("aliases", "“aliases” is a list of domains.")
    return {registrable(alias, "aliases") for alias in data["aliases"]} - {primary}


def _set_aliases(account: Account, aliases: set[str], *, given: Mapping[str, Any]) -> bool:
    """Make these the further domains of the account; whether that changes anything."""
    before = set(account.domains.filter(is_primary=False).values_list("domain", flat=True))
    taken = AccountDomain.objects.filter(domain__in=aliases).exclude(account=account)
    for held in taken.select_related("account"):
        if held.account.domains.count() > 1:
            raise Invalid("aliases", f"“{held.domain}” is a domain of another company already.")
        _join(held.account, into=account, given=given)
    account.domains.filter(is_primary=False).exclude(domain__in=aliases).delete()
    try:
        AccountDomain.objects.bulk_create(
            [AccountDomain(domain=alias, account=account) for alias in aliases],
            ignore_conflicts=True,
        )
    except IntegrityError as error:
        raise Invalid("aliases", "Another account took one of these domains just now.") from error
    return before != aliases


def _join(other: Account, *, into: Account, given: Mapping[str, Any]) -> None:
    """Another account of one domain only becomes part of this one.

    What was known of it stays known, where this one and what is `given` now say nothing.
    """
    for name in (*ACCOUNT_TEXTS, *ACCOUNT_FLAGS, "employees", "owner"):
        if name not in given and not getattr(into, name):
            setattr(into, name, getattr(other, name))
    into.name_key = company_key(into.name)
    into.save()
    AccountDomain.objects.filter(account=other).update(account=into, is_primary=False)
    Lead.objects.filter(account=other).update(account=into)
    Opportunity.objects.filter(account=other).update(account=into)
    other.delete()


def adopt(account: Account) -> None:
    """Leads of the account's domains that came before it belong to it now."""
    domains = list(account.domains.values_list("domain", flat=True))
    Lead.objects.filter(domain__in=domains, account=None).update(account=account)


def _rejudge(account: Account, *, at: dt.datetime, changed: bool) -> None:
    """A changed fact is new evidence for those of the account's leads that it tells something."""
    leads = Lead.objects.filter(account=account)
    reconsider_all(leads, at=at, evidence_at=at if changed else None, why="the account changed")
