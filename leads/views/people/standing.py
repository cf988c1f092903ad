"""How the members of teams stand at a moment: in or not, until when, and what they carry."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Q

from handoff import business_time
from handoff.models import Team
from handoff.words import day_and_time
from leads.journey.turns import Member, Roster
from leads.journey.weighing import why_not
from leads.models import Handoff

Mood = Literal["in", "full", "off", "away", "none", "left"]

AHEAD = dt.timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody can take a lead now (`mood`), and that in words."""

    mood: Mood
    says: str

    @property
    def is_in(self) -> bool:
        """At work, whether or not they can take one more."""
        return self.mood in ("in", "full", "none")


def standing_of(member: Member, *, at: dt.datetime) -> Standing:
    """How a member stands; times are in the viewer's zone."""
    if not member.active:
        return Standing("left", "Left the team")
    if member.away_until(at) is not None:
        return Standing("away", f"Away, back {day_and_time(_back(member, at), at)}")
    if not member.works_at(at):
        return Standing("off", f"Off, back {day_and_time(_back(member, at), at)}")
    until = f"in until {day_and_time(_closing(member, at), at)}"
    why = why_not(member, at=at, historical=False)
    if not why:
        return Standing("in", until.capitalize())
    return Standing("none" if member.weight < 1 else "full", f"{why}; {until}")


def _back(member: Member, at: dt.datetime) -> dt.datetime:
    """When they work again: inside their hours and not away, one time off after another."""
    opening = business_time.next_opening(member.calendar, at)
    while (until := member.away_until(opening)) is not None:
        opening = business_time.next_opening(member.calendar, until)
    return opening


def _closing(member: Member, at: dt.datetime) -> dt.datetime:
    """When they stop working: the hours close, or time off begins."""
    closes = business_time.laid_out(member.calendar, at, at + AHEAD)[0].end
    return min([closes, *(start for start, _ in member.away if at < start < closes)])


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody carries of what they may: `most` None where there is no limit."""

    count: int
    most: int | None

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.count / self.most)) if self.most else 0

    @property
    def is_full(self) -> bool:
        return self.most is not None and self.count >= self.most

    @property
    def says(self) -> str:
        return f"{self.count} of {self.most}" if self.most is not None else f"{self.count}"


def open_of(people: Collection[int]) -> dict[int, int]:
    """How many open leads each person has."""
    rows = Handoff.objects.working().filter(owner__in=people).order_by().values_list("owner")
    return dict(rows.annotate(n=Count("pk")))


def today_of(rosters: Collection[Roster], *, at: dt.datetime) -> dict[tuple[int, int], int]:
    """How many leads each person got today, by team and person; the day is the team's."""
    if not rosters:
        return {}
    days = Q()
    for roster in rosters:
        zone = roster.calendar.zone
        midnight = dt.datetime.combine(at.astimezone(zone).date(), dt.time(), zone)
        days |= Q(team=roster.team_id, assigned_at__gte=midnight)
    rows = Handoff.objects.filter(days, historical=False, owner__isnull=False).order_by()
    found = rows.values_list("team", "owner").annotate(n=Count("pk"))
    return {(team, owner): n for team, owner, n in found}


def waiting_in(teams: Collection[Team]) -> dict[int, int]:
    """How many open leads wait in each team's queue without an owner."""
    rows = Handoff.objects.working().unowned().filter(team__in=teams).order_by()
    return dict(rows.values_list("team").annotate(n=Count("pk")))
