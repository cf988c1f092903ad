"""Hand-overs and clocks as the API tells them."""

from typing import Any

from django.db.models import Prefetch

from leads.models import Clock, Handoff
from leads.models.handoff import HandoffQuerySet

CLOCKS = ("assign", "accept", "first_touch", "follow_up")


def with_parts(handoffs: HandoffQuerySet) -> HandoffQuerySet:
    """With all that `as_json` reads, in two statements whatever their number."""
    return handoffs.select_related(
        "owner", "team", "reason", "version", "judgement"
    ).prefetch_related(
        Prefetch("clocks", Clock.objects.select_related("version", "calendar").order_by("pk"))
    )


def as_json(handoff: Handoff) -> dict[str, Any]:
    """A hand-over. `due` is the latest deadline of each kind, also once it was met or missed."""
    due: dict[str, Any] = dict.fromkeys(CLOCKS)
    due |= {clock.kind: clock.due_at for clock in handoff.clocks.all() if clock.kind in due}
    owner, team, queue = handoff.owner, handoff.team, handoff.queue
    return {
        "id": handoff.pk,
        "lead": handoff.lead_id,
        "state": handoff.state,
        "step": handoff.step,
        "status": handoff.status,
        "rule": handoff.judgement.rule,
        "tier": handoff.tier or None,
        "route": handoff.route or None,
        "owner": owner.email if owner else None,
        "team": team.key if team else None,
        "queue": queue.key if queue else None,
        "due": due,
        "how": handoff.how or None,
        "reason": handoff.reason.key if handoff.reason else None,
        "note": handoff.note or None,
        "until": handoff.until,
        "disposition": handoff.disposition or None,
        "outcome": handoff.outcome or None,
        "outcome_at": handoff.outcome_at,
        "next_step": handoff.next_step or None,
        "next_step_due": handoff.next_step_due,
        "made_at": handoff.made_at,
        "accepted_at": handoff.accepted_at,
        "first_touch_at": handoff.first_touch_at,
        "ended_at": handoff.ended_at,
        "definition": handoff.version.number,
        "reentry": handoff.reentry,
        "historical": handoff.historical,
        "previous": handoff.previous_id,
    }


def clock_as_json(clock: Clock) -> dict[str, Any]:
    """A clock with its receipt, as it was computed."""
    return {
        "handoff": clock.handoff_id,
        "clock": clock.kind,
        "state": clock.state,
        "tier": clock.tier or None,
        "definition": clock.version.number,
        "hours": clock.hours,
        "minutes": clock.minutes,
        "calendar": clock.calendar.key if clock.calendar else None,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "ended_at": clock.ended_at,
        "breached_at": clock.breached_at,
        "pauses": clock.pauses,
        "receipt": clock.receipt,
    }
