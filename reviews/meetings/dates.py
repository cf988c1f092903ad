"""When a series meets. Pure: knows no model and no clock."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator

from handoff.calendars import Calendar

WEEK = dt.timedelta(weeks=1)


class NeverOpen(ValueError):
    """A calendar has no hours within a year."""


def due_days(first_on: dt.date, weekday: int, every_weeks: int) -> Iterator[dt.date]:
    """The days a series asks for, from the first such weekday on or after `first_on`, for ever."""
    day = first_on + dt.timedelta(days=(weekday - first_on.weekday()) % 7)
    while True:
        yield day
        day += every_weeks * WEEK


def working_day(day: dt.date, calendar: Calendar | None) -> dt.date:
    """`day`, or the next on which the calendar has hours. Raises NeverOpen."""
    if calendar is None:
        return day
    midnight = dt.datetime.combine(day, dt.time(), calendar.zone)
    try:
        opening = calendar.next_opening(midnight.astimezone(dt.UTC))
    except ValueError as error:
        raise NeverOpen(str(error)) from error
    return opening.astimezone(calendar.zone).date()


def moment_of(
    day: dt.date, at: dt.time, zone: zoneinfo.ZoneInfo, calendar: Calendar | None
) -> dt.datetime:
    """When the meeting due on `day` begins, in UTC: at that local time whatever the clocks do, on
    the next working day where `day` is none. A time that the clocks skip is the one just after.
    Raises NeverOpen."""
    moved = working_day(day, calendar)
    return dt.datetime.combine(moved, at, zone).astimezone(dt.UTC)
