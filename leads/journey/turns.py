"""Whose turn it is: stride scheduling over a team's members. Pure; knows no database.

Each member carries `served`; an assignment adds 1/weight; the next turn is the eligible member
with the least, ties by least recently served. A joiner, and one back from leave, starts at the
team's current minimum. Source: design.md §3 "Turns", contracts.md §3 "Routing".
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from handoff import business_time

NEVER = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
PLACES = Decimal("0.000001")


@dataclass
class Member:
    """A member as the team's row lock shows them; changed as turns are given in one batch.

    `away`: spans of time off. `open` and `today` are None where no limit or choice needs them.
    """

    membership_id: int
    user_id: int
    email: str
    name: str
    active: bool
    weight: int
    calendar: business_time.Calendar
    calendar_id: int
    served: Decimal
    last_served_at: dt.datetime | None
    has_ledger: bool
    away_since: dt.datetime | None
    away: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    max_open: int | None = None
    max_per_day: int | None = None
    open: int = 0
    today: int = 0
    hours: dict[dt.datetime, bool] = field(default_factory=dict, repr=False)
    """Whether they work at moments asked before; most leads of a batch come at one."""

    @property
    def stride(self) -> Decimal:
        """What one turn costs."""
        return (Decimal(1) / self.weight).quantize(PLACES)

    def away_until(self, at: dt.datetime) -> dt.datetime | None:
        ends = [end for start, end in self.away if start <= at < end]
        return max(ends, default=None)

    def works_at(self, at: dt.datetime) -> bool:
        """Whether a moment lies inside their working hours."""
        if at not in self.hours:
            self.hours[at] = self.calendar.is_open(at)
        return self.hours[at]


@dataclass
class Roster:
    """One team under its lock, and what its batch of turns has to write afterwards."""

    team_id: int
    key: str
    name: str
    pick: str
    calendar: business_time.Calendar
    calendar_id: int
    responsible_id: int
    members: list[Member]
    historical: bool = False
    ledger: list["LedgerRow"] = field(default_factory=list)
    openings: dict[tuple[int, dt.datetime], dt.datetime] = field(default_factory=dict, repr=False)

    def member_of(self, user_id: int) -> Member | None:
        return next((member for member in self.members if member.user_id == user_id), None)

    def opening_of(self, member: Member, at: dt.datetime) -> dt.datetime:
        """The first working moment of a member from `at` on, reckoned once."""
        asked = (member.membership_id, at)
        if asked not in self.openings:
            self.openings[asked] = business_time.next_opening(member.calendar, at)
        return self.openings[asked]


@dataclass(frozen=True)
class LedgerRow:
    """A move of a member's position; `lead_id` tells the hand-over it was for, if any."""

    membership_id: int
    amount: Decimal
    cause: str
    at: dt.datetime
    lead_id: int | None = None


@dataclass(frozen=True)
class Choice:
    """Who gets it, or nobody, and what was weighed. `at_opening`: decided for that later moment."""

    member: Member | None
    candidates: list[dict[str, Any]]
    at_opening: dt.datetime | None = None


def choose(
    roster: Roster, *, at: dt.datetime, lead_id: int, excluding: frozenset[int] = frozenset()
) -> Choice:
    """Give a turn of the team and note it in the roster, or say why nobody could take it.

    `excluding`: user ids passed over because the lead was theirs before. When the whole team is
    off hours the turn is taken among those who work at the next opening.
    """
    settle(roster, at=at)
    opening = None
    working = [m for m in roster.members if _works(m) and m.works_at(at)]
    if not working:
        opening = _next_opening(roster, at=at, excluding=excluding)
    moment = opening or at
    candidates, eligible = [], []
    for member in roster.members:
        why = why_not(member, at=moment, excluding=excluding, historical=roster.historical)
        if not why:
            eligible.append(member)
        candidates.append((member, why))
    chosen = min(eligible, key=lambda m: _place(m, roster.pick), default=None)
    weighed = [_candidate(member, why, chosen, roster.pick) for member, why in candidates]
    if chosen is not None:
        take(roster, chosen, at=at, lead_id=lead_id)
    return Choice(chosen, weighed, opening if chosen is not None else None)


def take(roster: Roster, member: Member, *, at: dt.datetime, lead_id: int) -> None:
    """Charge a member one turn."""
    member.served += member.stride
    member.last_served_at = max(at, member.last_served_at or at)
    member.open += 1
    member.today += 1
    roster.ledger.append(LedgerRow(member.membership_id, member.stride, "turn", at, lead_id))


def settle(roster: Roster, *, at: dt.datetime) -> None:
    """Start joiners, and those back from leave, at the minimum of the members in turn."""
    in_turn = [m for m in roster.members if _in_turn(m, at)]
    minimum = min((m.served for m in in_turn), default=Decimal(0))
    for member in roster.members:
        if not _works(member) or member.away_until(at):
            if member.away_since is None and member.has_ledger:
                member.away_since = at
        elif not member.has_ledger:
            _raise_to(roster, member, minimum, "joined", at)
            member.has_ledger = True
        elif member.away_since is not None:
            _raise_to(roster, member, minimum, "returned", at)
            member.away_since = None


def _raise_to(
    roster: Roster, member: Member, minimum: Decimal, cause: str, at: dt.datetime
) -> None:
    amount = max(minimum - member.served, Decimal(0))
    member.served += amount
    roster.ledger.append(LedgerRow(member.membership_id, amount, cause, at))


def why_not(
    member: Member, *, at: dt.datetime, excluding: frozenset[int] = frozenset(), historical: bool
) -> str:
    """Why a member cannot take a lead at a moment, for a person to read; empty when they can."""
    if not member.active:
        return "Left the team"
    if member.weight < 1:
        return "Takes no turns (weight 0)"
    if member.user_id in excluding:
        return "Had this lead before"
    until = member.away_until(at)
    if until is not None:
        return f"Away until {until.astimezone(member.calendar.zone):%d %b %H:%M}"
    if not member.works_at(at):
        return "Outside working hours"
    if historical:
        return ""
    if member.max_open is not None and member.open >= member.max_open:
        return f"Full, {member.open} of {member.max_open} open"
    if member.max_per_day is not None and member.today >= member.max_per_day:
        return f"Full for the day, {member.today} of {member.max_per_day}"
    return ""


def _works(member: Member) -> bool:
    return member.active and member.weight > 0


def _in_turn(member: Member, at: dt.datetime) -> bool:
    settled = member.has_ledger and member.away_since is None
    return settled and _works(member) and not member.away_until(at)


def _next_opening(
    roster: Roster, *, at: dt.datetime, excluding: frozenset[int]
) -> dt.datetime | None:
    """The first moment at which somebody works again and could take it; None: nobody could."""
    openings = []
    for member in roster.members:
        if not _works(member):
            continue
        opening = roster.opening_of(member, member.away_until(at) or at)
        why = why_not(member, at=opening, excluding=excluding, historical=roster.historical)
        if not why:
            openings.append(opening)
    return min(openings, default=None)


def _place(member: Member, pick: str) -> tuple[Any, ...]:
    load = Decimal(member.open) / member.weight if pick == "least_loaded" else Decimal(0)
    return (load, member.served, member.last_served_at or NEVER, member.membership_id)


def _behind(member: Member, chosen: Member, pick: str) -> str:
    """Why somebody who could have had the lead comes after the one whose turn it is."""
    ours, theirs = _place(member, pick), _place(chosen, pick)
    if ours[0] != theirs[0]:
        return "More open for the weight"
    if ours[1] != theirs[1]:
        return "Served more for the weight"
    return (
        "Served as much, more recently" if ours[2] != theirs[2] else "Served as much, joined later"
    )


def _candidate(member: Member, why: str, chosen: Member | None, pick: str) -> dict[str, Any]:
    if not why:
        if chosen is None or member is chosen:
            why = "Their turn"
        else:
            why = _behind(member, chosen, pick)
    return {
        "email": member.email,
        "name": member.name,
        "served": float(member.served),
        "weight": member.weight,
        "open": member.open,
        "why": why,
        "chosen": member is chosen,
    }
