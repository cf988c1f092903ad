"""Business time the slow way: every minute is asked, one by one, whether it counts.

Written from the contract alone, for the tests; shares nothing with `handoff.business_time`.
Everything in it lies on whole minutes.
"""

import datetime as dt
import functools
from collections.abc import Callable
from zoneinfo import ZoneInfo

import holidays

MINUTE = dt.timedelta(minutes=1)
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FAR = 60 * 24 * 12
"""Minutes that are looked at before giving up."""


@functools.cache
def feasts(code: str) -> holidays.HolidayBase:
    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)


def open_minutes(mapping: dict) -> dict[str, set[int]]:
    """The working minutes of each day of the week."""
    found: dict[str, set[int]] = {name: set() for name in WEEK}
    for days, windows in mapping["hours"].items():
        first, _, last = days.partition("-")
        day, names = WEEK.index(first), [first]
        while names[-1] != (last or first):
            day = (day + 1) % 7
            names.append(WEEK[day])
        for window in windows:
            opens, closes = ((int(t[:2]) * 60 + int(t[3:])) for t in window.split("-"))
            for name in names:
                found[name].update(range(opens, closes))
    return found


def worker(mapping: dict) -> Callable[[dt.datetime], bool]:
    """Whether the minute that begins at a moment lies in a window."""
    zone, week = ZoneInfo(mapping["timezone"]), open_minutes(mapping)
    closed = set(map(dt.date.fromisoformat, mapping.get("closed", [])))
    code = mapping.get("holidays")

    def working(at: dt.datetime) -> bool:
        local = at.astimezone(zone)
        if local.hour * 60 + local.minute not in week[WEEK[local.weekday()]]:
            return False
        day = local.date()
        return day not in closed and not (code and day in feasts(code))

    return working


def counts(mapping: dict, hours: str, pauses: list) -> Callable[[dt.datetime], bool]:
    working = worker(mapping)

    def asked(at: dt.datetime) -> bool:
        if any(start <= at < end for start, end in pauses):
            return False
        return hours == "always" or working(at)

    return asked


def due(
    mapping: dict, start: dt.datetime, minutes: int, hours: str = "business", pauses: list = ()
) -> dt.datetime | None:
    """None where the deadline is too far away for this way of counting."""
    asked, at = counts(mapping, hours, pauses), start
    for _ in range(FAR):
        if asked(at):
            break
        at += MINUTE
    else:
        return None
    if minutes == 0:
        return at
    for _ in range(FAR):
        minutes -= asked(at)
        at += MINUTE
        if minutes == 0:
            return at
    return None


def elapsed(mapping: dict, start: dt.datetime, end: dt.datetime, hours: str, pauses: list) -> int:
    asked, at, total = counts(mapping, hours, pauses), start, 0
    while at < end:
        total += asked(at)
        at += MINUTE
    return total


def same_business_day(mapping: dict, start: dt.datetime) -> dt.datetime | None:
    """The end of the last working minute of the first local date that still has one ahead."""
    zone, ends, at, working = ZoneInfo(mapping["timezone"]), {}, start, worker(mapping)
    for _ in range(FAR):
        if working(at):
            ends[at.astimezone(zone).date()] = at + MINUTE
        at += MINUTE
        if ends and at.astimezone(zone).date() > min(ends) + dt.timedelta(days=2):
            return ends[min(ends)]
    return None


def before(mapping: dict, moment: dt.datetime, minutes: int) -> dt.datetime | None:
    at, working = moment, worker(mapping)
    for _ in range(FAR):
        if minutes == 0:
            return at
        at -= MINUTE
        minutes -= working(at)
    return None
