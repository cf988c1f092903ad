"""Reminders and breaches: written by the worker, each exactly once, acted on in the order listed.

Source: contracts.md §3 "Tiers and clocks". A clock is taken on condition that nobody took it
before (`SKIP LOCKED` on its lead, then a conditional update), so any number of workers may sweep.
"""

import datetime as dt
import logging
from collections.abc import Iterable

from django.db import transaction

from handoff import statements
from handoff.rules.definition import Tier
from leads.models import Clock, Event, Handoff

from . import clocks, owning
from .announcing import Letter, announce
from .consequences import send_on
from .law import law, tier_of
from .recording import Happening, record
from .states import Conflict, lock, move

log = logging.getLogger(__name__)

BATCH = 500

DUE = """
SELECT c.id, h.lead_id FROM leads_clock c JOIN leads_handoff h ON h.id = c.handoff_id
WHERE c.state = 'running' AND c.acts AND {due} ORDER BY {order} LIMIT %s"""

TO_BREACH = DUE.format(due="c.breached_at IS NULL AND c.due_at < %s", order="c.due_at")
TO_REMIND = DUE.format(due="c.reminded_at IS NULL AND c.remind_at <= %s", order="c.remind_at")

LOCK_LEADS = (
    "SELECT id FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
)

BREACH = """
UPDATE leads_clock c SET breached_at = %s FROM leads_handoff h
WHERE h.id = c.handoff_id AND c.id = ANY(%s) AND h.lead_id = ANY(%s)
    AND c.state = 'running' AND c.breached_at IS NULL AND c.due_at < %s
RETURNING c.id"""

REMIND = """
UPDATE leads_clock c SET reminded_at = %s FROM leads_handoff h
WHERE h.id = c.handoff_id AND c.id = ANY(%s) AND h.lead_id = ANY(%s)
    AND c.state = 'running' AND c.reminded_at IS NULL AND c.remind_at <= %s AND c.due_at >= %s
RETURNING c.id"""


def sweep(*, at: dt.datetime) -> tuple[int, int]:
    """Write what is due at `at`: how many reminders, how many breaches."""
    reminded = _sweep(TO_REMIND, REMIND, at=at, breaches=False)
    breached = _sweep(TO_BREACH, BREACH, at=at, breaches=True)
    return reminded, breached


def _sweep(due: str, take: str, *, at: dt.datetime, breaches: bool) -> int:
    """Take due clocks batch by batch until none is left that nobody else holds."""
    total = 0
    while True:
        rows = statements.fetch(due, [at, BATCH])
        if not rows:
            return total
        with transaction.atomic():
            locked = statements.fetch(LOCK_LEADS, [sorted({lead_id for _, lead_id in rows})])
            params = [at, [clock for clock, _ in rows], [lead_id for (lead_id,) in locked], at]
            taken = statements.fetch(take, params if breaches else [*params, at])
            found = _clocks(clock_id for (clock_id,) in taken)
            if breaches:
                _write_breaches(found, at=at)
            else:
                _write_reminders(found, at=at)
        total += len(found)
        if not breaches:
            _skip_missed(rows, at=at)
        if len(found) < len(rows):
            return total


def _skip_missed(rows: Iterable[tuple[int, int]], *, at: dt.datetime) -> None:
    """A reminder that would come after its deadline is no longer owed."""
    statements.execute(
        "UPDATE leads_clock SET reminded_at = %s WHERE id = ANY(%s) AND reminded_at IS NULL"
        " AND due_at < %s",
        [at, [clock_id for clock_id, _ in rows], at],
    )


def _clocks(ids: Iterable[int]) -> list[Clock]:
    related = ("handoff__lead", "handoff__team", "handoff__owner", "handoff__judgement", "version")
    return list(Clock.objects.filter(pk__in=list(ids)).select_related(*related).order_by("due_at"))


def _write_reminders(found: list[Clock], *, at: dt.datetime) -> None:
    letters: list[Letter] = []
    happenings: list[Happening] = []
    for clock in found:
        handoff = clock.handoff
        recipient = handoff.owner_id or (handoff.team.responsible_id if handoff.team else None)
        if recipient is None:
            continue
        name = clock.get_kind_display().lower()
        letters.append(
            _letter(clock, "reminder", recipient, f"Soon due, {name}: {handoff.lead.title}", at)
        )
        happenings.append(_happening(clock, Event.Kind.REMINDED, at, []))
    announce(letters)
    record(happenings)


def _write_breaches(found: list[Clock], *, at: dt.datetime) -> None:
    """The verdict, the letters and what moves the lead, all or none."""
    letters: list[Letter] = []
    happenings: list[Happening] = []
    for clock in found:
        actions = actions_of(clock)
        happenings.append(_happening(clock, Event.Kind.BREACHED, at, list(actions)))
        letters += _letters(clock, actions, at=at)
    announce(letters)
    record(happenings)
    for clock in found:
        act(clock, at=at)


def actions_of(clock: Clock) -> tuple[str, ...]:
    """What the tier says shall follow from missing this clock, in its order."""
    tier = tier_of(law(clock.version_id), clock.handoff.step, clock.tier)
    return tier.actions(clock.kind) if isinstance(tier, Tier) else ()


def _letters(clock: Clock, actions: tuple[str, ...], *, at: dt.datetime) -> Iterable[Letter]:
    handoff, team = clock.handoff, clock.handoff.team
    title, name = handoff.lead.title, clock.get_kind_display().lower()
    if "notify_owner" in actions and handoff.owner_id is not None:
        yield _letter(clock, "breached", handoff.owner_id, f"Late, {name}: {title}", at)
    if team is None:
        return
    who = str(handoff.owner or team)
    if "notify_manager" in actions:
        subject = f"{who} is late, {name}: {title}"
        yield _letter(clock, "breached_manager", team.responsible_id, subject, at)
    if "escalate" in actions:
        subject = f"Needs you now: {title}, {name} missed by {who}"
        yield _letter(clock, "escalated", team.responsible_id, subject, at)


def _letter(clock: Clock, kind: str, recipient: int, subject: str, at: dt.datetime) -> Letter:
    handoff = clock.handoff
    body = {
        "title": handoff.lead.title,
        "clock": clock.kind,
        "due": clock.due_at,
        "owner": str(handoff.owner or ""),
        "team": str(handoff.team or ""),
    }
    return Letter(
        kind, f"clock-{clock.pk}", recipient, subject, at, handoff.lead_id, handoff.pk, body
    )


def _happening(clock: Clock, kind: str, at: dt.datetime, actions: list[str]) -> Happening:
    body = {
        "clock": clock.kind,
        "due_at": clock.due_at,
        "owner": str(clock.handoff.owner or ""),
        "team": str(clock.handoff.team or ""),
        "actions": actions,
    }
    return Happening(clock.handoff.lead_id, kind, at, clock.handoff_id, by="Handoff", body=body)


def act(clock: Clock, *, at: dt.datetime) -> None:
    """Carry out what moves the lead. An answer given meanwhile wins: then nothing is moved."""
    for action in actions_of(clock):
        try:
            with transaction.atomic():
                _act(action, clock, at=at)
        except Conflict:
            log.info("clock %s: %s came too late, it was answered", clock.pk, action)


def _act(action: str, clock: Clock, *, at: dt.datetime) -> None:
    if action == "reassign" and clock.kind in (Clock.Kind.ACCEPT, Clock.Kind.ASSIGN):
        owning.take_away(clock.handoff_id, at=at)
    elif action == "task":
        name = clock.get_kind_display().lower()
        Handoff.objects.filter(pk=clock.handoff_id, ended_at=None, next_step="").update(
            next_step=f"Make up for the missed {name}", next_step_due=at
        )
    elif action in ("requalify", "nurture"):
        handoff = lock(clock.handoff_id)
        body = {"because": f"{clock.kind} missed", "goes_to": action}
        move(handoff, "withdraw", actor=None, at=at, by="Handoff", body=body)
        clocks.stop([handoff.pk], at=at)
        send_on(handoff, action, actor=None, at=at, reason=f"missed_{clock.kind}")
