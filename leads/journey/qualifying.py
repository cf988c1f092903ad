"""Approval: a rule may ask for a marketing person before a lead is handed over.

Source: contracts.md §3, `approve`. The trigger-to-hand-over clock runs on meanwhile.
"""

import datetime as dt

from django.db import transaction

from handoff import statements
from handoff.models import User
from leads.models import Approval, Event, Lead

from .handing import Passage, Passed, hand_over
from .judging import Judged, judged_by
from .recording import Happening, record
from .returning import standings
from .states import Conflict, NotAllowed

ASK = """
INSERT INTO leads_approval (lead_id, judgement_id, state, historical, triggered_at, asked_at, note)
VALUES (%s, %s, 'waiting', %s, %s, %s, '')
ON CONFLICT (lead_id) WHERE state = 'waiting' DO UPDATE SET judgement_id = excluded.judgement_id"""


def ask_for_approval(
    judged: Judged, *, at: dt.datetime, triggered_at: dt.datetime, historical: bool
) -> list[Happening]:
    """Put a lead before marketing; asked again, the newest judgement is what they see."""
    statements.execute(
        ASK, [judged.lead_id, judged.judgement_id, historical, min(triggered_at, at), at]
    )
    return [Happening(judged.lead_id, Event.Kind.AWAITS_APPROVAL, at, body={"rule": judged.rule})]


def approve(approval_id: int, *, actor: User, at: dt.datetime, note: str = "") -> Passed:
    """Hand the lead over as it was judged. Raises Conflict when somebody answered before."""
    with transaction.atomic():
        approval = _answer(approval_id, Approval.State.APPROVED, actor=actor, at=at, note=note)
        standing = standings([approval.lead_id]).get(approval.lead_id)
        if standing is not None and standing.handoff_id is not None:
            raise Conflict("This lead was handed over meanwhile.")
        passage = Passage(
            judged=judged_by(approval.judgement),
            at=approval.triggered_at if approval.historical else at,
            triggered_at=approval.triggered_at,
            title=approval.lead.title,
            historical=approval.historical,
            previous_id=standing.last_id if standing else None,
            reentry=standing is not None,
            context=approval.lead.context(),
            actor_id=actor.pk,
        )
        (passed,), happenings = hand_over([passage])
        approved = Happening(
            approval.lead_id, Event.Kind.APPROVED, passage.at, actor=actor, body={"note": note}
        )
        record([approved, *happenings])
    return passed


def decline(approval_id: int, *, actor: User, at: dt.datetime, note: str) -> Approval:
    """Keep the lead out of sales; it goes to nurture. Raises Conflict when answered before."""
    with transaction.atomic():
        approval = _answer(approval_id, Approval.State.DECLINED, actor=actor, at=at, note=note)
        Lead.objects.filter(pk=approval.lead_id).update(status="nurture")
        record(
            [Happening(approval.lead_id, Event.Kind.DECLINED, at, actor=actor, body={"note": note})]
        )
    return approval


def _answer(
    approval_id: int, state: Approval.State, *, actor: User, at: dt.datetime, note: str
) -> Approval:
    if not actor.has_role("marketing_ops", "administrator"):
        raise NotAllowed("Only marketing operations approve leads.")
    lead_id = Approval.objects.values_list("lead_id", flat=True).get(pk=approval_id)
    Lead.objects.select_for_update(no_key=True).only("pk").get(pk=lead_id)
    answered = Approval.objects.filter(pk=approval_id, state=Approval.State.WAITING).update(
        state=state, answered_at=at, answered_by=actor, note=note
    )
    approval = Approval.objects.select_related("lead", "judgement", "answered_by").get(
        pk=approval_id
    )
    if not answered:
        raise Conflict(f"{approval.answered_by} {approval.state} this lead a moment ago.")
    return approval
