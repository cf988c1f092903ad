"""A lead with everything behind it: what it did, what was said of it, who got it and until when."""

from typing import Any

from django.db.models import Prefetch

from handoff.checklists import FIRST_STEP
from handoff.labels import Labels, humanise, labels_of
from leads.journey.outcome import shown
from leads.models import (
    Assignment,
    CallNote,
    Clock,
    Event,
    Finding,
    Handoff,
    Judgement,
    Lead,
    Submission,
    Touchpoint,
)

from .rendering import as_json, clock_as_json, with_parts

LIMIT = "_limit"
COLUMNS = (
    "email", "first_name", "last_name", "phone", "role", "seniority", "function", "company",
    "domain", "country", "region", "language", "industry", "employees", "revenue",
    "funding_stage", "product_interest", "problem", "timing", "consent", "trigger", "source",
    "campaign", "offer", "landing_page", "first_source", "first_campaign", "first_landing_page",
    "status", "nurture_track", "nurture_until", "nurture_reason",
)  # fmt: skip


def lead_with_evidence(lead_id: int) -> Lead | None:
    """The lead with all that `lead_as_json` reads, in a constant number of statements."""
    assignments = Assignment.objects.select_related("owner", "team", "reason", "actor")
    handoffs = with_parts(Handoff.objects.order_by("pk")).prefetch_related(
        Prefetch("assignments", assignments.order_by("pk"))
    )
    return (
        Lead.objects.select_related("account", "account__owner")
        .prefetch_related(
            "external_ids",
            "account__domains",
            Prefetch("touchpoints", Touchpoint.objects.order_by("occurred_at", "pk")),
            Prefetch("submissions", Submission.objects.order_by("occurred_at", "pk")),
            Prefetch("judgements", Judgement.objects.select_related("version").order_by("pk")),
            Prefetch("handoffs", handoffs),
            Prefetch("findings", Finding.objects.select_related("actor").order_by("pk")),
            Prefetch("calls", CallNote.objects.select_related("actor").order_by("at", "pk")),
            Prefetch("events", Event.objects.select_related("actor").order_by("seq")),
        )
        .filter(pk=lead_id)
        .first()
    )


def lead_as_json(lead: Lead) -> dict[str, Any]:
    """The answer to `GET /leads/{id}`. Lists are in the order in which things happened."""
    judgements, handoffs = list(lead.judgements.all()), list(lead.handoffs.all())
    last = judgements[-1] if judgements else None
    assigned = [row for handoff in handoffs for row in handoff.assignments.all()]
    return {
        "id": lead.pk,
        **{name: _or_null(getattr(lead, name)) for name in COLUMNS},
        "free_mail": lead.free_mail,
        "external_ids": [
            {"system": known.system, "external_id": known.external_id}
            for known in lead.external_ids.all()
        ],
        "answers": lead.answers,
        "unread": lead.unread,
        "first_seen_at": lead.first_seen_at,
        "last_seen_at": lead.last_seen_at,
        "merged_into": lead.merged_into_id,
        "account": _account(lead),
        "touchpoints": [_touchpoint(row) for row in lead.touchpoints.all()],
        "submissions": [_submission(row) for row in lead.submissions.all()],
        "judgements": [_judgement(row) for row in judgements],
        "handoffs": [as_json(row) for row in handoffs],
        "clocks": [clock_as_json(row) for handoff in handoffs for row in _clocks(handoff)],
        "findings": [_finding(row) for row in lead.findings.all()],
        "calls": [_call(row) for row in lead.calls.all()],
        "events": [_event(row) for row in lead.events.all()],
        "explanation": _explanation(last, assigned[-1] if assigned else None) if last else None,
    }


def _or_null(value: Any) -> Any:
    return None if value == "" else value


def _clocks(handoff: Handoff) -> list[Clock]:
    return list(handoff.clocks.all())


def _account(lead: Lead) -> dict[str, Any] | None:
    account = lead.account
    if account is None:
        return None
    return {
        "id": account.pk,
        "name": account.name or None,
        "domains": [row.domain for row in account.domains.all()],
        "owner": account.owner.email if account.owner else None,
        "customer": account.customer,
        "target": account.target,
        "competitor": account.competitor,
    }


def _touchpoint(row: Touchpoint) -> dict[str, Any]:
    return {
        "signal": row.signal,
        "occurred_at": row.occurred_at,
        "url": row.url or None,
        "seconds": row.seconds,
        "campaign": row.campaign or None,
        "offer": row.offer or None,
        "detail": row.detail or None,
    }


def _submission(row: Submission) -> dict[str, Any]:
    return {
        "occurred_at": row.occurred_at,
        "trigger": row.trigger or None,
        "source": row.source or None,
        "campaign": row.campaign or None,
        "offer": row.offer or None,
        "landing_page": row.landing_page or None,
        "answers": row.answers,
    }


def _judgement(row: Judgement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "definition": row.version.number,
        "as_of": row.as_of,
        "judged_at": row.judged_at,
        "status": row.status,
        "rule": row.rule,
        "fit": shown(row.fit_parts),
        "fit_parts": row.fit_parts,
        "intent": shown(row.intent_parts),
        "intent_parts": row.intent_parts,
        "motion": row.motion,
        "missing": row.missing,
        "tier": row.tier,
        "reason": row.reason,
        "track": row.track,
        "routes": row.routes,
    }


def _finding(row: Finding) -> dict[str, Any]:
    """An answer to a question of a checklist; an empty one took the answer back."""
    return {
        "question": row.item,
        "answer": row.value or None,
        "step": row.step,
        "handoff": row.handoff_id,
        "call": row.call_id,
        "at": row.at,
        "actor": row.actor.email if row.actor else None,
        "by": row.by or None,
    }


def _call(row: CallNote) -> dict[str, Any]:
    return {
        "id": row.pk,
        "handoff": row.handoff_id,
        "at": row.at,
        "channel": row.channel,
        "outcome": row.outcome,
        "with_whom": row.with_whom or None,
        "note": row.note or None,
        "actor": row.actor.email,
        "written_at": row.written_at,
    }


def _event(row: Event) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": row.at,
        "kind": row.kind,
        "handoff": row.handoff_id,
        "actor": row.actor.email if row.actor else None,
        "by": row.by or None,
        "body": row.body,
        "digest": row.digest,
    }


def _explanation(judgement: Judgement, assignment: Assignment | None) -> dict[str, Any]:
    """Why the lead stands as it does, in words: the last judgement and the last assignment."""
    labels = labels_of(judgement.version_id)
    rule = labels.decide.get(judgement.rule, judgement.rule)
    return {
        "sentence": f"{rule} (rule {labels.place('decide', judgement.rule)} of definition "
        f"{labels.number}): {humanise(judgement.status).lower()}.",
        "definition": labels.number,
        "as_of": judgement.as_of,
        "status": judgement.status,
        "rule": judgement.rule,
        "rule_label": rule,
        "motion": judgement.motion,
        "fit": _parts(judgement.fit_parts, labels.fit),
        "intent": _parts(judgement.intent_parts, labels.signals),
        "missing": judgement.missing,
        "assignment": _assignment(assignment, labels) if assignment else None,
    }


def _parts(parts: dict[str, float], names: dict[str, str]) -> dict[str, Any]:
    return {
        "score": shown(parts),
        "parts": [
            {
                "key": key,
                "label": "Limited to 0–100, or rounded" if key == LIMIT else names.get(key, key),
                "points": points,
            }
            for key, points in parts.items()
        ],
    }


def _assignment(row: Assignment, labels: Labels) -> dict[str, Any]:
    return {
        "at": row.at,
        "kind": row.kind,
        "handoff": row.handoff_id,
        "owner": row.owner.email if row.owner else None,
        "team": row.team.key if row.team else None,
        "route": row.route,
        "route_label": _route_label(row, labels),
        "reason": row.reason.key if row.reason else None,
        "note": row.note or None,
        "by": row.actor.email if row.actor else None,
        **row.explanation,
    }


def _route_label(row: Assignment, labels: Labels) -> str | None:
    """What the rule is called that took it: the definition's in the first step; a later step has
    rules of its own, which the assignment tells."""
    if not row.route:
        return None
    if row.handoff.step == FIRST_STEP:
        return labels.route.get(row.route)
    rules = row.explanation.get("rules", ())
    told = next((rule.get("label") for rule in rules if rule.get("key") == row.route), None)
    return told or humanise(row.route)
