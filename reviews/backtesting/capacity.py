"""The load of each team in a week, beside what its members could take on in it.

Of the members as they are today: their daily limits, over the days on which they would have worked,
without holidays, closures and the time they were away.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from handoff import business_time
from handoff.calendars import DAY_US, day_of, instant_of, moment_of
from handoff.labels import humanise
from handoff.models import Absence, Membership, Team
from handoff.words import number

Span = tuple[dt.datetime, dt.datetime]
ByWeek = dict[dt.date, float]


@dataclass(frozen=True, slots=True)
class Week:
    """Leads of one week, by its Monday, and what the team could take in it; None: no limit."""

    monday: dt.date
    was: int
    would: int
    capacity: float | None = None

    @property
    def is_over(self) -> bool:
        return self.capacity is not None and self.would > self.capacity


@dataclass(frozen=True, slots=True)
class Load:
    """Leads a week of one team, on the average of the period, and in the draft's busiest week.

    `capacity`: what its members' daily limits allow in a week of the period, on the average; None:
    somebody has no limit.
    """

    key: str
    name: str
    responsible: str
    was: float
    would: float
    busiest: Week | None
    capacity: float | None
    members: int
    weekly: tuple[Week, ...] = ()

    @property
    def weeks_over(self) -> int:
        """In how many weeks the draft's leads are more than the team could have taken."""
        return sum(1 for week in self.weekly if week.is_over)

    @property
    def spare(self) -> float | None:
        return None if self.capacity is None else self.capacity - self.would

    @property
    def over(self) -> float:
        """By how much the draft's average week is more than the team can take; else 0."""
        return 0.0 if self.spare is None else max(0.0, -self.spare)

    @property
    def verdict(self) -> str:
        """How it stands, in words."""
        if not self.responsible:
            return "owners take all of theirs"
        if not self.members:
            return "nobody takes its leads"
        if self.capacity is None:
            return "no daily limit"
        if self.over:
            return f"over by {_shown(self.over)}"
        if self.was > self.capacity:
            return "back under capacity"
        return f"{_shown(self.capacity - self.would)} to spare"


def loads(weekly: Iterable[Any], begin: dt.datetime, end: dt.datetime) -> list[Load]:
    """The load of every team that was or would be given leads from `begin` to `end`. `weekly`: rows
    of team key, week, leads then, leads under the draft; the empty key is the owners of accounts
    and deals."""
    rows: dict[str, list[tuple[dt.date, int, int]]] = defaultdict(list)
    for key, week, before, after in weekly:
        rows[key].append((dt.date.fromisoformat(week), before, after))
    teams = {team.key: team for team in _teams(rows, begin, end)}
    found = [_load(key, told, teams.get(key), begin, end) for key, told in rows.items()]
    return sorted(found, key=lambda load: (-load.would, load.key))


def _teams(keys: Iterable[str], begin: dt.datetime, end: dt.datetime) -> QuerySet[Team]:
    """Teams with their members, and when those are away in a period."""
    away = Absence.objects.between(begin, end)
    teams = Team.objects.filter(key__in=list(keys)).select_related("responsible", "calendar")
    members = Membership.objects.select_related("user", "calendar")
    return teams.prefetch_related(
        Prefetch("memberships", members), Prefetch("memberships__user__absences", away)
    )


def _load(
    key: str,
    told: list[tuple[dt.date, int, int]],
    team: Team | None,
    begin: dt.datetime,
    end: dt.datetime,
) -> Load:
    limits, members = _capacity(team, begin, end) if team else (None, 1)
    weekly = [
        Week(monday, was, would, None if limits is None else limits.get(monday, 0.0))
        for monday, was, would in told
    ]
    weeks = max((end - begin) / dt.timedelta(days=7), 1 / 7)
    busiest = max(weekly, key=lambda week: week.would)
    return Load(
        key=key,
        name=team.name if team else humanise(key) or "Owners of accounts and deals",
        responsible=str(team.responsible) if team else "",
        was=sum(week.was for week in weekly) / weeks,
        would=sum(week.would for week in weekly) / weeks,
        busiest=busiest if busiest.would else None,
        capacity=None if limits is None else sum(limits.values()) / weeks,
        members=members,
        weekly=tuple(weekly),
    )


def scale(found: Iterable[Load]) -> float:
    """How many leads a week the drawings reach to: capacity far beyond the load is left out."""
    listed = list(found)
    most = max((max(load.was, load.would) for load in listed), default=0.0)
    limits = [load.capacity for load in listed if load.capacity and load.capacity <= 2 * most]
    return 1.05 * max([most, *limits])


def by_week(found: Iterable[Load]) -> list[tuple[dt.date, list[Week | None]]]:
    """The weeks in order, each with what every team got, in the order of `found`."""
    columns = [{week.monday: week for week in load.weekly} for load in found]
    mondays = sorted({monday for column in columns for monday in column})
    return [(monday, [column.get(monday) for column in columns]) for monday in mondays]


def _capacity(team: Team, begin: dt.datetime, end: dt.datetime) -> tuple[ByWeek | None, int]:
    """What the limits of the members allow in each week of a period, and how many take leads."""
    members = [one for one in team.memberships.all() if one.active and one.weight]
    members = [one for one in members if one.user.is_active]
    if not members or any(one.max_per_day is None for one in members):
        return None, len(members)
    found: ByWeek = defaultdict(float)
    calendars: dict[int, dict[int, list[Span]]] = {}
    for one in members:
        calendar = one.calendar or team.calendar
        if calendar.pk not in calendars:
            calendars[calendar.pk] = _working_days(calendar.windows(), begin, end)
        away = sorted((span.starts_at, span.ends_at) for span in one.user.absences.all())
        for spans in calendars[calendar.pk].values():
            if any(not _is_away(span, away) for span in spans):
                found[_monday(spans[0][0])] += one.max_per_day or 0
    return found, len(members)


def _working_days(
    calendar: business_time.Calendar, begin: dt.datetime, end: dt.datetime
) -> dict[int, list[Span]]:
    """The open spans of each local day that opens within a period; holidays have none."""
    found: dict[int, list[Span]] = defaultdict(list)
    first, last = (moment_of(at, "a period") // DAY_US for at in (begin, end))
    for day in range(first - 1, last + 1):
        for stretch in day_of(calendar, day):
            if stretch.why is None:
                span = (instant_of(stretch.start), instant_of(stretch.end))
                found[stretch.date].append(span)
    return {date: spans for date, spans in found.items() if begin <= spans[0][0] < end}


def _is_away(span: Span, away: list[Span]) -> bool:
    """Whether somebody is away for the whole of a span. `away`: by its beginning."""
    reached, end = span
    for starts, ends in away:
        if starts <= reached < ends:
            reached = ends
    return reached >= end


def _monday(at: dt.datetime) -> dt.date:
    """The Monday of the week in UTC, by which leads are counted too."""
    day = at.astimezone(dt.UTC).date()
    return day - dt.timedelta(days=day.weekday())


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else number(value)
