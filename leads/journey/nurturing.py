"""Leads that come back by themselves: a nurture date reached, facts that changed.

Source: contracts.md §3 "Re-entry": another hand-over opens only on new evidence later than the end
of the last, or a nurture date reached; a re-score on unchanged evidence never opens one.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from handoff import statements
from leads.models import Lead

from . import returning
from .handing import Passage, hand_over
from .judging import Ask, Judged, judge
from .law import live_law
from .qualifying import ask_for_approval
from .recording import Happening, record
from .story import verdict

BATCH = 500

DUE = """
SELECT id FROM leads_lead WHERE nurture_until <= %s AND merged_into_id IS NULL
ORDER BY nurture_until, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED"""


def come_back(*, at: dt.datetime) -> int:
    """Decide anew about leads whose nurture date is reached; how many."""
    total = 0
    while True:
        with transaction.atomic():
            ids = [row[0] for row in statements.fetch(DUE, [at.date(), BATCH])]
            Lead.objects.filter(pk__in=ids).update(nurture_until=None)
            reconsider(ids, at=at, evidence_at=at, why="nurture date reached")
        total += len(ids)
        if len(ids) < BATCH:
            return total


def reconsider(
    lead_ids: Sequence[int],
    *,
    at: dt.datetime,
    evidence_at: dt.datetime | Mapping[int, dt.datetime] | None,
    why: str,
    keep_unchanged: bool | None = None,
) -> int:
    """Judge leads again and let what follows follow; the caller has locked them.

    `evidence_at`: when the new evidence came about (a touchpoint, a changed fact, a date reached),
    for all or by lead id; None for a mere re-score, which opens no second hand-over. Without
    `keep_unchanged` (by default, a re-score) leads whose facts and status stay are passed over.
    Returns how many outcomes were new.
    """
    if not lead_ids:
        return 0
    law = live_law()
    asks = [Ask(lead_id, at) for lead_id in lead_ids]
    keep = evidence_at is not None if keep_unchanged is None else keep_unchanged
    judged = judge(asks, law=law, at=at, keep_unchanged=keep)
    standing = returning.standings(list(judged))
    moments = {
        lead_id: evidence_at[lead_id] if isinstance(evidence_at, Mapping) else evidence_at
        for lead_id in judged
    }
    moved = [
        lead_id
        for lead_id, one in judged.items()
        if _moves(one, standing.get(lead_id), moments[lead_id])
    ]
    leads = Lead.objects.in_bulk(moved)
    happenings: list[Happening] = []
    passages: list[Passage] = []
    for lead_id, one in judged.items():
        body = {**verdict(one), "why": why}
        happenings.append(Happening(lead_id, "judged", at, by="Handoff", body=body))
        if lead_id in leads:
            happenings += _follow(
                one, standing.get(lead_id), leads[lead_id], passages, at, moments[lead_id], why
            )
    _, made = hand_over(passages)
    record([*happenings, *made])
    return len(judged)


def _moves(
    judged: Judged, standing: returning.Standing | None, evidence_at: dt.datetime | None
) -> bool:
    """Whether an outcome is added to what is open, or opens another hand-over."""
    if standing is not None and standing.handoff_id is not None:
        return evidence_at is not None
    return judged.is_handed_over and (standing is None or standing.allows_another(evidence_at))


def _follow(
    judged: Judged,
    standing: returning.Standing | None,
    lead: Lead,
    passages: list[Passage],
    at: dt.datetime,
    evidence_at: dt.datetime | None,
    why: str,
) -> list[Happening]:
    if standing is not None and standing.handoff_id is not None:
        return returning.add(judged, standing, at=at, title=lead.title, what={"evidence": why})
    if judged.approve:
        return ask_for_approval(judged, at=at, triggered_at=evidence_at or at, historical=False)
    passages.append(
        Passage(
            judged=judged,
            at=at,
            triggered_at=evidence_at or at,
            title=lead.title,
            previous_id=standing.last_id if standing else None,
            reentry=standing is not None,
            context=lead.context(),
        )
    )
    return []


def rescore(lead_ids: Sequence[int], *, at: dt.datetime) -> int:
    """Judge leads again as time has passed; how many outcomes changed."""
    with transaction.atomic():
        locked = statements.fetch(
            "SELECT id FROM leads_lead WHERE id = ANY(%s) AND merged_into_id IS NULL ORDER BY id"
            " FOR NO KEY UPDATE",
            [list(lead_ids)],
        )
        return reconsider(
            [row[0] for row in locked], at=at, evidence_at=None, why="re-scored as time passed"
        )


def rescore_all(*, at: dt.datetime, size: int = 5000) -> int:
    """Judge every lead again, batch by batch; how many outcomes changed."""
    last, changed = 0, 0
    while True:
        rows = statements.fetch(
            "SELECT id FROM leads_lead WHERE id > %s AND merged_into_id IS NULL"
            " ORDER BY id LIMIT %s",
            [last, size],
        )
        if not rows:
            return changed
        ids = [row[0] for row in rows]
        changed += rescore(ids, at=at)
        last = ids[-1]
