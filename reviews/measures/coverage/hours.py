"""When leads come and nobody of the team works, in hours of the week.

The week is the usual one of the members' calendars, without holidays and time off, laid over the
team's zone as the zones stand in this week.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from django.urls import reverse

from handoff import business_time
from handoff.models import Membership, Team
from handoff.words import WEEKDAYS, count_of
from reviews.measures.intervals import share

from .finding import Finding, Span

WEEK = 7 * 24 * 60
HOUR = 60
LOCAL = "(c.made_at AT TIME ZONE c.timezone)"
MINUTE = f"""((extract(isodow FROM {LOCAL})::int - 1) * 1440
    + extract(hour FROM {LOCAL})::int * 60 + extract(minute FROM {LOCAL})::int)"""
"""The minute of the team's week in which one came, from Monday midnight."""

WORTH = 0.1
"""A tenth of a team's leads outside its hours is worth a finding; so are never under LEAST."""
LEAST = 5

Minutes = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """One hour of the week: how many came, and for how much of it somebody works."""

    came: int
    worked: float

    @property
    def mood(self) -> str:
        """`on`, `part` or `off`: whether somebody works."""
        return "on" if self.worked >= 1 else "part" if self.worked > 0 else "off"


@dataclass(frozen=True)
class Week:
    """A team's week: the minutes in which somebody works, and the minutes in which leads came."""

    team: Team
    open: tuple[Minutes, ...]
    came: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.came.values())

    @cached_property
    def closed(self) -> tuple[Minutes, ...]:
        """The minutes in which nobody works."""
        ends = [0, *(edge for span in self.open for edge in span), WEEK]
        pairs = list(pairwise(ends))[::2]
        return tuple((start, end) for start, end in pairs if end > start)

    @cached_property
    def outside(self) -> int:
        """How many came while nobody works."""
        return sum(n for minute, n in self.came.items() if _within(minute, self.closed))

    @cached_property
    def days(self) -> list[tuple[str, list[Cell]]]:
        """The cells of each day, Monday first."""
        return [
            (name, [self._cell(24 * HOUR * day + HOUR * hour) for hour in range(24)])
            for day, name in enumerate(WEEKDAYS)
        ]

    def _cell(self, start: int) -> Cell:
        end = start + HOUR
        worked = sum(max(0, min(b, end) - max(a, start)) for a, b in self.open)
        return Cell(sum(self.came.get(minute, 0) for minute in range(start, end)), worked / HOUR)


def weeks(span: Span) -> list[Week]:
    """The week of each team to which leads came, most of them first."""
    came: dict[int, dict[int, int]] = defaultdict(dict)
    rows = span.counted(
        f"c.team_id, {MINUTE}, count(*)::int", "WHERE c.team_id IS NOT NULL GROUP BY 1, 2"
    )
    for team_id, minute, count in rows:
        came[team_id][minute] = count
    calendars = _calendars(span.teams)
    found = [
        Week(team, _open(team, calendars[team.pk], span.at), came[team.pk])
        for team in span.teams.values()
        if team.pk in came
    ]
    return sorted(found, key=lambda week: (-week.outside, -week.count, week.team.name))


def _calendars(teams: dict[int, Team]) -> dict[int, list[business_time.Calendar]]:
    """The calendars of those who are in each team."""
    found: dict[int, list[business_time.Calendar]] = defaultdict(list)
    at_work = Membership.objects.filter(team__in=teams, active=True, user__is_active=True)
    for one in at_work.select_related("calendar").order_by("pk"):
        found[one.team_id].append((one.calendar or teams[one.team_id].calendar).windows())
    return found


def _open(
    team: Team, calendars: list[business_time.Calendar], at: dt.datetime
) -> tuple[Minutes, ...]:
    """The minutes of the team's week in which one of the calendars is open, put together."""
    zone = team.calendar.windows().zone
    spans = sorted(
        span
        for calendar in set(calendars)
        for span in _usual(calendar, _offset(at, zone) - _offset(at, calendar.zone))
    )
    merged: list[Minutes] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def _offset(at: dt.datetime, zone: dt.tzinfo) -> int:
    offset = at.astimezone(zone).utcoffset() or dt.timedelta(0)
    return int(offset.total_seconds()) // 60


def _usual(calendar: business_time.Calendar, ahead: int) -> Iterator[Minutes]:
    """The windows of a usual week, moved by `ahead` minutes; what leaves the week comes in again
    at its other end."""
    for day, windows in enumerate(calendar.windows):
        for opens, closes in windows:
            start = (24 * HOUR * day + opens + ahead) % WEEK
            end = start + closes - opens
            yield start, min(end, WEEK)
            if end > WEEK:
                yield 0, end - WEEK


def _within(minute: int, spans: tuple[Minutes, ...]) -> bool:
    return any(start <= minute < end for start, end in spans)


def unworked(span: Span, found: list[Week]) -> Iterator[Finding]:
    """Teams to which more than a tenth of their leads came while nobody works."""
    for week in found:
        if week.outside < LEAST or week.outside / week.count <= WORTH:
            continue
        one = share(week.outside, week.count)
        much = f" ({one.value:.0%})" if one.is_enough else ""
        spans = "{" + ",".join(f"[{start},{end})" for start, end in week.closed) + "}"
        yield Finding(
            key=f"hours:{week.team.key}",
            area="hours",
            says=f"{week.outside:,} of {count_of(week.count, 'lead')}{much} came to {week.team}"
            f" while nobody of it works, most on {_busiest(week)}.",
            count=week.outside,
            team=week.team,
            href=reverse("calendar", args=[week.team.calendar.key]),
            action="Its hours",
            behind=span.of_came(
                f"c.team_id = %s AND {MINUTE} <@ %s::int4multirange", week.team.pk, spans
            ),
        )


def _busiest(week: Week) -> str:
    """The hour without anybody in which most leads came: “Tue 18–19”."""
    hours: dict[int, int] = defaultdict(int)
    for minute, count in week.came.items():
        if _within(minute, week.closed):
            hours[minute // HOUR] += count
    place = max(hours, key=lambda hour: (hours[hour], -hour))
    return f"{WEEKDAYS[place // 24]} {place % 24:02}–{place % 24 + 1:02}"
