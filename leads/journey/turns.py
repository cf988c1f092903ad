"""How a team's turn moves on: stride scheduling over its members. Pure; knows no database.

Each member carries `served`; an assignment adds 1/weight; the next turn is the eligible member
with the least, ties by least recently served. A joiner, and one back from leave or from being full,
starts at the team's current minimum. Source: design.md §3 "Turns", contracts.md §3 "Routing".
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from handoff import business_time

from .serving import EVERYBODY, Serves

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
    serves: Serves = EVERYBODY
    hours: dict[dt.datetime, bool] = field(default_factory=dict, repr=False)
    """Whether they work at moments asked before; most leads of a batch come at one."""

    @property
    def stride(self) -> Decimal:
        """What one turn costs."""
        return (Decimal(1) / self.weight).quantize(PLACES)

    def away_until(self, at: dt.datetime) -> dt.datetime | None:
        ends = [end for start, end in self.away if start <= at < end]
        return max(ends, default=None)

    @property
    def takes_turns(self) -> bool:
        """Whether they are in the team, with a share of its turns."""
        return self.active and self.weight > 0

    @property
    def is_settled(self) -> bool:
        """Whether they stood in the turn when it was last given."""
        return self.has_ledger and self.away_since is None

    @property
    def full(self) -> str:
        """Which limit they have reached, for a person to read; empty for none."""
        if self.max_open is not None and self.open >= self.max_open:
            return f"Full, {self.open} of {self.max_open} open"
        if self.max_per_day is not None and self.today >= self.max_per_day:
            return f"Full for the day, {self.today} of {self.max_per_day}"
        return ""

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


def take(roster: Roster, member: Member, *, at: dt.datetime, lead_id: int) -> None:
    """Charge a member one turn."""
    member.served += member.stride
    member.last_served_at = max(at, member.last_served_at or at)
    member.open += 1
    member.today += 1
    roster.ledger.append(LedgerRow(member.membership_id, member.stride, "turn", at, lead_id))


def settle(roster: Roster, *, at: dt.datetime) -> None:
    """Start joiners, and those who could take none for a while, at the minimum of the members in
    turn; where nobody is in turn, at the furthest of all, so that none has turns saved up."""
    past = roster.historical
    in_turn = [m.served for m in roster.members if m.is_settled and not _is_out(m, at, past=past)]
    reached = [m.served for m in roster.members if m.has_ledger]
    baseline = min(in_turn) if in_turn else max(reached, default=Decimal(0))
    for member in roster.members:
        if _is_out(member, at, past=past):
            if member.away_since is None and member.has_ledger:
                member.away_since = at
        elif not member.has_ledger:
            _raise_to(roster, member, baseline, "joined", at)
            member.has_ledger = True
        elif member.away_since is not None:
            _raise_to(roster, member, baseline, "returned", at)
            member.away_since = None


def _is_out(member: Member, at: dt.datetime, *, past: bool) -> bool:
    """Whether turns pass a member by: left, of weight 0, away or full. Off hours is none of it."""
    if not member.takes_turns or member.away_until(at):
        return True
    return bool(member.full) and not past


def _raise_to(
    roster: Roster, member: Member, minimum: Decimal, cause: str, at: dt.datetime
) -> None:
    amount = max(minimum - member.served, Decimal(0))
    member.served += amount
    roster.ledger.append(LedgerRow(member.membership_id, amount, cause, at))
