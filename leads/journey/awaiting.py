"""Waiting for a marketing person's yes: asked for, renewed when judged again, withdrawn.

Source: contracts.md §3, `approve`. Marketing's clock runs from the trigger all the while. A lead
judged again under a rule that asks too stays where it is, with the newest judgement; one that is
not to be handed over any more leaves the queue, and its timeline says why. Once marketing has
declined it, or sent it elsewhere, only newer evidence brings it before them again. Who may answer
is told once for each time a lead begins to wait, never of an imported past.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handoff import statements
from handoff.labels import humanise
from handoff.models import DecideRule
from handoff.permissions import told_of_approvals
from leads.models import Approval, Event, Lead
from leads.story import did_most
from leads.wording import subjects

from . import promising
from .announcing import Letter, announce
from .handing import rule_label
from .judging import Judged
from .recording import Happening
from .returning import Standing

KIND = "approval_asked"
WAITS = "waits for approval"
"""What the receipt of marketing's clock says at the moment a person was asked."""

COLUMNS = {
    "lead_id": "bigint",
    "judgement_id": "bigint",
    "state": "text",
    "historical": "boolean",
    "triggered_at": "timestamptz",
    "due_at": "timestamptz",
    "asked_at": "timestamptz",
    "sent_to": "text",
    "note": "text",
}

RENEW = """(lead_id) WHERE state = 'waiting' DO UPDATE SET
    judgement_id = excluded.judgement_id,
    historical = excluded.historical,
    triggered_at = CASE WHEN leads_approval.historical THEN excluded.triggered_at
        ELSE leads_approval.triggered_at END,
    asked_at = CASE WHEN leads_approval.historical THEN excluded.asked_at
        ELSE leads_approval.asked_at END,
    due_at = CASE WHEN leads_approval.historical THEN excluded.due_at
        ELSE excluded.due_at - excluded.triggered_at + leads_approval.triggered_at END
WHERE leads_approval.historical OR NOT excluded.historical"""
"""The clock keeps its start; what an imported past says never stands before what waits today."""

PLEAS = """
SELECT lead_id, bool_or(state = 'waiting'), bool_or(state = 'waiting' AND historical),
    min(triggered_at) FILTER (WHERE state = 'waiting'),
    min(asked_at) FILTER (WHERE state = 'waiting'),
    max(answered_at) FILTER (WHERE state IN ('declined', 'elsewhere'))
FROM leads_approval WHERE lead_id = ANY(%s) GROUP BY lead_id"""

WITHDRAW = """
UPDATE leads_approval SET state = 'withdrawn', answered_at = %s
WHERE lead_id = ANY(%s) AND state = 'waiting'"""


@dataclass(frozen=True)
class Plea:
    """What was asked of marketing about a lead: whether it waits, and since when; or when they last
    kept it from sales."""

    waits: bool
    of_the_past: bool
    triggered_at: dt.datetime | None
    asked_at: dt.datetime | None
    kept_back_at: dt.datetime | None


@dataclass(frozen=True)
class Asking:
    """A lead to put before marketing. `triggered_at` starts their clock."""

    judged: Judged
    at: dt.datetime
    triggered_at: dt.datetime
    historical: bool = False


def pleas(lead_ids: Sequence[int]) -> dict[int, Plea]:
    """What was asked of marketing about leads; those it was never asked about are left out."""
    if not lead_ids:
        return {}
    rows = statements.fetch(PLEAS, [list(lead_ids)])
    return {lead_id: Plea(*columns) for lead_id, *columns in rows}


def may_begin(
    standing: Standing | None, plea: Plea | None, evidence_at: dt.datetime | None
) -> bool:
    """Whether a lead without an open hand-over may go, or be put, before sales now: it waits for
    that already, or the evidence is newer than whatever ended or declined it before."""
    if plea is not None and plea.waits:
        return True
    if standing is not None and not standing.allows_another(evidence_at):
        return False
    if plea is None or plea.kept_back_at is None:
        return True
    return evidence_at is not None and evidence_at > plea.kept_back_at


def trigger_of(plea: Plea | None, evidence_at: dt.datetime) -> dt.datetime:
    """When marketing's clock began: with what waits already, else with the new evidence."""
    if plea is None or plea.triggered_at is None or plea.of_the_past:
        return evidence_at
    return min(plea.triggered_at, evidence_at)


def ask_for_approval(askings: Sequence[Asking]) -> list[Happening]:
    """Put leads before marketing; one that waits already is renewed with its newest judgement."""
    rows = statements.insert(
        "leads_approval",
        COLUMNS,
        [_row(asking) for asking in askings],
        on_conflict=RENEW,
        returning="lead_id, xmax <> 0, id, asked_at, due_at",
    )
    written = {lead_id: _Written(*columns) for lead_id, *columns in rows}
    asked = [(one, written[one.judged.lead_id]) for one in askings if one.judged.lead_id in written]
    _tell([(one, row) for one, row in asked if not one.historical and row.asked_at == one.at])
    return [_asked(one, renewed=row.renewed) for one, row in asked]


class _Written(NamedTuple):
    """What stands in the queue. `asked_at`: since when, so of old for one that waited already."""

    renewed: bool
    approval_id: int
    asked_at: dt.datetime
    due_at: dt.datetime | None


def _tell(begun: Sequence[tuple[Asking, _Written]]) -> None:
    """Write to who may answer, of leads that begin to wait."""
    if not begun:
        return
    people = told_of_approvals()
    leads = Lead.objects.in_bulk([asking.judged.lead_id for asking, _ in begun])
    announce(
        _letter(leads[asking.judged.lead_id], asking, row, person)
        for asking, row in begun
        for person in people
    )


def _letter(lead: Lead, asking: Asking, row: _Written, recipient_id: int) -> Letter:
    judged = asking.judged
    return Letter(
        kind=KIND,
        about=str(row.approval_id),
        recipient_id=recipient_id,
        subject=subjects.approval_asked(lead.title),
        at=asking.at,
        lead_id=lead.pk,
        body={
            "title": lead.title,
            "why": f"“{rule_label(judged)}” asks for a person before sales hears of them",
            "due": row.due_at,
            "clock": "hand_over",
            "score": f"fit {judged.fit:.0f}, intent {judged.intent:.0f}",
            "did": did_most(judged.intent_parts, judged.law.definition.signal_labels),
            "source": ", ".join(filter(None, (lead.source, lead.campaign))),
            "missing": [humanise(name).lower() for name in judged.missing],
            "note": lead.problem,
        },
    )


def _row(asking: Asking) -> tuple[object, ...]:
    judged, triggered_at = asking.judged, min(asking.triggered_at, asking.at)
    promise = promising.marketing_deadline(
        judged.law.definition.marketing.get("handover"), triggered_at=triggered_at, made_at=None
    )
    due_at = promise.due_at if promise else None
    return (
        *(judged.lead_id, judged.judgement_id, Approval.State.WAITING.value, asking.historical),
        *(triggered_at, due_at, asking.at, "", ""),
    )


def _asked(asking: Asking, *, renewed: bool) -> Happening:
    judged = asking.judged
    body = {"rule": judged.rule, "rule_label": rule_label(judged), "renewed": renewed}
    if renewed:
        body["sentence"] = "Judged again, still waits for approval"
    return Happening(judged.lead_id, Event.Kind.AWAITS_APPROVAL, asking.at, body=body)


def withdraw(
    judged: Iterable[Judged], known: Mapping[int, Plea], *, at: dt.datetime
) -> list[Happening]:
    """Take what waits out of the approval queue, since these judgements put nothing before
    marketing; leads that do not wait are passed over."""
    waiting = [one for one in judged if one.lead_id in known and known[one.lead_id].waits]
    if not waiting:
        return []
    statements.execute(WITHDRAW, [at, [one.lead_id for one in waiting]])
    return [
        Happening(
            one.lead_id,
            Event.Kind.WITHDRAWN,
            at,
            by="Handoff",
            body={"rule": one.rule, "status": one.status, "sentence": _why(one)},
        )
        for one in waiting
    ]


def _why(judged: Judged) -> str:
    if judged.is_handed_over:
        return "No approval is needed any more: the rule that decides now asks for none"
    status = DecideRule.Status(judged.status).label.lower()
    return f"No longer waits for approval: judged again, it is {status} now"
