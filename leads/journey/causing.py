"""Why promises were missed: a cause suggested from what had happened, then said by a person.

Every missed clock of the living journey gets one `Miss`, with a sentence that names the evidence:
in the transaction in which the worker writes the breach, or at the next sweep where the clock ended
late before the worker came. The first of these that holds is suggested:

1. routing error: routing failed for this hand-over, or the lead was given elsewhere because it was
   routed wrongly;
2. wrong queue: it changed teams before the deadline;
3. missing data: something required was missing when it was handed over, or it was returned for it;
4. coverage gap: it waited without an owner, or for an approval, or its owner was away;
5. other: nobody opened it, or it was opened and left; or marketing handed it over late.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from handoff import statements
from handoff.models import User
from handoff.permissions import may_name_causes
from handoff.words import count_of
from leads.models import Clock, Event, Handoff, Miss
from leads.models.cause import MissQuerySet

from .recording import Happening, record
from .states import Invalid, NotAllowed, lock

LOOKED_BACK = dt.timedelta(days=7)
"""For so long a miss without a cause is still looked for."""

BATCH = 500
OF_ROUTING = ("wrong_territory", "wrong_queue", "misrouted", "wrong_team", "routing_error")
"""Reasons of a change of hands that say the route was wrong."""

COLUMNS = {
    "clock_id": "bigint",
    "cause": "text",
    "suggested": "text",
    "evidence": "text",
    "suggested_at": "timestamptz",
}

UNSAID = """
SELECT c.id FROM leads_clock c
WHERE c.breached_at >= %s AND c.acts AND NOT EXISTS (
    SELECT FROM leads_miss m WHERE m.clock_id = c.id)
ORDER BY c.breached_at, c.id LIMIT %s"""

EVIDENCE = """
SELECT c.id, c.kind, h.fault, coalesce(moved.wrongly, 0), coalesce(moved.teams, 1),
    coalesce(moved.names, ''), h.missing::text,
    (h.owner_id IS NULL OR coalesce(moved.first_owned, h.assigned_at) > c.due_at),
    coalesce(team.name, ''), coalesce(nullif(owner.name, ''), owner.email, ''),
    away.user_id IS NOT NULL, h.opened_at IS NOT NULL AND h.opened_at <= c.due_at,
    EXISTS (SELECT FROM leads_approval asked WHERE asked.lead_id = h.lead_id
        AND asked.answered_at BETWEEN c.started_at AND h.made_at)
FROM leads_clock c
JOIN leads_handoff h ON h.id = c.handoff_id
LEFT JOIN handoff_team team ON team.id = h.team_id
LEFT JOIN handoff_user owner ON owner.id = h.owner_id
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE reason.key = ANY(%s)) AS wrongly,
        count(DISTINCT a.team_id) AS teams, min(a.at) FILTER (WHERE a.owner_id IS NOT NULL)
            AS first_owned,
        string_agg(DISTINCT other.name, ', ' ORDER BY other.name) AS names
    FROM leads_assignment a
    LEFT JOIN handoff_reason reason ON reason.id = a.reason_id
    LEFT JOIN handoff_team other ON other.id = a.team_id
    WHERE a.handoff_id = h.id AND a.at <= coalesce(c.ended_at, c.breached_at)
) moved ON true
LEFT JOIN LATERAL (
    SELECT ab.user_id FROM handoff_absence ab
    WHERE ab.user_id = h.owner_id AND ab.cancelled_at IS NULL
        AND ab.starts_at < c.due_at AND ab.ends_at > c.started_at LIMIT 1
) away ON true
WHERE c.id = ANY(%s)"""


@dataclass(frozen=True)
class Evidence:
    """What had happened to a hand-over when a clock of it was missed."""

    clock_id: int
    kind: str
    fault: str
    moved_wrongly: int
    teams: int
    names: str
    missing: tuple[str, ...]
    is_unowned: bool
    team: str
    owner: str
    is_away: bool
    is_opened: bool
    is_approved: bool


def cause_of(seen: Evidence) -> tuple[str, str]:
    """The cause that the evidence suggests, and the sentence that names the evidence."""
    named = ", ".join(name.replace("_", " ") for name in seen.missing)
    if seen.kind == Clock.Kind.RETURNED:
        return Miss.Cause.OTHER, "Sales returned it, and marketing had not answered by then."
    if seen.kind == Clock.Kind.CONTEXT:
        return Miss.Cause.MISSING_DATA, f"Missing when it was handed over, and not found: {named}."
    if seen.kind == Clock.Kind.NEXT_STEP:
        if seen.is_away:
            return Miss.Cause.COVERAGE_GAP, f"{seen.owner} was away while the clock ran."
        return Miss.Cause.OTHER, f"{seen.owner or 'Nobody'} had logged nothing by then."
    if seen.fault:
        return Miss.Cause.ROUTING_ERROR, f"Routing failed: {seen.fault}"
    if seen.moved_wrongly:
        return Miss.Cause.ROUTING_ERROR, "It was given elsewhere because it was routed wrongly."
    if seen.teams > 1:
        passed = count_of(seen.teams, "team")
        return Miss.Cause.WRONG_QUEUE, f"It went through {passed} before an answer: {seen.names}."
    if seen.missing:
        return Miss.Cause.MISSING_DATA, f"Missing when it was handed over: {named}."
    if seen.kind == Clock.Kind.HANDOVER:
        if seen.is_approved:
            return Miss.Cause.COVERAGE_GAP, "It waited for marketing’s approval."
        return Miss.Cause.OTHER, "It reached sales after the deadline, with nothing missing."
    if seen.is_unowned:
        where = f" in the queue of {seen.team}" if seen.team else ""
        return Miss.Cause.COVERAGE_GAP, f"Nobody had taken it{where} by the deadline."
    if seen.is_away:
        return Miss.Cause.COVERAGE_GAP, f"{seen.owner} was away while the clock ran."
    if seen.is_opened:
        return Miss.Cause.OTHER, f"{seen.owner} opened it in time and left it."
    return Miss.Cause.OTHER, f"{seen.owner or 'Nobody'} had not opened it by the deadline."


def suggest(clock_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Write a suggested cause for each of these missed clocks that has none; how many."""
    rows = statements.fetch(EVIDENCE, [list(OF_ROUTING), list(clock_ids)])
    made = []
    for row in rows:
        columns = [*row[:6], tuple(statements.loads(row[6]) or ()), *row[7:]]
        seen = Evidence(*columns)
        cause, sentence = cause_of(seen)
        made.append((seen.clock_id, str(cause), str(cause), sentence, at))
    written = statements.insert(
        "leads_miss",
        COLUMNS,
        made,
        on_conflict="(clock_id) DO NOTHING",
        returning="clock_id",
    )
    return len(written)


def suggest_unsaid(*, at: dt.datetime) -> int:
    """The same for what ended late before the worker came; any number of workers may do it."""
    total = 0
    while found := statements.fetch(UNSAID, [at - LOOKED_BACK, BATCH]):
        total += suggest((clock_id for (clock_id,) in found), at=at)
        if len(found) < BATCH:
            break
    return total


def may_say_why(handoff: Handoff, user: User) -> bool:
    """Whether a person may: the owner, who answers for the team, and overseers."""
    is_theirs = handoff.owner_id == user.pk
    leads_it = handoff.team is not None and handoff.team.responsible_id == user.pk
    return is_theirs or leads_it or may_name_causes(user)


def to_confirm(user: User) -> MissQuerySet:
    """The misses of which a person may say why and nobody has yet."""
    waiting = Miss.objects.to_confirm()
    if may_name_causes(user):
        return waiting
    theirs = Q(clock__handoff__owner=user) | Q(clock__handoff__team__responsible=user)
    return waiting.filter(theirs)


def confirm(miss_id: int, *, cause: str, note: str = "", actor: User, at: dt.datetime) -> Miss:
    """Say why a promise was missed; again, to correct it. Raises NotAllowed, Miss.DoesNotExist,
    and Invalid for a cause there is not."""
    if cause not in Miss.Cause.values:
        raise Invalid("cause", f"Choose one of: {', '.join(Miss.Cause.values)}.")
    with transaction.atomic():
        found = Miss.objects.select_related("clock").get(pk=miss_id)
        handoff = lock(found.clock.handoff_id)
        locked = Miss.objects.select_for_update(of=("self",))
        miss = locked.select_related("clock__handoff__team").get(pk=miss_id)
        if not may_say_why(miss.clock.handoff, actor):
            raise NotAllowed("Its owner says why, or who answers for the team.")
        if miss.is_confirmed and miss.cause == cause and not note:
            return miss
        was = miss.get_cause_display()
        miss.cause, miss.confirmed_by, miss.confirmed_at = cause, actor, at
        miss.save(update_fields=["cause", "confirmed_by", "confirmed_at"])
        body = {
            "clock": miss.clock.kind,
            "cause": cause,
            "label": miss.get_cause_display(),
            "was": was,
            "suggested": miss.suggested,
            "note": note,
        }
        told = Happening(
            handoff.lead_id, Event.Kind.EXPLAINED, at, handoff.pk, actor=actor, body=body
        )
        record([told])
    return miss
