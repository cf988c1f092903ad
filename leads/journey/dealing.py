"""Deals: as the CRM tells them or as they are entered by hand, and what they say of what was handed
over.

Source: contracts.md §2, `PUT /opportunities/{ref}`; features F3, F4. `record_opportunity` writes a
deal and lets its outcome flow; `put_opportunity` also judges again whom it tells something new.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from handoff import changes, statements, words
from handoff.models import OVERSEERS, User
from handoff.rules import fields
from leads.models import Account, AccountDomain, Event, ExternalId, Handoff, Lead, Opportunity

from . import responding
from .nurturing import reconsider_all
from .outcomes import adopt, person, registrable
from .recording import Happening, record
from .states import Invalid

WORDS = ("objections", "triggers")
TOLD = (*WORDS, "reason", "competitor", "note")
"""What says why a deal was won or lost."""

LOCK_SPACE = 0x0DEA1
LONGEST_WORD = 120
MOST_WORDS = 20


class Facts(NamedTuple):
    """What of a deal other leads of its company are judged by."""

    stage: str = ""
    lead_id: int | None = None
    account_id: int | None = None
    opened_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None


def put_opportunity(
    ref: str,
    data: Mapping[str, Any],
    *,
    actor: User | None,
    at: dt.datetime,
    by: str = "",
    system: str = "",
) -> tuple[Opportunity, bool]:
    """As `record_opportunity`; the leads of the company are judged again.

    That a deal was opened or is over is new evidence for the others of the company, as old as the
    deal's own day; for the deal's own lead it is no news.
    """
    with changes.by(by), transaction.atomic():
        before = facts_of(_locked(ref))
        deal, created = record_opportunity(ref, data, actor=actor, at=at, by=by, system=system)
        after = facts_of(deal)
        if after != before:
            _judge_again(deal, before, after, at=at)
    return deal, created


def _locked(ref: str) -> Opportunity | None:
    """The deal of this name, if any; nobody else writes or makes it until the transaction ends."""
    statements.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, ref])
    return Opportunity.objects.select_for_update().filter(ref=ref).first()


def facts_of(deal: Opportunity | None) -> Facts:
    """See Facts; all empty for none."""
    if deal is None:
        return Facts()
    return Facts(*(getattr(deal, name) for name in Facts._fields))


def _judge_again(deal: Opportunity, before: Facts, after: Facts, *, at: dt.datetime) -> None:
    accounts = {before.account_id, after.account_id} - {None}
    own = {before.lead_id, after.lead_id} - {None}
    told = deal.opened_at if deal.stage == Opportunity.Stage.OPEN else deal.closed_at
    reconsider_all(
        Lead.objects.filter(Q(account__in=accounts) | Q(pk__in=own)),
        at=at,
        evidence_at=min(told or at, at),
        why="an opportunity changed",
        spared={lead_id for lead_id in own if lead_id is not None},
    )


def record_opportunity(
    ref: str,
    data: Mapping[str, Any],
    *,
    actor: User | None,
    at: dt.datetime,
    by: str = "",
    system: str = "",
) -> tuple[Opportunity, bool]:
    """Make or update a deal; only keys that are given change it. The outcome flows to the
    hand-overs it came of. Returns the deal and whether it is new. Raises Invalid.

    Won and lost are over now: a day of closing that is still to come, as CRMs expect one of open
    deals, becomes `at`.
    """
    with changes.by(by), transaction.atomic():
        deal = _locked(ref)
        created = deal is None
        deal = deal or Opportunity(ref=ref, opened_at=at)
        before = (deal.stage, deal.lead_id) if not created else None
        _fill(deal, data, system=system)
        if deal.stage == Opportunity.Stage.OPEN and data.get("closed_at") is None:
            deal.closed_at = None
        if deal.stage != Opportunity.Stage.OPEN:
            deal.closed_at = min(deal.closed_at or at, at)
        if any(data.get(name) for name in TOLD):
            deal.told_by, deal.told_at = actor, at
        if (deal.stage, deal.lead_id) != before:
            _flow(deal, None if before is None else before[1], actor=actor, at=at, by=by)
        deal.save()
    return deal, created


def check(ref: str, data: Mapping[str, Any], *, system: str) -> None:
    """Raises Invalid where `record_opportunity` would. Reads only: nothing is written or locked."""
    deal = Opportunity.objects.filter(ref=ref).first() or Opportunity(ref=ref)
    _fill(deal, {**data, "account": None}, system=system)
    if data.get("account"):
        registrable(data["account"], "account")


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
            setattr(deal, name, moment_of(data[name], name))
    for name in WORDS:
        if data.get(name) is not None:
            setattr(deal, name, words_of(data[name], name))
    for name in ("reason", "competitor", "note"):
        if data.get(name) is not None:
            setattr(deal, name, str(data[name]))
    if data.get("step") is not None:
        deal.step = str(data["step"]).strip()
        if len(deal.step) > 80:
            raise Invalid("step", "A step has at most 80 characters.")


def words_of(given: Any, name: str) -> list[str]:
    """What was said in a few words each: a list, or a text with semicolons between them. Raises
    Invalid where one is long."""
    parts = list(given) if isinstance(given, list | tuple) else str(given).split(";")
    found = {text.casefold(): text for part in parts if (text := " ".join(str(part).split()))}
    if len(found) > MOST_WORDS:
        raise Invalid(name, f"Say at most {MOST_WORDS}.")
    for text in found.values():
        if len(text) > LONGEST_WORD:
            raise Invalid(name, f"“{text[:40]}…” is long; the rest belongs into the note.")
    return list(found.values())


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
    primary = registrable(domain, "account")
    held = AccountDomain.objects.select_related("account").filter(domain=primary).first()
    if held is not None:
        return held.account
    account = Account.objects.create()
    AccountDomain.objects.create(domain=primary, account=account, is_primary=True)
    adopt(account)
    return account


def _amount(value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**16:
        return value.quantize(Decimal("0.01"))
    number = fields.normalise("revenue", value)
    if number is None or abs(number) >= 10**16:
        raise Invalid("amount", f"“{value}” is no amount of money.")
    return Decimal(str(number)).quantize(Decimal("0.01"))


def moment_of(value: Any, name: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(name, f"“{name}” is a time such as 2026-03-31T14:00:00Z.") from error
    if not 1990 <= moment.year <= 9998:
        raise Invalid(name, f"“{name}” is between 1990 and 9998.")
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _locked_with_company(lead_id: int, account_id: int | None) -> Lead:
    """A deal's lead; it and all of the deal's company locked in the order in which they are judged
    again, so that two deals of one company do not wait for each other."""
    theirs = Q(pk=lead_id)
    if account_id is not None:
        theirs |= Q(account=account_id)
    locked = Lead.objects.filter(theirs).order_by("pk").select_for_update(no_key=True)
    list(locked.values_list("pk"))
    return Lead.objects.get(pk=lead_id)


def _flow(
    deal: Opportunity,
    lead_before: int | None,
    *,
    actor: User | None,
    at: dt.datetime,
    by: str,
) -> None:
    """Let the outcome reach the hand-overs at every step of the round the deal came of."""
    if lead_before is not None and lead_before != deal.lead_id:
        _take_back(deal, lead_before)
    if deal.lead_id is None:
        deal.handoff = None
        return
    lead = _locked_with_company(deal.lead_id, deal.account_id)
    if deal.handoff is None or deal.handoff.lead_id != lead.pk:
        deal.handoff = Handoff.objects.filter(lead=lead).order_by("-pk").first()
    moment = (deal.closed_at if deal.stage != Opportunity.Stage.OPEN else deal.opened_at) or at
    if deal.handoff is not None:
        reached_by(deal.handoff).update(outcome=deal.stage, outcome_at=moment)
    body = {
        "ref": deal.ref,
        "stage": deal.stage,
        "amount": deal.amount,
        "reason": deal.reason,
        "competitor": deal.competitor,
        "sentence": sentence_of(deal),
    }
    handoff_id = deal.handoff_id
    record([Happening(lead.pk, Event.Kind.OUTCOME, at, handoff_id, actor, by, body)])


def reached_by(handoff: Handoff) -> QuerySet[Handoff]:
    """The hand-overs that what became of one is told of: itself, and the last of each other step
    of the same round, from the same trigger on."""
    others = Handoff.objects.filter(lead=handoff.lead_id, triggered_at=handoff.triggered_at)
    others = others.exclude(step=handoff.step).exclude(state=Handoff.State.REJECTED)
    last = others.order_by("step", "-pk").distinct("step").values("pk")
    return Handoff.objects.filter(Q(pk=handoff.pk) | Q(pk__in=last))


def _take_back(deal: Opportunity, lead_id: int) -> None:
    """The deal is another lead's: its hand-overs here have no outcome, unless of another deal."""
    others = Opportunity.objects.filter(lead=lead_id, handoff__isnull=False).exclude(pk=deal.pk)
    if deal.handoff is not None and not others.filter(handoff=deal.handoff).exists():
        reached_by(deal.handoff).update(outcome="", outcome_at=None)


def sentence_of(deal: Opportunity) -> str:
    """How the timeline tells what became of a deal."""
    said = {
        Opportunity.Stage.OPEN: "Opportunity opened",
        Opportunity.Stage.WON: "Opportunity won",
        Opportunity.Stage.LOST: "Opportunity lost",
    }[Opportunity.Stage(deal.stage)]
    amount = f", {words.money(deal.amount, settings.CURRENCY)}" if deal.amount is not None else ""
    to = (
        f" to {deal.competitor}" if deal.stage == Opportunity.Stage.LOST and deal.competitor else ""
    )
    return f"{said}{to} ({deal.ref}{amount})"


def known_words(name: str, *, most: int = 24) -> list[str]:
    """What was said lately as `objections`, `triggers` or `competitor`, most often first."""
    told = Opportunity.objects.filter(told_at__isnull=False).order_by("-told_at", "-pk")
    counted: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for said in told.values_list(name, flat=True)[:1000]:
        for text in said if isinstance(said, list) else [said]:
            if text:
                key = spelled.setdefault(text.casefold(), text)
                counted[key] = counted.get(key, 0) + 1
    return sorted(counted, key=lambda text: (-counted[text], text))[:most]


def may_change(deal: Opportunity, user: User) -> bool:
    """Whether a person may say how a deal stands: its owner, those whose lead it is, and those who
    look after everybody's."""
    if user.has_role(*OVERSEERS):
        return True
    return Opportunity.objects.filter(pk=deal.pk).handed_to(user.pk).exists()


def next_ref(lead: Lead) -> str:
    """What the next opportunity of a lead is called until somebody says otherwise."""
    return f"L{lead.pk}-{Opportunity.objects.filter(lead=lead).count() + 1}"


def open_by_hand(
    lead_id: int,
    ref: str,
    data: Mapping[str, Any],
    *,
    converts: int | None,
    actor: User,
    at: dt.datetime,
) -> Opportunity:
    """Open an opportunity of a lead. `converts`: the accepted hand-over that ends with it. Raises
    Invalid for a number that is taken, and what `responding.dispose` raises."""
    with transaction.atomic():
        if _locked(ref) is not None:
            raise Invalid("ref", f"There is an opportunity “{ref}” already.")
        Lead.objects.select_for_update(no_key=True).get(pk=lead_id)
        if converts is not None:
            disposition = Handoff.Disposition.CONVERTED.value
            responding.dispose(converts, disposition=disposition, actor=actor, at=at)
        deal, _ = put_opportunity(ref, {**data, "lead": lead_id}, actor=actor, at=at)
    return deal
