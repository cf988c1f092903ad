"""Calendars: when a place works, read from a mapping and laid out day by day. Knows no model.

Windows are local wall time, `[open, close)`. Time is elapsed absolute time inside windows, so a
window cut by a change of the clocks is shorter or longer. Inside, a moment is a whole number of
microseconds since 1970 UTC, and a calendar is laid out one UTC day at a time as stretches in
which it is open or closed for one reason; a day is laid out once and kept with its calendar.
"""

import datetime as dt
import functools
import zoneinfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import holidays as holiday_sets

Window = tuple[int, int]
Fault = Callable[[str, str], None]

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
MICROSECOND = dt.timedelta(microseconds=1)
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
DAY_US = 24 * 60 * MINUTE_US
SEARCHED_DAYS = 366
"""A start with no working time within so many days is an error."""
EARLIEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
KEPT_DAYS = 4096

CLOSED = "closed"


class CalendarError(ValueError):
    """A calendar that cannot be read; `faults` holds every reason as (place, sentence)."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{place}: {text}" if place else text for place, text in faults))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time that is open (`why` None) or closed for one reason, on one local date."""

    start: int
    end: int
    why: str | None
    date: int


@dataclass(frozen=True)
class Calendar:
    """When a place works: windows in minutes of the local day, Monday first."""

    key: str
    zone: zoneinfo.ZoneInfo
    windows: tuple[tuple[Window, ...], ...]
    holidays: str = ""
    closed: frozenset[dt.date] = frozenset()
    days: dict[int, tuple[Stretch, ...]] = field(default_factory=dict, compare=False, repr=False)

    def is_open(self, at: dt.datetime) -> bool:
        """Whether `at` lies inside a window; a closing time does not."""
        moment = moment_of(at, "a moment")
        return any(s.start <= moment < s.end for s in day_of(self, moment // DAY_US) if not s.why)

    def next_opening(self, at: dt.datetime) -> dt.datetime:
        """`at` itself where the calendar is open, else the next opening, in UTC.

        Raises ValueError where there is none within a year.
        """
        return instant_of(opening_after(self, moment_of(at, "a moment")))


def calendar_from(mapping: Mapping[str, Any]) -> Calendar:
    """A calendar as the playbook file writes it. Raises CalendarError with every fault at once."""
    faults: list[tuple[str, str]] = []

    def fault(place: str, text: str) -> None:
        faults.append((place, text))

    for name in mapping.keys() - {"key", "timezone", "hours", "holidays", "closed"}:
        fault(str(name), "unknown key; a calendar has key, timezone, hours, holidays and closed")
    key = mapping.get("key")
    if not isinstance(key, str) or not key.strip():
        fault("key", "a calendar needs a key")
    zone = _read_zone(mapping.get("timezone"), fault)
    windows = _read_hours(mapping.get("hours"), fault)
    holidays = _read_holidays(mapping.get("holidays"), fault)
    closed = _read_closed(mapping.get("closed"), fault)
    if faults or zone is None:
        raise CalendarError(faults)
    return Calendar(str(key).strip(), zone, windows, holidays, closed)


@functools.cache
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _read_zone(name: object, fault: Fault) -> zoneinfo.ZoneInfo | None:
    if isinstance(name, str) and name.strip() in _zone_names():
        return zoneinfo.ZoneInfo(name.strip())
    shown = "nothing" if name is None else f"“{name}”"
    fault("timezone", f"{shown} is no time zone; use a name such as Europe/Berlin")
    return None


def _read_hours(hours: object, fault: Fault) -> tuple[tuple[Window, ...], ...]:
    week: list[list[tuple[int, int, str]]] = [[] for _ in DAY_NAMES]
    if not isinstance(hours, Mapping):
        fault("hours", 'needs windows by day, such as {mon-fri: ["09:00-17:30"]}')
        return ()
    sound = True
    for name, texts in hours.items():
        place = f"hours.{name}"
        days = _read_days(name)
        if not days:
            fault(place, f"“{name}” is no day; use mon, tue, … or a range such as mon-fri")
        if not isinstance(texts, list | tuple):
            fault(place, 'needs a list of windows, such as ["09:00-12:30", "13:30-17:30"]')
            sound = False
            continue
        for index, text in enumerate(texts):
            window = _read_window(text)
            if isinstance(window, str):
                fault(f"{place}[{index}]", window)
                sound = False
                continue
            for day in days:
                week[day].append((*window, f"{place}[{index}]"))
    overlaps: dict[str, str] = {}
    for day_name, windows in zip(DAY_NAMES, week, strict=True):
        windows.sort()
        for earlier, later in pairwise(windows):
            if later[0] < earlier[1]:
                overlaps.setdefault(later[2], f"overlaps {earlier[2]} on {day_name}")
    for place, overlap in overlaps.items():
        fault(place, overlap)
    if sound and not any(week):
        fault("hours", "no working time at all; a calendar needs at least one window")
    return tuple(tuple((open_, close) for open_, close, _ in windows) for windows in week)


def _read_days(name: object) -> tuple[int, ...]:
    """The days a key such as `mon` or `sun-thu` names, Monday as 0; empty where it names none."""
    ends = [part.strip() for part in str(name).lower().split("-")]
    if len(ends) > 2 or any(end not in DAY_NAMES for end in ends):
        return ()
    first, last = DAY_NAMES.index(ends[0]), DAY_NAMES.index(ends[-1])
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


def _read_window(text: object) -> Window | str:
    """The minutes of the day at which a window opens and closes, or what is wrong with it."""
    ends = [_read_time(part) for part in text.split("-")] if isinstance(text, str) else []
    if len(ends) != 2:
        return f"“{text}” is no window; write it as 09:00-17:30"
    opens, closes = ends
    if opens is None or closes is None or opens == 24 * 60:
        return f"“{text}” is no window; times run from 00:00 to 23:59, and 24:00 as a close"
    if closes <= opens:
        return f"“{text}” closes before it opens; split it at 24:00 over two days"
    return opens, closes


def _read_time(text: str) -> int | None:
    hour, colon, minute = text.strip().partition(":")
    digits = hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()
    if not colon or not digits or len(hour) > 2 or len(minute) != 2 or int(minute) > 59:
        return None
    total = int(hour) * 60 + int(minute)
    return total if total <= 24 * 60 else None


def _read_holidays(code: object, fault: Fault) -> str:
    if code is None or code == "":
        return ""
    if isinstance(code, str):
        country, dash, subdivision = code.strip().partition("-")
        known = _holiday_sets().get(country)
        if known is not None and (not dash or subdivision in known):
            return code.strip()
    fault("holidays", f"“{code}” is no holiday set; use a country or subdivision as US or US-CA")
    return ""


@functools.cache
def _holiday_sets() -> dict[str, list[str]]:
    return holiday_sets.list_supported_countries(include_aliases=True)


def _read_closed(days: object, fault: Fault) -> frozenset[dt.date]:
    if days is None:
        return frozenset()
    if not isinstance(days, list | tuple):
        fault("closed", "needs a list of dates, such as [2026-12-24]")
        return frozenset()
    read = set()
    for index, day in enumerate(days):
        try:
            read.add(dt.date.fromisoformat(str(day)))
        except ValueError:
            fault(f"closed[{index}]", f"“{day}” is no date; write it as 2026-12-24")
    return frozenset(read)


def opening_after(calendar: Calendar, begin: int) -> int:
    """The first open moment from `begin` on. Raises ValueError where a year has none."""
    first = begin // DAY_US
    for day in range(first, first + SEARCHED_DAYS + 1):
        for stretch in day_of(calendar, day):
            if not stretch.why and stretch.end > begin:
                return max(begin, stretch.start)
    raise ValueError(
        f"The calendar “{calendar.key}” has no working time within a year of "
        f"{instant_of(begin).astimezone(calendar.zone):%Y-%m-%d}."
    )


def day_of(calendar: Calendar, day: int) -> tuple[Stretch, ...]:
    """A UTC day (days since 1970) of the calendar, without a gap, kept once made."""
    made = calendar.days.get(day)
    if made is None:
        if len(calendar.days) >= KEPT_DAYS:
            calendar.days.clear()
        made = calendar.days[day] = tuple(_lay_out(calendar, day))
    return made


def _lay_out(calendar: Calendar, day: int) -> Iterator[Stretch]:
    for start, end, offset in _offsets(calendar.zone, day * DAY_US, (day + 1) * DAY_US):
        for local in range((start + offset) // DAY_US, (end + offset - 1) // DAY_US + 1):
            midnight = local * DAY_US - offset
            low, high = max(start, midnight), min(end, midnight + DAY_US)
            yield from _lay_out_date(calendar, EPOCH_ORDINAL + local, midnight, low, high)


def _lay_out_date(
    calendar: Calendar, date: int, midnight: int, low: int, high: int
) -> Iterator[Stretch]:
    """The part from `low` to `high` of a local date that began, or would have, at `midnight`."""
    windows, why = calendar.windows[(date - 1) % 7], CLOSED
    if windows:
        away = _away(calendar, dt.date.fromordinal(date))
        windows, why = ((), away) if away else (windows, CLOSED)
    at = low
    for opens, closes in windows:
        start = max(at, midnight + opens * MINUTE_US)
        end = min(high, midnight + closes * MINUTE_US)
        if start >= end:
            continue
        if at < start:
            yield Stretch(at, start, why, date)
        yield Stretch(start, end, None, date)
        at = end
    if at < high:
        yield Stretch(at, high, why, date)


def _away(calendar: Calendar, date: dt.date) -> str | None:
    """Why nobody works on a date that has windows: the holiday's name, or closed."""
    name = holidays_in(calendar, date.year).get(date)
    if name:
        return name
    return CLOSED if date in calendar.closed else None


def holidays_in(calendar: Calendar, year: int) -> dict[dt.date, str]:
    """The holidays of a year that the calendar keeps, by date."""
    return _holiday_names(calendar.holidays, year) if calendar.holidays else {}


@functools.lru_cache(maxsize=1024)
def _holiday_names(code: str, year: int) -> dict[dt.date, str]:
    country, _, subdivision = code.partition("-")
    return dict(holiday_sets.country_holidays(country, subdiv=subdivision or None, years=year))


def _offsets(zone: zoneinfo.ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The parts of `start` to `end` with one UTC offset each, at most one change apart."""
    before_, after = _offset(zone, start), _offset(zone, end - 1)
    if before_ == after:
        yield start, end, before_
        return
    low, high = start // SECOND_US, (end - 1) // SECOND_US
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * SECOND_US) == before_:
            low = middle
        else:
            high = middle
    yield start, high * SECOND_US, before_
    yield high * SECOND_US, end, after


def _offset(zone: zoneinfo.ZoneInfo, moment: int) -> int:
    offset = instant_of(moment).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // MICROSECOND


def microseconds(at: dt.datetime, what: str) -> int:
    if at.utcoffset() is None:
        raise ValueError(f"{what[0].upper()}{what[1:]} needs a time zone: {at.isoformat()}.")
    return (at - EPOCH) // MICROSECOND


def moment_of(at: dt.datetime, what: str) -> int:
    moment = microseconds(at, what)
    if not EARLIEST <= at <= LATEST:
        raise ValueError(f"{what[0].upper()}{what[1:]} must lie between the years 1900 and 9000.")
    return moment


def instant_of(moment: int) -> dt.datetime:
    return EPOCH + dt.timedelta(microseconds=moment)
