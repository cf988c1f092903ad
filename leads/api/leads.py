"""Leads sent by other systems, and what is known of one."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Router

from handoff.models import ApiKey
from leads.journey import Envelope, Outcome, receive
from leads.journey.intake import Refused, understand
from leads.journey.outcome import DUE, shown
from leads.models import Delivery, Handoff, Judgement, Lead

from .answered import BulkAnswer, LeadAnswer, LeadDetail
from .evidence import lead_as_json, lead_with_evidence
from .frame import BULK, Call, call, open_body, reply
from .openapi import takes
from .problems import Fault, Refusal, document
from .rendering import as_json, with_parts
from .sent import LeadIn, LeadsIn

MOST = 1000
BIGGEST_ID = 2**63 - 1
NOT_JUDGED: dict[str, Any] = {
    "lead": None,
    "handoff": None,
    "status": None,
    "rule": None,
    "fit": None,
    "fit_parts": None,
    "intent": None,
    "intent_parts": None,
    "motion": None,
    "missing": [],
    "tier": None,
    "route": None,
    "owner": None,
    "team": None,
    "queue": None,
    "due": None,
    "definition": None,
    "reentry": False,
}

router = Router(tags=["Leads"])


@router.post(
    "/leads",
    response={201: LeadAnswer, 202: LeadAnswer},
    openapi_extra=takes(LeadIn),
    operation_id="post_lead",
    summary="Send a lead",
)
@call(ApiKey.Scope.LEADS, keep=Delivery.Kind.LEAD)
def post_lead(request: Call) -> HttpResponse:
    """Store a lead, then judge and hand it over. 201 also for somebody who is known already.

    202: it is stored and will be judged soon. A lead that is refused is in quarantine.
    """
    payload = open_body(request)
    (outcome,) = receive([_envelope(request, payload, request.seed)], at=request.at)
    if outcome.state == Delivery.State.QUARANTINED:
        detail, faults = _faults(outcome, payload, request.at)
        raise Refusal(422, detail, faults=faults)
    return reply(_answer(outcome), 201 if outcome.state == Delivery.State.DONE else 202)


@router.post(
    "/leads/bulk",
    response=BulkAnswer,
    openapi_extra=takes(LeadsIn),
    operation_id="post_leads",
    summary="Send many leads",
)
@call(ApiKey.Scope.LEADS, limit=BULK, keep=Delivery.Kind.LEAD)
def post_leads(request: Call) -> HttpResponse:
    """Send up to 1000 leads. One answer or one problem for each, in order."""
    payloads = rows_of(open_body(request), "leads")
    envelopes = [
        _envelope(request, payload, f"{request.seed}-{place}")
        for place, payload in enumerate(payloads)
    ]
    outcomes = receive(envelopes, at=request.at) if envelopes else []
    results = [
        document(422, *_faults(outcome, payload, request.at))
        if outcome.state == Delivery.State.QUARANTINED
        else _answer(outcome)
        for outcome, payload in zip(outcomes, payloads, strict=True)
    ]
    return reply({"results": results})


@router.get(
    "/leads/{int:lead_id}",
    response=LeadDetail,
    operation_id="get_lead",
    summary="Everything known of a lead",
)
@call(ApiKey.Scope.READ)
def get_lead(request: Call, lead_id: int) -> HttpResponse:
    """A lead with its touchpoints, judgements, hand-overs, clocks with receipts, history, and why
    it was judged and given as it was."""
    lead = lead_with_evidence(lead_id) if lead_id <= BIGGEST_ID else None
    if lead is None:
        raise Refusal(404, f"There is no lead {str(lead_id)[:20]}.")
    return reply(lead_as_json(lead))


def rows_of(body: Any, name: str) -> list[Any]:
    """The list `name` of a body. Refuses, and keeps, a body without it, or with too many rows."""
    rows = body.get(name) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        wrong = f"The body must be an object with a list “{name}”."
        raise Refusal(422, wrong, faults=[(name, wrong)], keep=True)
    if len(rows) > MOST:
        wrong = f"At most {MOST} rows can be sent at once; these are {len(rows)}."
        raise Refusal(422, wrong, faults=[(name, wrong)], keep=True)
    return rows


def _envelope(request: Call, payload: Any, key: str) -> Envelope:
    return Envelope(
        source=request.caller.name,
        key=key,
        payload=payload,
        channel=Delivery.Channel.API,
        api_key_id=request.caller.key_id,
    )


def _faults(outcome: Outcome, payload: Any, at: dt.datetime) -> tuple[str, Sequence[Fault]]:
    """What is wrong with a lead that went to quarantine, and where."""
    try:
        understand(payload, received_at=at)
    except Refused as error:
        return str(error), [(problem.place, problem.message) for problem in error.problems]
    return outcome.error or "This lead could not be taken in; it is in quarantine.", ()


def _answer(outcome: Outcome) -> dict[str, Any]:
    if outcome.judged is not None:
        return outcome.as_answer()
    if outcome.state == Delivery.State.DONE and outcome.lead_id is not None:
        return _standing_answer(outcome.lead_id)
    return {**NOT_JUDGED, "lead": outcome.lead_id}


def _standing_answer(lead_id: int) -> dict[str, Any]:
    """How a lead stands that an earlier try of the same call had taken in."""
    lead = Lead.objects.get(pk=lead_id)
    judgement = Judgement.objects.select_related("version").filter(lead=lead_id).first()
    if judgement is None:
        return {**NOT_JUDGED, "lead": lead.pk}
    handoff = with_parts(Handoff.objects.open()).filter(lead=lead_id).first()
    handed = as_json(handoff) if handoff else {}
    return {
        **NOT_JUDGED,
        "lead": lead.pk,
        "handoff": handed.get("id"),
        "status": judgement.status,
        "rule": judgement.rule,
        "fit": shown(judgement.fit_parts),
        "fit_parts": judgement.fit_parts,
        "intent": shown(judgement.intent_parts),
        "intent_parts": judgement.intent_parts,
        "motion": judgement.motion,
        "missing": judgement.missing,
        "tier": judgement.tier,
        **{name: handed.get(name) for name in ("route", "owner", "team", "queue")},
        "due": {name: handed["due"][name] for name in DUE} if handed else None,
        "definition": judgement.version.number,
        "reentry": bool(handed.get("reentry")),
    }
