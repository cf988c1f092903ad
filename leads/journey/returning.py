"""A known lead comes back: added to what is open, or the start of another hand-over.

Source: contracts.md §3 "Re-entry". While a hand-over is open a second is never made, and a worse
judgement never withdraws it; a more urgent tier moves its deadlines forward only.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handoff import statements
from handoff.checklists import FIRST_STEP
from handoff.rules.definition import Tier
from leads.models import Event
from leads.wording import subjects

from . import clocks
from .announcing import Letter, announce
from .handing import rule_label
from .judging import Judged
from .recording import Happening
from .rosters import calendar_of

STANDING = """
SELECT asked.id, here.id, here.owner_id, u.email, t.key, here.route, here.tier_rank, here.reentry,
    here.historical, here.step, past.id, past.ended_at
FROM unnest(%s::bigint[]) AS asked(id)
LEFT JOIN LATERAL (
    SELECT * FROM leads_handoff h WHERE h.lead_id = asked.id AND h.ended_at IS NULL
    ORDER BY h.id DESC LIMIT 1) here ON true
LEFT JOIN LATERAL (
    SELECT h.id, h.ended_at FROM leads_handoff h
    WHERE h.lead_id = asked.id AND h.ended_at IS NOT NULL
    ORDER BY h.ended_at DESC, h.id DESC LIMIT 1) past ON true
LEFT JOIN handoff_user u ON u.id = here.owner_id
LEFT JOIN handoff_team t ON t.id = here.team_id
WHERE here.id IS NOT NULL OR past.id IS NOT NULL"""


@dataclass(frozen=True)
class Standing:
    """Where a known lead stands: its open hand-over, and the last one that ended."""

    handoff_id: int | None
    owner_id: int | None
    owner: str | None
    team: str | None
    route: str | None
    tier_rank: int
    reentry: bool
    historical: bool
    step: str | None
    last_id: int | None
    last_ended_at: dt.datetime | None

    def allows_another(self, evidence_at: dt.datetime | None) -> bool:
        """Whether evidence of this moment may open another hand-over after the last."""
        if self.last_ended_at is None:
            return True
        return evidence_at is not None and evidence_at > self.last_ended_at


def standings(lead_ids: Sequence[int]) -> dict[int, Standing]:
    """Where leads stand that were handed over before; others are left out."""
    if not lead_ids:
        return {}
    rows = statements.fetch(STANDING, [list(lead_ids)])
    return {row[0]: Standing(*row[1:]) for row in rows}


def add(
    judged: Judged, standing: Standing, *, at: dt.datetime, title: str, what: dict[str, Any]
) -> list[Happening]:
    """Add new evidence to the open hand-over and tell its owner; deadlines only move forward."""
    if standing.handoff_id is None:
        raise ValueError("There is no open hand-over to add to.")
    sooner = _hurry(judged, standing, at=at)
    if standing.owner_id is not None and not standing.historical:
        subject = subjects.added(title)
        body = {"title": title, "why": rule_label(judged), "sooner": sooner, **what}
        about = f"{standing.handoff_id}:{judged.judgement_id}"
        announce(
            [
                Letter(
                    "added",
                    about,
                    standing.owner_id,
                    subject,
                    at,
                    judged.lead_id,
                    standing.handoff_id,
                    body,
                )
            ]
        )
    body = {"rule": judged.rule, "rule_label": rule_label(judged), "sooner": sooner, **what}
    return [Happening(judged.lead_id, Event.Kind.ADDED, at, standing.handoff_id, body=body)]


def _hurry(judged: Judged, standing: Standing, *, at: dt.datetime) -> list[str]:
    """Move running clocks to the more urgent tier's deadlines, where these come sooner; a further
    step has tiers of its own, which a judgement does not choose."""
    rank = judged.law.rank(judged.tier)
    tier = judged.law.tier(judged.tier)
    if tier is None or not judged.is_handed_over or rank >= standing.tier_rank:
        return []
    if standing.step != FIRST_STEP:
        return []
    running = statements.fetch(
        "SELECT c.id, c.kind, c.due_at, c.calendar_id, json_build_object('key', k.key,"
        " 'timezone', k.timezone, 'hours', k.hours, 'holidays', k.holidays, 'closed',"
        " k.closed)::text FROM leads_clock c JOIN handoff_calendar k ON k.id = c.calendar_id"
        " WHERE c.handoff_id = %s AND c.state = 'running' ORDER BY c.id",
        [standing.handoff_id],
    )
    moved = [kind for row in running if (kind := _move_forward(row, tier, at=at))]
    statements.execute(
        "UPDATE leads_handoff SET tier = %s, tier_rank = %s WHERE id = %s",
        [tier.key, rank, standing.handoff_id],
    )
    if moved and standing.handoff_id is not None:
        clocks.refresh_due([standing.handoff_id])
    return moved


def _move_forward(row: tuple[Any, ...], tier: Tier, *, at: dt.datetime) -> str:
    clock_id, kind, due_at, calendar_id, calendar = row
    if kind not in clocks.AT_START:
        return ""
    sooner = clocks.deadline(
        tier,
        kind,
        started_at=at,
        calendar=calendar_of(calendar),
        calendar_id=calendar_id,
        note="Came back with a more urgent tier; the deadline moves forward",
    )
    if sooner is None or sooner.due_at >= due_at:
        return ""
    statements.execute(
        "UPDATE leads_clock SET due_at = %s, remind_at = %s, receipt = %s::text::jsonb, tier = %s,"
        " hours = %s, minutes = %s, started_at = %s WHERE id = %s",
        [
            sooner.due_at,
            sooner.remind_at,
            sooner.receipt,
            sooner.tier,
            sooner.hours,
            sooner.minutes,
            sooner.started_at,
            clock_id,
        ],
    )
    return str(kind)


def deadlines_of(handoff_ids: Sequence[int]) -> dict[int, dict[str, dt.datetime]]:
    """Sales' deadlines of hand-overs by clock, the latest of each kind."""
    rows = statements.fetch(
        "SELECT DISTINCT ON (handoff_id, kind) handoff_id, kind, due_at FROM leads_clock"
        " WHERE handoff_id = ANY(%s) AND kind = ANY(%s) ORDER BY handoff_id, kind, id DESC",
        [list(handoff_ids), list(clocks.OF_SALES)],
    )
    due: dict[int, dict[str, dt.datetime]] = {}
    for handoff_id, kind, due_at in rows:
        due.setdefault(handoff_id, {})[kind] = due_at
    return due
