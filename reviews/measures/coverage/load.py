"""Teams that carry, or were given in a day, more than their members may take.

The limits are those of the members who take leads and are not away: now for what is open, at noon
of the team's day for what came on it. Where one of them has no limit, the team has none.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse

from handoff.models import Absence, Membership, Team
from handoff.words import count_of

from .finding import Finding, Span
from .hours import LOCAL

NOON = dt.time(12)
TOLD_DAYS = 3


@dataclass(frozen=True)
class Crew:
    """Who takes leads in a team, and when each of them is away."""

    team: Team
    members: list[Membership]
    away: dict[int, list[Absence]]

    def there(self, at: dt.datetime) -> list[Membership]:
        """Those who are not away at a moment."""
        return [
            one
            for one in self.members
            if not any(off.starts_at <= at < off.ends_at for off in self.away.get(one.user_id, ()))
        ]

    def room(self, limit: str, at: dt.datetime) -> int | None:
        """The limits of those who are there, added up; None where one of them has none."""
        limits = [getattr(one, limit) for one in self.there(at)]
        return None if None in limits else sum(limits)


def over(span: Span) -> Iterator[Finding]:
    """Teams with more open than they may have, and with days of more than they may take."""
    crews = [crew for crew in _crews(span) if crew.members]
    opened, came = _open(span), _by_day(span)
    for crew in crews:
        yield from _over_open(span, crew, opened.get(crew.team.pk, 0))
        yield from _over_days(span, crew, came.get(crew.team.pk, {}))


def _crews(span: Span) -> Iterator[Crew]:
    members: dict[int, list[Membership]] = defaultdict(list)
    at_work = Membership.objects.filter(team__in=span.teams, active=True, user__is_active=True)
    for one in at_work.filter(weight__gt=0).order_by("pk"):
        members[one.team_id].append(one)
    away: dict[int, list[Absence]] = defaultdict(list)
    later = span.at + dt.timedelta(days=1)
    for off in Absence.objects.between(span.since - dt.timedelta(days=1), later).order_by("pk"):
        away[off.user_id].append(off)
    for pk, team in span.teams.items():
        yield Crew(team, members[pk], away)


def _open(span: Span) -> dict[int, int]:
    """How many open leads each team has, those that wait without an owner too."""
    found = span.of_open("true").counted("c.team_id, count(*)::int", "GROUP BY 1")
    return {team_id: count for team_id, count in found if team_id is not None}


def _by_day(span: Span) -> dict[int, dict[dt.date, int]]:
    """How many leads came to each team, by its days."""
    found: dict[int, dict[dt.date, int]] = defaultdict(dict)
    rows = span.counted(
        f"c.team_id, {LOCAL}::date AS day, count(*)::int",
        "WHERE c.team_id IS NOT NULL GROUP BY 1, 2",
    )
    for team_id, day, count in rows:
        found[team_id][day] = count
    return found


def _over_open(span: Span, crew: Crew, count: int) -> Iterator[Finding]:
    room = crew.room("max_open", span.at)
    if room is None or count <= room:
        return
    away = len(crew.members) - len(crew.there(span.at))
    of = f", {away} of {len(crew.members)} being away" if away else ""
    yield Finding(
        key=f"capacity:open:{crew.team.key}",
        area="capacity",
        says=f"{crew.team} has {count_of(count, 'open lead')} and room for {room:,}{of}.",
        count=count,
        team=crew.team,
        href=reverse("leads:roster", args=[crew.team.key]),
        action="Its load",
        behind=span.of_open("c.team_id = %s", crew.team.pk),
    )


def _over_days(span: Span, crew: Crew, came: dict[dt.date, int]) -> Iterator[Finding]:
    zone = ZoneInfo(crew.team.calendar.timezone)
    days: dict[dt.date, tuple[int, int]] = {}
    for day, count in came.items():
        room = crew.room("max_per_day", dt.datetime.combine(day, NOON, zone))
        if room is not None and count > room:
            days[day] = (count, room)
    if not days:
        return
    worst = max(days, key=lambda day: (days[day][0] - days[day][1], day))
    most, room = days[worst]
    yield Finding(
        key=f"capacity:day:{crew.team.key}",
        area="capacity",
        says=f"On {len(days)} of {count_of(len(came), 'day')} more came to {crew.team} than it may"
        f" take in a day, most on {worst:%a} {worst.day} {worst:%b}: {most} where {room} may.",
        count=sum(count for count, _ in days.values()),
        since=dt.datetime.combine(min(days), dt.time(), zone),
        team=crew.team,
        href=reverse("leads:roster", args=[crew.team.key]),
        action="Its limits",
        behind=span.of_came(
            f"c.team_id = %s AND {LOCAL}::date = ANY(%s::date[])",
            crew.team.pk,
            [f"{day}" for day in sorted(days)],
        ),
    )
