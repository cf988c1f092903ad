"""Companies and deals, as the CRM tells them."""

import re
from typing import Any

from django.http import HttpResponse
from ninja import Router

from handoff.models import ApiKey
from handoff.rules import fields
from leads.journey import dealing, outcomes
from leads.models import Account, Opportunity

from .answered import AccountAnswer, OpportunityAnswer
from .frame import Call, body_as, call, reply
from .openapi import takes
from .problems import Refusal
from .sent import AccountIn, OpportunityIn

HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")

router = Router(tags=["Accounts and opportunities"])


@router.put(
    "/accounts/{domain}",
    response=AccountAnswer,
    openapi_extra=takes(AccountIn),
    operation_id="put_account",
    summary="Add or change an account",
)
@call(ApiKey.Scope.LEADS)
def put_account(request: Call, domain: str) -> HttpResponse:
    """Say what is known of the company behind a domain. What is missing stays as it is."""
    _check_domain(domain, "domain")
    given = body_as(request, AccountIn).model_dump(exclude_unset=True)
    for place, alias in enumerate(given.get("aliases") or ()):
        _check_domain(alias, f"aliases[{place}]")
    account, _ = outcomes.upsert_account(
        domain, given, actor=None, at=request.at, by=request.caller.by
    )
    return reply(account_as_json(account))


@router.put(
    "/opportunities/{path:ref}",
    response=OpportunityAnswer,
    openapi_extra=takes(OpportunityIn),
    operation_id="put_opportunity",
    summary="Add or change an opportunity",
)
@call(ApiKey.Scope.LEADS)
def put_opportunity(request: Call, ref: str) -> HttpResponse:
    """Say how a deal stands. Won and lost flow back to the hand-overs it came from, and the leads
    of its company are judged again."""
    given = body_as(request, OpportunityIn).model_dump(exclude_unset=True)
    if given.get("account"):
        _check_domain(given["account"], "account")
    deal, _ = dealing.put_opportunity(
        ref,
        given,
        actor=None,
        at=request.at,
        by=request.caller.by,
        system=request.caller.name,
    )
    return reply(opportunity_as_json(deal))


def _check_domain(text: str, place: str) -> None:
    """Refuse with 422 what a company cannot have as its domain."""
    if not HOST.fullmatch(fields.normalise("domain", text) or ""):
        wrong = f"“{text[:100]}” is no domain of a company."
        raise Refusal(422, wrong, faults=[(place, wrong)])


def account_as_json(account: Account) -> dict[str, Any]:
    domains = list(account.domains.all())
    return {
        "id": account.pk,
        "domain": domains[0].domain if domains else None,
        "name": account.name or None,
        "industry": account.industry or None,
        "employees": account.employees,
        "country": account.country or None,
        "owner": account.owner.email if account.owner else None,
        "customer": account.customer,
        "target": account.target,
        "competitor": account.competitor,
        "aliases": [domain.domain for domain in domains[1:]],
    }


def opportunity_as_json(deal: Opportunity) -> dict[str, Any]:
    account = deal.account
    primary = account.domains.all().first() if account else None
    return {
        "id": deal.pk,
        "ref": deal.ref,
        "account": primary.domain if primary else None,
        "lead": deal.lead_id,
        "owner": deal.owner.email if deal.owner else None,
        "stage": deal.stage,
        "step": deal.step or None,
        "amount": float(deal.amount) if deal.amount is not None else None,
        "opened_at": deal.opened_at,
        "closed_at": deal.closed_at,
        "reason": deal.reason or None,
        "competitor": deal.competitor or None,
        "objections": deal.objections,
        "triggers": deal.triggers,
        "note": deal.note or None,
    }
