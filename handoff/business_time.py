"""Business time: calendars in, deadlines and their receipts out. Knows no model and no clock.

Source: the contracts, §3 "Business time". Every moment must carry its time zone; deadlines are
given in UTC, receipts in the calendar's zone. `calendars` says what working time is.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .calendars import (
    DAY_US,
    MINUTE_US,
    Calendar,
    CalendarError,
    Stretch,
    Window,
    calendar_from,
    day_of,
    instant_of,
    microseconds,
    moment_of,
    opening_after,
)

__all__ = [
    "Calendar",
    "CalendarError",
    "Deadline",
    "Row",
    "before",
    "calendar_from",
    "due",
    "elapsed",
    "laid_out",
    "next_opening",
    "same_business_day",
]

Hours = Literal["business", "always"]
Pause = tuple[dt.datetime, dt.datetime]

HORIZON_DAYS = 200 * 366
"""No deadline lies further ahead than this."""

COUNTED = "working time"
EVERY_HOUR = "every hour counts"
PAUSED = "pause"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a receipt; times carry the calendar's offset, skipped time has 0 minutes."""

    start: dt.datetime
    end: dt.datetime
    minutes: float
    why: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "minutes": self.minutes,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due (in UTC), and the arithmetic that made it."""

    due: dt.datetime
    receipt: tuple[Row, ...]

    def receipt_rows(self) -> list[dict[str, Any]]:
        """The receipt as it is stored and printed: `[{from, to, minutes, why}]`."""
        return [row.as_dict() for row in self.receipt]


def next_opening(calendar: Calendar, at: dt.datetime) -> dt.datetime:
    """See `Calendar.next_opening`."""
    return calendar.next_opening(at)


def due(
    calendar: Calendar,
    start: dt.datetime,
    minutes: float,
    *,
    hours: Hours | str = "business",
    pauses: Iterable[Pause] = (),
) -> Deadline:
    """The moment at which `minutes` of counted time have passed since `start`.

    A start outside any window, or at a closing time, moves to the next opening, for zero minutes
    too. A deadline that falls on a closing time stays there. Raises ValueError for a time without
    a zone, a negative or unbounded target, a pause that ends before it begins, and a calendar
    with no working time within a year.
    """
    begin, target = moment_of(start, "the start"), _target(minutes)
    if _every_hour(hours):
        stretches, why = _always(begin), EVERY_HOUR
    else:
        opening_after(calendar, begin)
        stretches, why = _walk(calendar, begin), COUNTED
    left, rows = target, []
    for stretch in _without(_merged_pauses(pauses), stretches):
        if stretch.why:
            rows.append(stretch)
            continue
        end = min(stretch.end, stretch.start + left)
        rows.append(Stretch(stretch.start, end, None, stretch.date))
        left -= end - stretch.start
        if not left:
            return Deadline(instant_of(end), _receipt(calendar, rows, why))
    raise ValueError("The deadline lies more than two hundred years ahead.")


def same_business_day(calendar: Calendar, start: dt.datetime) -> Deadline:
    """The last close, still ahead of `start`, of the first working day from its local date on.

    Ignores pauses. Raises ValueError as `due` does.
    """
    begin = moment_of(start, "the start")
    today = start.astimezone(calendar.zone).toordinal()
    first = opening_after(calendar, begin) // DAY_US
    ahead = [
        stretch
        for day in range(first, first + 4)
        for stretch in day_of(calendar, day)
        if not stretch.why and stretch.end > begin and stretch.date >= today
    ]
    date = min(stretch.date for stretch in ahead)
    end = max(stretch.end for stretch in ahead if stretch.date == date)
    return Deadline(instant_of(end), _receipt(calendar, _until(calendar, begin, end), COUNTED))


def elapsed(
    calendar: Calendar,
    start: dt.datetime,
    end: dt.datetime,
    pauses: Iterable[Pause] = (),
    *,
    hours: Hours | str = "business",
) -> float:
    """Minutes of counted time from `start` to `end`; 0 where `end` is not later."""
    begin, finish = moment_of(start, "the start"), moment_of(end, "the end")
    if finish <= begin:
        return 0.0
    whole = [Stretch(begin, finish, None, 0)]
    stretches = whole if _every_hour(hours) else _until(calendar, begin, finish)
    counted = _without(_merged_pauses(pauses), stretches)
    return sum(s.end - s.start for s in counted if not s.why) / MINUTE_US


def laid_out(calendar: Calendar, start: dt.datetime, end: dt.datetime) -> tuple[Row, ...]:
    """What the calendar says from `start` to `end`, without a gap: working time, and between it
    closed time with its reason and 0 minutes."""
    begin, finish = moment_of(start, "the start"), moment_of(end, "the end")
    return _receipt(calendar, _until(calendar, begin, finish), COUNTED)


def before(
    calendar: Calendar, moment: dt.datetime, minutes: float, *, hours: Hours | str = "business"
) -> dt.datetime:
    """The moment from which `minutes` of counted time are left until `moment`, in UTC.

    Always inside the hours: between a close and the next opening it is the opening. Raises
    ValueError as `due` does.
    """
    end, left = moment_of(moment, "the deadline"), _target(minutes)
    if _every_hour(hours):
        return instant_of(end - left)
    for day in range(end // DAY_US, (end // DAY_US) - HORIZON_DAYS, -1):
        for stretch in reversed(day_of(calendar, day)):
            last = min(stretch.end, end)
            if stretch.why or last <= stretch.start:
                continue
            if left <= last - stretch.start:
                return instant_of(last - left)
            left -= last - stretch.start
    raise ValueError("That lies more than two hundred years back.")


def _target(minutes: float) -> int:
    sound = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    if not sound or not 0 <= minutes <= HORIZON_DAYS * 24 * 60:
        raise ValueError(f"The minutes must lie between 0 and two hundred years, not {minutes!r}.")
    return round(minutes * MINUTE_US)


def _every_hour(hours: str) -> bool:
    if hours not in ("business", "always"):
        raise ValueError(f"Hours are “business” or “always”, not “{hours}”.")
    return hours == "always"


def _merged_pauses(pauses: Iterable[Pause]) -> list[Window]:
    """The pauses in order and apart from each other."""
    merged: list[Window] = []
    spans = [
        (microseconds(start, "a pause's start"), microseconds(end, "a pause's end"))
        for start, end in pauses
    ]
    for start, end in sorted(spans):
        if end < start:
            raise ValueError(
                f"A pause ends before it begins: {instant_of(start):%Y-%m-%d %H:%M} UTC to "
                f"{instant_of(end):%Y-%m-%d %H:%M} UTC."
            )
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged


def _without(pauses: Sequence[Window], stretches: Iterable[Stretch]) -> Iterable[Stretch]:
    """The stretches with the paused parts, open or closed, turned into stretches of pause."""
    return _cut(pauses, stretches) if pauses else stretches


def _cut(pauses: Sequence[Window], stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    index = 0
    for stretch in stretches:
        at = stretch.start
        while at < stretch.end:
            while index < len(pauses) and pauses[index][1] <= at:
                index += 1
            start, end = pauses[index] if index < len(pauses) else (stretch.end, stretch.end)
            if at < start:
                upto = min(start, stretch.end)
                yield Stretch(at, upto, stretch.why, stretch.date)
            else:
                upto = min(end, stretch.end)
                yield Stretch(at, upto, PAUSED, stretch.date)
            at = upto


def _always(begin: int) -> Iterator[Stretch]:
    yield Stretch(begin, begin + HORIZON_DAYS * DAY_US, None, 0)


def _walk(calendar: Calendar, begin: int) -> Iterator[Stretch]:
    """What the calendar says from `begin` on, up to the horizon."""
    first = begin // DAY_US
    for stretch in day_of(calendar, first):
        if stretch.end > begin:
            yield Stretch(max(begin, stretch.start), stretch.end, stretch.why, stretch.date)
    for day in range(first + 1, first + HORIZON_DAYS):
        yield from day_of(calendar, day)


def _until(calendar: Calendar, begin: int, end: int) -> list[Stretch]:
    if end - begin > HORIZON_DAYS * DAY_US:
        raise ValueError("The span is longer than two hundred years.")
    return [
        Stretch(stretch.start, min(end, stretch.end), stretch.why, stretch.date)
        for stretch in itertools.takewhile(lambda one: one.start < end, _walk(calendar, begin))
    ]


def _receipt(calendar: Calendar, stretches: Iterable[Stretch], counted: str) -> tuple[Row, ...]:
    """Rows in the calendar's zone; neighbours of one kind are one row."""
    spans: list[list[Any]] = []
    for stretch in stretches:
        if spans and spans[-1][2] == stretch.why:
            spans[-1][1] = stretch.end
        else:
            spans.append([stretch.start, stretch.end, stretch.why])
    if len(spans) > 1 and spans[-1][0] == spans[-1][1]:
        spans.pop()
    zone, rows = calendar.zone, []
    for start, end, why in spans:
        minutes, rest = (0, 0) if why else divmod(end - start, MINUTE_US)
        rows.append(
            Row(
                instant_of(start).astimezone(zone),
                instant_of(end).astimezone(zone),
                round(minutes + rest / MINUTE_US, 9) if rest else minutes,
                why or counted,
            )
        )
    return tuple(rows)
