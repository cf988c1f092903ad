"""Times and spans in the words people use, in the viewer's zone.

The viewer's zone is Django's current one, which `handoff.middleware` sets from the signed-in
person. `static/js/clocks.js` follows the same thresholds, so that a ticking page and a fresh one
say the same.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils import timezone

SOON = dt.timedelta(minutes=10)
"""A clock with no more than this left is nearly late."""

COUNTED = dt.timedelta(hours=12)
"""A clock with more than this left names its moment instead of counting down."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Mood = Literal["quiet", "soon", "late"]


@dataclass(frozen=True, slots=True)
class Left:
    """How a running clock stands: its mood (the colour) and its words."""

    mood: Mood
    words: str


def time_left(due: dt.datetime, now: dt.datetime) -> Left:
    """What a clock due at `due` says at `now`: a minute begun still is left, and late only once it
    is over."""
    left = due - now
    if left <= dt.timedelta(0):
        whole_minutes = dt.timedelta(minutes=-left // dt.timedelta(minutes=1))
        return Left("late", f"{span(whole_minutes)} late")
    if left <= SOON:
        return Left("soon", f"{span(left)} left")
    if left <= COUNTED:
        return Left("quiet", span(left))
    return Left("quiet", day_and_time(due, now))


def span(length: dt.timedelta) -> str:
    """A length of time, rounded up to the minute: “3 min”, “1 h 04”, “2 days”."""
    minutes = max(1, -(-int(length.total_seconds()) // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02}"
    return f"{minutes // (24 * 60)} days"


def not_kept(text: str, *, longest: int) -> str:
    """Why a text cannot be kept as it was typed; empty where it can."""
    if "\0" in text:
        return "It holds a character that cannot be kept (NUL). Type it anew."
    return f"At most {longest} characters." if len(text) > longest else ""


def short_span(seconds: float) -> str:
    """A short length of time to the second: “40 s”, “3 min 10 s”, “1 h 04”."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return span(dt.timedelta(seconds=whole))


def day_and_time(at: dt.datetime, now: dt.datetime) -> str:
    """A moment as briefly as it stays clear: “13:50”, “Fri 10:15”, “Mon 12 Oct 12:21”."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    days = (local.date() - today.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if 0 < days < 7:
        return f"{local:%a %H:%M}"
    if abs(days) < 180:
        return f"{local:%a} {local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b %Y}"


def moment(at: dt.datetime, now: dt.datetime) -> str:
    """A moment in running text: “Today 12:20”, else as `day_and_time`."""
    if timezone.localtime(at).date() == timezone.localtime(now).date():
        return f"Today {timezone.localtime(at):%H:%M}"
    return day_and_time(at, now)


def in_text(at: dt.datetime, now: dt.datetime) -> str:
    """As `moment`, in the middle of a sentence: “today 12:20”."""
    said = moment(at, now)
    return said[:1].lower() + said[1:] if said.startswith("Today") else said


def time_of_day(at: dt.datetime, now: dt.datetime) -> str:
    """A moment under the heading of its day: “13:50”."""
    return f"{timezone.localtime(at):%H:%M}"


def day(date: dt.date, now: dt.datetime) -> str:
    """A day as a heading: “Today”, “Yesterday”, “Mon 12 Oct”, “Mon 12 Oct 2025” in another year."""
    today = timezone.localtime(now).date()
    if date in (today, today - dt.timedelta(days=1)):
        return "Today" if date == today else "Yesterday"
    said = f"{date:%a} {date.day} {date:%b}"
    return said if date.year == today.year else f"{said} {date.year}"


def exact(at: dt.datetime) -> str:
    """The whole truth for a tooltip: “Thu 15 Oct 2026 13:35 New York”."""
    local = timezone.localtime(at)
    return (
        f"{local:%a} {local.day} {local:%b %Y %H:%M} {place(timezone.get_current_timezone_name())}"
    )


def place(zone: str) -> str:
    """The city of an IANA zone: “America/New_York” is New York."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def ago(at: dt.datetime, now: dt.datetime) -> str:
    """How long since `at`, by calendar day: “today”, “yesterday”, “3 days ago”, “4 months ago”."""
    days = (timezone.localtime(now).date() - timezone.localtime(at).date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 60:
        return f"{days} days ago"
    return f"{days // 30} months ago" if days < 720 else f"{days // 365} years ago"


def number(value: float) -> str:
    """A figure to one decimal, without a needless “.0”: 80, 61.4, −5."""
    return f"{value:,.1f}".removesuffix(".0").replace("-", "−")


def money(amount: Decimal, currency: str) -> str:
    """An amount to the cent, cents only where there are any: “USD 12,000”, “USD 0.50”."""
    places = 0 if amount == int(amount) else 2
    return f"{currency}\u00a0{amount:,.{places}f}".replace("-", "−")


def week_in_words(windows: Sequence[Sequence[tuple[int, int]]]) -> list[str]:
    """The hours of a week, Monday first, days with the same hours together: “Mon–Thu 09:00–12:30,
    13:30–17:00”. `windows`: each day's, in minutes from midnight."""
    days = [", ".join(f"{clock(a)}–{clock(b)}" for a, b in day) for day in windows]
    runs: list[tuple[int, int]] = []
    for day, said in enumerate(days):
        if runs and days[runs[-1][0]] == said:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [
        f"{WEEKDAYS[a]}{f'–{WEEKDAYS[b]}' if b > a else ''} {days[a]}" for a, b in runs if days[a]
    ]


def clock(minutes: int) -> str:
    """A time of day, in minutes from midnight: “09:30”, “24:00”."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def count_of(number_of: int, one: str, many: str = "") -> str:
    """“1 lead”, “38 leads”; `many` where adding an s will not do."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"
