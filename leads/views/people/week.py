"""A week of a team, person by person: when they work, and why not."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handoff import business_time
from handoff.calendars import Calendar
from handoff.models import Absence, Membership

DAYS = 7
Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one person: the hours they work (local, as text), else why none, and what takes
    a part of them."""

    date: dt.date
    hours: tuple[str, ...]
    why: str = ""
    away: str = ""
    is_absence: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One person's week. `zone` is named where it is not the team's."""

    membership: Membership
    days: tuple[Day, ...]
    zone: str = ""


def monday_of(day: dt.date) -> dt.date:
    """The Monday of its week."""
    return day - dt.timedelta(days=day.weekday())


def lines(
    memberships: Sequence[Membership], calendars: dict[int, Calendar], monday: dt.date
) -> list[Line]:
    """The week from `monday` on of each member; `calendars` by membership. One statement."""
    begin = dt.datetime.combine(monday, dt.time(), dt.UTC) - dt.timedelta(days=1)
    end = begin + dt.timedelta(days=DAYS + 2)
    people = {one.user_id for one in memberships}
    spans: dict[int, list[Absence]] = defaultdict(list)
    for absence in Absence.objects.between(begin, end).filter(user__in=people).order_by("pk"):
        spans[absence.user_id].append(absence)
    return [
        Line(
            one,
            tuple(
                _day(calendars[one.pk], monday + dt.timedelta(days=n), spans[one.user_id])
                for n in range(DAYS)
            ),
            _zone(calendars[one.pk], one),
        )
        for one in memberships
    ]


def _zone(calendar: Calendar, membership: Membership) -> str:
    theirs = calendar.zone.key
    return theirs if theirs != membership.team.calendar.timezone else ""


def _day(calendar: Calendar, date: dt.date, absences: Iterable[Absence]) -> Day:
    midnight = dt.datetime.combine(date, dt.time(), calendar.zone).astimezone(dt.UTC)
    after = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), calendar.zone)
    rows = business_time.laid_out(calendar, midnight, after)
    windows = [(row.start, row.end) for row in rows if row.minutes]
    if not windows:
        return Day(date, (), _why_closed(calendar, date, rows[0].why))
    told = []
    for absence in absences:
        if absence.starts_at < windows[-1][1] and absence.ends_at > windows[0][0]:
            told.append(absence)
            windows = _without(windows, (absence.starts_at, absence.ends_at))
            if not windows:
                return Day(date, (), _kind(absence), is_absence=True)
    hours = tuple(f"{_time(s, calendar)}–{_end(e, calendar)}" for s, e in windows)
    away = ", ".join(_part(absence, calendar, date) for absence in told)
    return Day(date, hours, away=away, is_absence=bool(told))


def _why_closed(calendar: Calendar, date: dt.date, why: str) -> str:
    if not calendar.windows[date.weekday()]:
        return ""
    return "Closed" if why == "closed" else why


def _kind(absence: Absence) -> str:
    return "Away" if absence.kind == Absence.Kind.TIME_OFF else "Paused"


def _part(absence: Absence, calendar: Calendar, date: dt.date) -> str:
    begins = absence.starts_at.astimezone(calendar.zone)
    ends = absence.ends_at.astimezone(calendar.zone)
    said = _kind(absence)
    if begins.date() == date and begins.time() != dt.time():
        said += f" from {begins:%H:%M}"
    if ends.date() == date:
        said += f" until {ends:%H:%M}"
    return said


def _without(windows: Iterable[Span], away: Span) -> list[Span]:
    """The windows less the time away."""
    left = []
    for start, end in windows:
        if away[0] >= end or away[1] <= start:
            left.append((start, end))
            continue
        if start < away[0]:
            left.append((start, away[0]))
        if away[1] < end:
            left.append((away[1], end))
    return left


def _time(moment: dt.datetime, calendar: Calendar) -> str:
    return f"{moment.astimezone(calendar.zone):%H:%M}"


def _end(moment: dt.datetime, calendar: Calendar) -> str:
    return _time(moment, calendar).replace("00:00", "24:00")
