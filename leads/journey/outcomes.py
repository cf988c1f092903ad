"""What the CRM says: companies, deals, and what became of what was handed over.

Source: contracts.md §2, `PUT /accounts/{domain}` and `PUT /opportunities/{ref}`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from handoff import changes
from handoff.models import User
from handoff.rules import fields
from leads.models import Account, AccountDomain, Event, ExternalId, Handoff, Lead, Opportunity

from .naming import company_key
from .nurturing import reconsider
from .recording import Happening, record
from .states import Invalid

ACCOUNT_TEXTS = ("name", "industry", "country")
ACCOUNT_FLAGS = ("customer", "target", "competitor")
REJUDGED = 500


def upsert_account(
    domain: str, data: Mapping[str, Any], *, actor: User | None, at: dt.datetime, by: str = ""
) -> tuple[Account, bool]:
    """Make or update the account of a domain; only keys that are given change it.

    Returns the account and whether it is new. Its leads are judged again. Raises Invalid.
    """
    registrable = _registrable(domain, "domain")
    values = _account_values(data)
    aliases = _aliases(data, registrable)
    with changes.by(by), transaction.atomic():
        held = AccountDomain.objects.select_related("account").filter(domain=registrable).first()
        account = held.account if held else Account()
        known = _known_of(account, values)
        for name, value in values.items():
            setattr(account, name, value)
        changed = held is None or known != _known_of(account, values)
        account.name_key = company_key(account.name)
        account.save()
        if held is None:
            AccountDomain.objects.create(domain=registrable, account=account, is_primary=True)
        if aliases is not None:
            changed |= _set_aliases(account, aliases, given=values)
        _adopt(account)
        _rejudge(account, at=at, changed=changed)
    return account, held is None


def _known_of(account: Account, names: Iterable[str]) -> list[Any]:
    return [getattr(account, name) for name in names]


def _registrable(domain: Any, field: str) -> str:
    """The domain an account is known by. Raises Invalid for one that no company owns."""
    registrable = fields.normalise("domain", str(domain))
    if not registrable:
        raise Invalid(field, f"“{domain}” is no domain a company can own.")
    if fields.is_free_mail(registrable):
        raise Invalid(field, f"“{registrable}” gives mailboxes to anybody; it is no company.")
    return str(registrable)


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
    return {_registrable(alias, "aliases") for alias in data["aliases"]} - {primary}


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


def _adopt(account: Account) -> None:
    """Leads of the account's domains that came before it belong to it now."""
    domains = list(account.domains.values_list("domain", flat=True))
    Lead.objects.filter(domain__in=domains, account=None).update(account=account)


def _rejudge(account: Account, *, at: dt.datetime, changed: bool) -> None:
    """A changed fact is new evidence for those of the account's leads that it tells something."""
    locked = Lead.objects.filter(account=account, merged_into=None).order_by("-last_seen_at")
    ids = sorted(locked.values_list("pk", flat=True)[:REJUDGED])
    list(Lead.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").only("pk"))
    evidence_at = at if changed else None
    why = "the account changed"
    reconsider(ids, at=at, evidence_at=evidence_at, why=why, keep_unchanged=False)


def record_opportunity(
    ref: str,
    data: Mapping[str, Any],
    *,
    actor: User | None,
    at: dt.datetime,
    by: str = "",
    system: str = "",
) -> tuple[Opportunity, bool]:
    """Make or update a deal; only keys that are given change it. The outcome flows to the latest
    hand-over of its lead. Returns the deal and whether it is new. Raises Invalid.

    Won and lost are over now: a day of closing that is still to come, as CRMs expect one of open
    deals, becomes `at`.
    """
    with transaction.atomic():
        deal = Opportunity.objects.select_for_update().filter(ref=ref).first()
        created = deal is None
        deal = deal or Opportunity(ref=ref, opened_at=at)
        before = (deal.stage, deal.lead_id) if not created else None
        _fill(deal, data, system=system)
        if deal.stage == Opportunity.Stage.OPEN and data.get("closed_at") is None:
            deal.closed_at = None
        if deal.stage != Opportunity.Stage.OPEN:
            deal.closed_at = min(deal.closed_at or at, at)
        deal.save()
        if deal.lead_id is not None:
            lead = Lead.objects.select_for_update(no_key=True).get(pk=deal.lead_id)
            if (deal.stage, deal.lead_id) != before:
                _flow(deal, lead, actor=actor, at=at, by=by)
    return deal, created


def _fill(deal: Opportunity, data: Mapping[str, Any], *, system: str) -> None:
    if "stage" in data:
        if data["stage"] not in Opportunity.Stage.values:
            raise Invalid("stage", "“stage” is open, won or lost.")
        deal.stage = data["stage"]
    if "lead" in data:
        deal.lead = lead_of(data["lead"], system=system)
    if "account" in data:
        deal.account = _account_of(data["account"])
    elif deal.account is None and deal.lead is not None:
        deal.account = deal.lead.account
    if "owner" in data:
        deal.owner = person(data["owner"], "owner")
    if "amount" in data:
        deal.amount = _amount(data["amount"])
    for name in ("opened_at", "closed_at"):
        if data.get(name) is not None:
            setattr(deal, name, _moment(data[name], name))
    for name in ("reason", "competitor", "note"):
        if data.get(name) is not None:
            setattr(deal, name, str(data[name]))


def lead_of(name: Any, *, system: str) -> Lead | None:
    """A lead by id, email or external id; None for none. Raises Invalid for an unknown one.

    A text that is the caller's own external id is that, whatever id it may look like.
    """
    if name is None or name == "":
        return None
    text = str(name)
    held = ExternalId.objects.filter(external_id=text).select_related("lead")
    lead = None
    if isinstance(name, str) and (own := held.filter(system=system).first()):
        lead = own.lead
    if lead is None and text.isascii() and text.isdigit() and int(text) < 2**63:
        lead = Lead.objects.filter(pk=int(text)).first()
    if lead is None and "@" in text:
        lead = Lead.objects.filter(email=fields.normalise("email", text)).first()
    if lead is None:
        found = held.filter(system=system).first() or held.order_by("pk").first()
        lead = found.lead if found else None
    if lead is None:
        raise Invalid("lead", f"There is no lead “{name}”.")
    return lead.merged_into or lead


def _account_of(domain: Any) -> Account | None:
    """The account of a domain, made at first sight, as it is of a lead."""
    if not domain:
        return None
    registrable = _registrable(domain, "account")
    held = AccountDomain.objects.select_related("account").filter(domain=registrable).first()
    if held is not None:
        return held.account
    account = Account.objects.create()
    AccountDomain.objects.create(domain=registrable, account=account, is_primary=True)
    _adopt(account)
    return account


def _amount(value: Any) -> Decimal | None:
    if value is None:
        return None
    number = fields.normalise("revenue", value)
    if number is None or abs(number) >= 10**16:
        raise Invalid("amount", f"“{value}” is no amount of money.")
    return Decimal(str(number)).quantize(Decimal("0.01"))


def _moment(value: Any, name: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(name, f"“{name}” is a time such as 2026-03-31T14:00:00Z.") from error
    if not 1990 <= moment.year <= 9998:
        raise Invalid(name, f"“{name}” is between 1990 and 9998.")
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _flow(deal: Opportunity, lead: Lead, *, actor: User | None, at: dt.datetime, by: str) -> None:
    handoff = Handoff.objects.filter(lead=lead).order_by("-pk").first()
    moment = (deal.closed_at if deal.stage != Opportunity.Stage.OPEN else deal.opened_at) or at
    if handoff is not None:
        Handoff.objects.filter(pk=handoff.pk).update(outcome=deal.stage, outcome_at=moment)
    body = {
        "ref": deal.ref,
        "stage": deal.stage,
        "amount": deal.amount,
        "reason": deal.reason,
        "competitor": deal.competitor,
    }
    record(
        [
            Happening(
                lead.pk,
                Event.Kind.OUTCOME,
                at,
                handoff.pk if handoff else None,
                actor,
                by,
                body,
            )
        ]
    )
