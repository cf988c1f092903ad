"""What follows from a missed deadline, in the order the tier lists it, each exactly once.

Source: contracts.md §3 `on_breach`. Letters are written and the lead moved in the transaction that
marks the clock as acted on; an answer given meanwhile wins. Of a next step, the owner is told first
and the responsible person later; marketing's promises are told to whoever answers for marketing.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction

from handoff import business_time, statements
from handoff.models import Calendar, Team
from handoff.rules.definition import Tier
from leads.models import Clock, Handoff
from leads.models.clock import OF_MARKETING
from leads.wording import subjects

from . import chasing, clocks, owning, rosters
from .announcing import Letter, announce
from .consequences import send_on
from .law import law, tier_of
from .promising import Office, office
from .states import Conflict, lock, move

log = logging.getLogger(__name__)

NAMES = {kind: label.lower() for kind, label in Clock.Kind.choices}

ACTED = """
UPDATE leads_clock c SET act_at = given.at, acted = given.acted
FROM unnest(%s::bigint[], %s::timestamptz[], %s::integer[]) AS given(id, at, acted)
WHERE c.id = given.id"""


@dataclass(frozen=True)
class Due:
    """A clock of which something is due, with what is said of it. `acted`: how often its breach was
    acted on before."""

    clock_id: int
    kind: str
    tier: str | None
    hours: str
    calendar_id: int | None
    version_id: int
    due_at: dt.datetime
    acted: int
    handoff_id: int
    lead_id: int
    step: str
    handoff_tier: str | None
    next_step: str
    owner_id: int | None
    owner: str
    team: str
    team_key: str | None
    responsible_id: int | None
    title: str

    @property
    def name(self) -> str:
        return NAMES[self.kind]

    @property
    def is_marketing(self) -> bool:
        return self.kind in OF_MARKETING

    def recipient(self, office: Office) -> int | None:
        """Whose promise it is; of marketing's, and where nobody owns the lead, who answers."""
        if self.is_marketing:
            return office.responsible_id or self.responsible_id
        return self.owner_id or self.responsible_id

    def letter(self, kind: str, recipient: int, subject: str, at: dt.datetime) -> Letter:
        body = {
            "title": self.title,
            "clock": self.kind,
            "due": self.due_at,
            "owner": self.owner,
            "team": self.team,
        }
        return Letter(
            kind,
            f"clock-{self.clock_id}",
            recipient,
            subject,
            at,
            self.lead_id,
            self.handoff_id,
            body,
        )


class Hours:
    """In which hours what is due may be told, and what a tier asks for; each read once a sweep."""

    def __init__(self) -> None:
        self._calendars: dict[int, business_time.Calendar] = {}
        self._openings: dict[tuple[int | None, dt.datetime], dt.datetime] = {}
        self._tiers: dict[tuple[int, str, str | None], Tier | None] = {}

    @cached_property
    def office(self) -> Office:
        return office()

    def calendar(self, one: Due) -> business_time.Calendar:
        """The calendar a clock counts by, as it is now; every hour where it has none."""
        if one.calendar_id is None:
            return clocks.ROUND_THE_CLOCK
        if one.calendar_id not in self._calendars:
            calendar = Calendar.objects.get(pk=one.calendar_id)
            self._calendars[one.calendar_id] = calendar.windows()
        return self._calendars[one.calendar_id]

    def opening(self, one: Due, at: dt.datetime) -> dt.datetime:
        """`at` where the clock's hours allow it, else when they next do. A calendar edited so that
        it never opens keeps nothing back: better told at night than never."""
        if one.hours == "always":
            return at
        if (one.calendar_id, at) not in self._openings:
            try:
                opening = self.calendar(one).next_opening(at)
            except ValueError:
                opening = at
            self._openings[one.calendar_id, at] = opening
        return self._openings[one.calendar_id, at]

    def tier(self, one: Due) -> Tier | None:
        asked = (one.version_id, one.step, one.tier or one.handoff_tier)
        if asked not in self._tiers:
            self._tiers[asked] = tier_of(law(one.version_id), *asked[1:])
        return self._tiers[asked]

    def actions(self, one: Due) -> tuple[str, ...]:
        """What follows from missing this clock, in its order."""
        if one.is_marketing:
            return ("notify_manager",)
        if one.kind == Clock.Kind.NEXT_STEP:
            return ("notify_owner", "notify_manager")
        tier = self.tier(one)
        return tier.actions(one.kind) if tier is not None else ()


Mark = tuple[int, dt.datetime | None, int]
"""A clock, when its breach is acted on next, and how often it was."""


def marks(found: list[Due], hours: Hours, at: dt.datetime) -> tuple[list[Mark], list[Due]]:
    """How these clocks are marked, and those among them whose hours allow to act now."""
    made: list[Mark] = []
    now: list[Due] = []
    for one in found:
        opening = hours.opening(one, at)
        if opening == at:
            now.append(one)
            made.append((one.clock_id, _next(one, hours, at), one.acted + 1))
        else:
            made.append((one.clock_id, opening, one.acted))
    return made, now


def act(found: list[Due], hours: Hours, at: dt.datetime) -> int:
    """Act on these breaches; those outside their hours (an edited calendar) wait for them."""
    made, now = marks(found, hours, at)
    statements.execute(ACTED, [list(column) for column in zip(*made, strict=True)])
    follow(now, hours, at)
    return len(now)


def follow(found: list[Due], hours: Hours, at: dt.datetime) -> None:
    """Write the letters and move the leads; the caller has marked the clocks."""
    announce(letter for one in found for letter in _letters(one, hours, at))
    _lock_teams(found, hours)
    for one in found:
        _move(one, hours, at)


def _lock_teams(found: list[Due], hours: Hours) -> None:
    """Lock every team that these leads may leave or go to at once, before the first moves. One by
    one, it would wait crosswise with a batch that comes in."""
    asked = {(one.team_key, action) for one in found for action in hours.actions(one)}
    keys = {key for key, action in asked if key and action in ("reassign", "requalify")}
    if any(action == "requalify" for _, action in asked):
        qualify = Team.objects.filter(kind=Team.Kind.QUALIFICATION)
        keys |= set((qualify if qualify.exists() else Team.objects).values_list("key", flat=True))
    if keys:
        rosters.lock(keys)


def _next(one: Due, hours: Hours, at: dt.datetime) -> dt.datetime | None:
    """When it is acted on again: of a next step whose owner was told, once more."""
    if one.kind != Clock.Kind.NEXT_STEP or one.acted or one.owner_id is None:
        return None
    return chasing.told_next(hours.tier(one), hours.calendar(one), at=at)


def _letters(one: Due, hours: Hours, at: dt.datetime) -> Iterable[Letter]:
    late = subjects.breached(one.title, clock=one.name)
    if one.is_marketing:
        recipient = one.recipient(hours.office)
        if recipient is not None:
            yield one.letter("breached", recipient, late, at)
        return
    if one.kind == Clock.Kind.NEXT_STEP:
        yield from _chasing(one, at)
        return
    actions, who = hours.actions(one), one.owner or one.team
    if "notify_owner" in actions and one.owner_id is not None:
        yield one.letter("breached", one.owner_id, late, at)
    if one.responsible_id is None:
        return
    if "notify_manager" in actions:
        subject = subjects.breached_manager(one.title, clock=one.name, who=who)
        yield one.letter("breached_manager", one.responsible_id, subject, at)
    if "escalate" in actions:
        subject = subjects.escalated(one.title, clock=one.name, who=who)
        yield one.letter("escalated", one.responsible_id, subject, at)


def _chasing(one: Due, at: dt.datetime) -> Iterable[Letter]:
    if not one.acted and one.owner_id is not None:
        subject = subjects.step_overdue(one.title, step=one.next_step)
        yield one.letter("breached", one.owner_id, subject, at)
    elif one.responsible_id is not None:
        subject = subjects.step_left(one.title, step=one.next_step, who=one.owner or one.team)
        yield one.letter("breached_manager", one.responsible_id, subject, at)


def _move(one: Due, hours: Hours, at: dt.datetime) -> None:
    """Carry out what moves the lead. An answer given meanwhile wins: then nothing is moved."""
    for action in hours.actions(one):
        if action not in MOVES:
            continue
        try:
            with transaction.atomic():
                MOVES[action](one, hours, at)
        except Conflict:
            log.info("clock %s: %s came too late, it was answered", one.clock_id, action)


def _reassign(one: Due, hours: Hours, at: dt.datetime) -> None:
    if one.kind not in (Clock.Kind.ACCEPT, Clock.Kind.ASSIGN):
        return
    # Another clock of the lead may have moved it on a moment ago, which ended this one.
    if Clock.objects.running().filter(pk=one.clock_id).exists():
        owning.take_away(one.handoff_id, at=at)


def _task(one: Due, hours: Hours, at: dt.datetime) -> None:
    """Something to do today, unless its owner has said what comes next."""
    Handoff.objects.filter(pk=one.handoff_id, ended_at=None, next_step="").update(
        next_step=f"Make up for the missed {one.name}",
        next_step_due=chasing.end_of_day(hours.calendar(one), at).due,
    )


def _requalify(one: Due, hours: Hours, at: dt.datetime) -> None:
    _send(one, "requalify", at)


def _nurture(one: Due, hours: Hours, at: dt.datetime) -> None:
    """It joins the track of whoever the agreement nurtures by itself."""
    _send(one, "nurture", at, track=law(one.version_id).track)


def _send(one: Due, goes_to: str, at: dt.datetime, track: str = "") -> None:
    handoff = lock(one.handoff_id)
    body: dict[str, Any] = {"because": f"{one.kind} missed", "goes_to": goes_to}
    move(handoff, "withdraw", actor=None, at=at, by="Handoff", body=body)
    clocks.stop([handoff.pk], at=at)
    send_on(handoff, goes_to, actor=None, at=at, reason=f"missed_{one.kind}", track=track)


MOVES = {
    "reassign": _reassign,
    "task": _task,
    "requalify": _requalify,
    "nurture": _nurture,
}
