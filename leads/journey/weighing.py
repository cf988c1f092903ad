"""Whose turn it is for one lead, and why not everybody else's. Pure; knows no database.

Source: contracts.md §3 "Routing", docs/decisions/0028-who-gets-it-and-why.md.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .serving import Wanted
from .turns import Member, Roster, settle, take

NEVER = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
LEFT = "Left the team"
HAD = "Had this lead before"


@dataclass(frozen=True)
class Wish:
    """Which lead is to be given, and what is asked of whoever gets it.

    `excluding`: user ids that never get it, since it was theirs and they gave it away; `spared`:
    those who had it and missed it, asked only where nobody else is left. `sticky`: the user id it
    goes back to, if they can take it.
    """

    lead_id: int
    wanted: Wanted | None = None
    excluding: frozenset[int] = frozenset()
    spared: frozenset[int] = frozenset()
    sticky: int | None = None


@dataclass(frozen=True)
class Choice:
    """Who gets it, or nobody, and what was weighed. `at_opening`: decided for that later moment;
    `relaxed`: what had to be passed by for anybody to get it; `kept`: it went back to who had it.
    """

    member: Member | None
    candidates: list[dict[str, Any]]
    at_opening: dt.datetime | None = None
    relaxed: str = ""
    kept: bool = False


TURN = "Their turn"
KEPT = "Had this lead before, sticky"
STAYED = "It went back to who had it before"
OPENING = dt.timedelta(hours=1)
"""Who begins no later than this after the first works at the same opening. Without it, who begins
half an hour before all others is given every lead of the night."""

RELAXED = "Nobody else was left, so past owners were asked again"


def choose(roster: Roster, wish: Wish, *, at: dt.datetime) -> Choice:
    """Give a turn of the team and note it in the roster, or say why nobody could take it.

    When the whole team is off hours the turn is taken among those who work at the next opening.
    """
    settle(roster, at=at)
    strict = replace(wish, excluding=wish.excluding | wish.spared)
    choice = _weigh(roster, strict, at=at)
    if choice.member is None and wish.spared:
        again = _weigh(roster, wish, at=at)
        if again.member is not None:
            choice = replace(again, relaxed=RELAXED)
    if choice.member is not None:
        take(roster, choice.member, at=at, lead_id=wish.lead_id)
    return choice


def _weigh(roster: Roster, wish: Wish, *, at: dt.datetime) -> Choice:
    """Whose turn it is, and why not everybody else's; charges nothing."""
    moments = _moments(roster, wish, at=at)
    whys = {
        member.membership_id: why_not(
            member, wish, at=moments.get(member.membership_id, at), historical=roster.historical
        )
        for member in roster.members
    }
    eligible = [member for member in roster.members if not whys[member.membership_id]]
    order = sorted(eligible, key=lambda member: _place(member, roster.pick))
    back = next((member for member in order if member.user_id == wish.sticky), None)
    chosen = back or next(iter(order), None)
    turns = {member.membership_id: place for place, member in enumerate(order, 1)}
    for member in order:
        whys[member.membership_id] = _why(member, order[0], back, roster.pick)
    weighed = [
        _candidate(
            member,
            whys[member.membership_id],
            turn=turns.get(member.membership_id),
            chosen=member is chosen,
        )
        for member in roster.members
    ]
    at_opening = moments.get(chosen.membership_id) if chosen is not None else None
    return Choice(chosen, weighed, at_opening, kept=back is not None)


def why_not(member: Member, wish: Wish | None = None, *, at: dt.datetime, historical: bool) -> str:
    """Why a member cannot take a lead (any, or the one of `wish`) at a moment, for a person to
    read; empty when they can."""
    if not member.active:
        return LEFT
    if member.weight < 1:
        return "Takes no turns (weight 0)"
    if wish is not None:
        if member.user_id in wish.excluding:
            return HAD
        if wish.wanted is not None and (unserved := member.serves.why_not(wish.wanted)):
            return unserved
    until = member.away_until(at)
    if until is not None:
        return f"Away until {until.astimezone(member.calendar.zone):%d %b %H:%M}"
    if not member.works_at(at):
        return "Outside working hours"
    return "" if historical else member.full


def _moments(roster: Roster, wish: Wish, *, at: dt.datetime) -> dict[int, dt.datetime]:
    """For which later moment each member is asked, by membership: where the whole team is off hours
    and somebody could take it at the next opening; else empty."""
    if any(member.takes_turns and member.works_at(at) for member in roster.members):
        return {}
    openings = {}
    for member in roster.members:
        if not member.takes_turns:
            continue
        opening = roster.opening_of(member, member.away_until(at) or at)
        if not why_not(member, wish, at=opening, historical=roster.historical):
            openings[member.membership_id] = opening
    if not openings:
        return {}
    first = min(openings.values())
    asked = {pk: opening for pk, opening in openings.items() if opening <= first + OPENING}
    return {member.membership_id: first for member in roster.members} | asked


def _place(member: Member, pick: str) -> tuple[Any, ...]:
    load = Decimal(member.open) / member.weight if pick == "least_loaded" else Decimal(0)
    return (load, member.served, member.last_served_at or NEVER, member.membership_id)


def _why(member: Member, first: Member, back: Member | None, pick: str) -> str:
    """What is said of somebody who could take it."""
    if back is not None:
        return KEPT if member is back else STAYED
    return TURN if member is first else _behind(member, first, pick)


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


def _candidate(member: Member, why: str, *, turn: int | None, chosen: bool) -> dict[str, Any]:
    """How a member was weighed, as an assignment keeps it. `turn`: their place among those who
    could take it, from 1; None for who could not."""
    return {
        "member": member.membership_id,
        "email": member.email,
        "name": member.name,
        "served": float(member.served),
        "weight": member.weight,
        "open": member.open,
        "turn": turn,
        "why": why,
        "chosen": chosen,
    }


def nobody(candidates: Iterable[dict[str, Any]]) -> str:
    """Why nobody could take it, person by person, in a line."""
    said = [f"{one['name']}: {one['why']}" for one in candidates if one["why"] != LEFT]
    return "; ".join(said) or "Nobody is in this team"
