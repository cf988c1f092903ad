"""Leads that come back by themselves: a nurture date reached, facts that changed.

Source: contracts.md §3 "Re-entry": another hand-over opens only on new evidence later than the end
of the last, or a nurture date reached; a re-score on unchanged evidence never opens one.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from handoff import statements
from leads.models import Handoff, Lead

from . import awaiting, promising, returning, tracks
from .awaiting import Asking, Plea
from .handing import Passage, hand_over
from .judging import Ask, Judged
from .law import in_force
from .recording import Happening, record
from .sides import judge_by_side
from .staying import stay
from .story import verdict

BATCH = 500

Moments = dt.datetime | Mapping[int, dt.datetime | None] | Mapping[int, dt.datetime] | None
"""When new evidence came about: for all, or by lead id."""

DUE = """
SELECT id FROM leads_lead WHERE nurture_until <= %s AND merged_into_id IS NULL
ORDER BY nurture_until, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED"""


def come_back(*, at: dt.datetime) -> int:
    """Decide anew about leads whose nurture date is reached; how many."""
    total = 0
    while True:
        with transaction.atomic():
            ids = [row[0] for row in statements.fetch(DUE, [at.date(), BATCH])]
            decide_anew(ids, why="nurture date reached", at=at)
        total += len(ids)
        if len(ids) < BATCH:
            return total


def decide_anew(lead_ids: Sequence[int], *, why: str, at: dt.datetime) -> None:
    """Decide about leads in nurture as if their date were reached; the caller has locked them. Who
    is with sales stays there. Afterwards none of them has a date."""
    busy = set(Handoff.objects.open().filter(lead__in=lead_ids).values_list("lead", flat=True))
    asked = [lead_id for lead_id in lead_ids if lead_id not in busy]
    reconsider(asked, at=at, evidence_at=at, why=why)
    dated = Lead.objects.filter(pk__in=lead_ids, nurture_until__isnull=False)
    still = dated.nurtured().exclude(pk__in=busy)
    tracks.stay_on(list(still.order_by("pk").values_list("pk", flat=True)), why=why, at=at)
    dated.update(nurture_until=None)


def reconsider(
    lead_ids: Sequence[int],
    *,
    at: dt.datetime,
    evidence_at: Moments,
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
    moments = _by_lead(evidence_at, lead_ids)
    asks = [Ask(lead_id, at) for lead_id in lead_ids]
    keep = evidence_at is not None if keep_unchanged is None else keep_unchanged
    judged = judge_by_side(asks, moments, force=in_force(), at=at, keep_unchanged=keep)
    before = _Before.of(list(judged), moments)
    completed = before.settle(judged, at)
    leads = Lead.objects.in_bulk([one.lead_id for one in judged.values() if before.moves(one)])
    happenings: list[Happening] = []
    passages: list[Passage] = []
    askings: list[Asking] = []
    for lead_id, one in judged.items():
        body = {**verdict(one), "why": why}
        happenings.append(Happening(lead_id, "judged", at, by="Handoff", body=body))
        if lead_id not in leads:
            continue
        if before.is_open(lead_id):
            what, title = {"evidence": why}, leads[lead_id].title
            happenings += returning.add(
                one, before.standing[lead_id], at=at, title=title, what=what
            )
        elif one.approve:
            askings.append(Asking(one, at, before.trigger(lead_id, at)))
        else:
            passages.append(before.passage(one, leads[lead_id], at))
    asked = {asking.judged.lead_id for asking in askings}
    happenings += awaiting.ask_for_approval(askings)
    rest = [one for one in judged.values() if one.lead_id not in asked]
    happenings += awaiting.withdraw(rest, before.pleas, at=at)
    passed, made = hand_over(passages)
    left = tracks.leave_of(judged, asked, passed, moments=dict.fromkeys(judged, at), why=why)
    record([*happenings, *completed, *made, *left])
    return len(judged)


def _by_lead(
    evidence_at: Moments, lead_ids: Sequence[int]
) -> Mapping[int, dt.datetime | None] | Mapping[int, dt.datetime]:
    """When the evidence of each lead came about."""
    if isinstance(evidence_at, Mapping):
        return evidence_at
    return dict.fromkeys(lead_ids, evidence_at)


def reconsider_all(
    leads: QuerySet[Lead],
    *,
    at: dt.datetime,
    evidence_at: dt.datetime | None,
    why: str,
    spared: Collection[int] = (),
) -> None:
    """Judge leads again of which a fact may have changed, batch by batch, in the transaction of
    the change. For whom nothing changed nothing follows; `spared` are judged again too, but it is
    no news of them."""
    last = 0
    while True:
        left = leads.filter(pk__gt=last, merged_into=None).order_by("pk")
        ids = list(left.select_for_update(no_key=True).values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        moments = {lead_id: None if lead_id in spared else evidence_at for lead_id in ids}
        reconsider(ids, at=at, evidence_at=moments, why=why, keep_unchanged=False)
        last = ids[-1]


@dataclass(frozen=True)
class _Before:
    """What stood before leads were judged again, and when the evidence for it came about."""

    standing: dict[int, returning.Standing]
    pleas: dict[int, Plea]
    evidence_at: Mapping[int, dt.datetime | None]

    @classmethod
    def of(cls, lead_ids: list[int], evidence_at: Mapping[int, dt.datetime | None]) -> "_Before":
        return cls(returning.standings(lead_ids), awaiting.pleas(lead_ids), evidence_at)

    def settle(self, judged: Mapping[int, Judged], at: dt.datetime) -> list[Happening]:
        """Let stay what a person decided, and end the clocks of context that is complete; what
        happened."""
        stay(judged.values(), self.standing, self.pleas, self.evidence_at)
        still_open = {lead_id: at for lead_id in judged if self.is_open(lead_id)}
        return promising.complete(judged.values(), still_open)

    def is_open(self, lead_id: int) -> bool:
        standing = self.standing.get(lead_id)
        return standing is not None and standing.handoff_id is not None

    def moves(self, judged: Judged) -> bool:
        """Whether an outcome is added to what is open, or begins another hand-over."""
        lead_id, moment = judged.lead_id, self.evidence_at[judged.lead_id]
        if self.is_open(lead_id):
            return moment is not None
        known = self.standing.get(lead_id), self.pleas.get(lead_id)
        return judged.is_handed_over and awaiting.may_begin(*known, moment)

    def trigger(self, lead_id: int, at: dt.datetime) -> dt.datetime:
        """The start of marketing's clock: that of what waits, else the new evidence."""
        return awaiting.trigger_of(self.pleas.get(lead_id), self.evidence_at[lead_id] or at)

    def passage(self, judged: Judged, lead: Lead, at: dt.datetime) -> Passage:
        standing = self.standing.get(lead.pk)
        return Passage(
            judged=judged,
            at=at,
            triggered_at=self.trigger(lead.pk, at),
            title=lead.title,
            previous_id=standing.last_id if standing else None,
            reentry=standing is not None,
            context=lead.context(),
        )


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
