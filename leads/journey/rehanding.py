"""Clocks on a change of hands: which start anew and which carry on, as the tier says.

Source: contracts.md §3 "Tiers and clocks": by default accept restarts and first touch carries on.
The receipt says which was done, and when. A promise that was met before stays met, except to
accept: whoever gets the lead has to say yes.
"""

import datetime as dt

from handoff.rules.definition import ON_REASSIGN, Tier
from leads.models import Clock, Handoff

from . import clocks
from .clocks import Deadline
from .law import law, tier_of
from .receipts import noted
from .routing import Placement


def move_clocks(handoff: Handoff, place: Placement, *, restarts: bool, at: dt.datetime) -> None:
    """What becomes of the running clocks when `place` gets the hand-over; `restarts`: it was taken
    from somebody, rather than given out for the first time."""
    if place.owner is not None:
        clocks.meet([handoff.pk], [Clock.Kind.ASSIGN], at=at)
    tier = tier_of(law(handoff.version_id), handoff.step, handoff.tier)
    if restarts and tier is not None and place.roster is not None:
        _rehand(handoff, place, tier, at=at)
    clocks.refresh_due([handoff.pk])


def _rehand(handoff: Handoff, place: Placement, tier: Tier, *, at: dt.datetime) -> None:
    running = {clock.kind: clock for clock in Clock.objects.running().filter(handoff=handoff)}
    anew = [kind for kind in ON_REASSIGN if kind in running and tier.restarts(kind)]
    carried = [kind for kind in ON_REASSIGN if kind in running and not tier.restarts(kind)]
    if Clock.Kind.ACCEPT not in running:
        anew.append(Clock.Kind.ACCEPT)
    if place.owner is None and Clock.Kind.ASSIGN not in running:
        anew.append(Clock.Kind.ASSIGN)
    clocks.stop([handoff.pk], anew, at=at)
    made = [_anew(kind, place, tier, at=at) for kind in anew]
    clocks.store(
        one.row(handoff.pk, handoff.version_id, acts=not handoff.historical)
        for one in made
        if one is not None
    )
    for kind in [*carried, *({Clock.Kind.NEXT_STEP} & running.keys())]:
        _carry_on(running[kind], place, at=at)


def _anew(kind: str, place: Placement, tier: Tier, *, at: dt.datetime) -> Deadline | None:
    roster = place.roster
    if roster is None:
        return None
    member = roster.member_of(place.owner.user_id) if place.owner else None
    return clocks.deadline(
        tier,
        kind,
        started_at=at,
        calendar=member.calendar if member else roster.calendar,
        calendar_id=member.calendar_id if member else roster.calendar_id,
        note=f"Reassigned{_to(place)}; this clock starts anew",
    )


def _carry_on(clock: Clock, place: Placement, *, at: dt.datetime) -> None:
    name = clock.get_kind_display().lower()
    clock.receipt = noted(clock.receipt, at, f"Reassigned{_to(place)}; {name} carries on")
    clock.save(update_fields=["receipt"])


def _to(place: Placement) -> str:
    name = place.owner.name if place.owner else place.roster.name if place.roster else ""
    return f" to {name}" if name else ""
