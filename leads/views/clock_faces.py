"""The clocks of a lead's page: how each stands, and its receipt as a person reads it."""

import datetime as dt
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from handoff import words
from handoff.labels import humanise
from handoff.promised import REASSIGNED
from handoff.rules.definition import ON_REASSIGN
from leads.journey.awaiting import WAITS
from leads.models import Clock

EVEN = 1e-6
"""Less than this is the noise of a float, not time."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One line of a receipt."""

    at: str
    said: str
    counted: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class ClockFace:
    """A clock with its receipt. `policy`: what it does when the lead changes hands."""

    clock: Clock
    name: str
    state: str
    said: str
    receipt: list[Stretch]
    zone: str
    reminder: str
    policy: str = ""

    @property
    def place(self) -> tuple[bool, dt.datetime]:
        """What is due first comes first, what is owed beside the lead's way last."""
        return self.is_beside, self.clock.due_at

    @property
    def is_beside(self) -> bool:
        """Whether it runs beside the lead's way through sales."""
        return self.clock.kind == Clock.Kind.CONTEXT


def clock_face(
    clock: Clock, now: dt.datetime, document: Mapping[str, Any] | None = None
) -> ClockFace:
    """How a clock stands and the arithmetic behind its deadline; `document` is the definition that
    set it."""
    if clock.state == Clock.State.RUNNING:
        state, said = "running", f"by {words.day_and_time(clock.due_at, now)}"
    elif clock.state == Clock.State.PAUSED:
        state = "paused"
        said = "Waits until marketing has answered"
    elif clock.state == Clock.State.STOPPED and not clock.is_late:
        state, said = (
            "stopped",
            f"Ended with the hand-over, due {words.day_and_time(clock.due_at, now)}",
        )
    else:
        state = "late" if clock.is_late else "met"
        took = words.span((clock.ended_at or clock.due_at) - clock.started_at)
        waited = ", with the wait for approval" if _waited(clock) else ""
        said = f"{took} after it began{waited}, due {words.day_and_time(clock.due_at, now)}"
    zone = clock.calendar.timezone if clock.calendar else timezone.get_current_timezone_name()
    reminder = clock.remind_at.astimezone(ZoneInfo(zone)) if clock.remind_at else None
    return ClockFace(
        clock,
        clock.get_kind_display(),
        state,
        said,
        _receipt(clock, zone),
        words.place(zone),
        _at(reminder, many_days=True) if reminder else "",
        _policy(clock, document or {}),
    )


def _policy(clock: Clock, document: Mapping[str, Any]) -> str:
    """What the tier says of a change of hands; nothing for clocks that no tier sets."""
    tiers = {tier["key"]: tier for tier in document.get("tiers", ())}
    if clock.kind not in ON_REASSIGN or clock.tier not in tiers:
        return ""
    said = tiers[clock.tier].get("on_reassign") or {}
    way = said.get(clock.kind) or ON_REASSIGN[clock.kind]
    return f"In other hands it {REASSIGNED[way]}."


def _waited(clock: Clock) -> bool:
    """Whether a person’s yes was part of it."""
    return any(line.get("why") == WAITS for line in clock.receipt)


def _receipt(clock: Clock, zone: str) -> list[Stretch]:
    local = ZoneInfo(zone)
    start = clock.started_at.astimezone(local)
    due = clock.due_at.astimezone(local)
    total = "" if clock.kind == Clock.Kind.NEXT_STEP else "same business day"
    counted = [line["minutes"] for line in clock.receipt if line["minutes"]]
    shown = counted_out(counted, clock.minutes)
    if clock.minutes is not None:
        total = shown[-1]
    many_days = start.date() != due.date()
    rows = [Stretch(_at(start, many_days), "Started", total)]
    parts = iter(shown)
    for place, line in enumerate(clock.receipt):
        ends = dt.datetime.fromisoformat(line["to"]).astimezone(local)
        if line["minutes"]:
            last = place == len(clock.receipt) - 1
            said = "Remaining" if last and rows[1:] else "Counted"
            rows.append(Stretch(_at(ends, many_days), said, next(parts)))
            continue
        rows.append(_uncounted(line, ends, local, many_days=many_days))
    if clock.state == Clock.State.PAUSED and clock.pauses:
        since = dt.datetime.fromisoformat(clock.pauses[-1][0]).astimezone(local)
        return [*rows, Stretch(_at(since, True), "Waits since, not counted until given back", "")]
    rows.append(Stretch(_at(due, many_days), f"Due, {words.place(zone)} ({due:%Z})", total))
    return rows


def _uncounted(
    line: Mapping[str, Any], ends: dt.datetime, local: ZoneInfo, *, many_days: bool
) -> Stretch:
    """A stretch that does not count, or a note."""
    begins = dt.datetime.fromisoformat(line["from"]).astimezone(local)
    said = humanise(str(line.get("why") or "closed"))
    if begins == ends:
        return Stretch(_at(ends, many_days), said, "", quiet=True)
    said = f"{said} since {_at(begins, many_days)}"
    return Stretch(_at(ends, many_days), said, "not counted", quiet=True)


def counted_out(parts: Sequence[float], total: float | None) -> list[str]:
    """Stretches in whole minutes (of less than a minute in all: in seconds), the total last. What
    is shown adds up: what rounding leaves goes to those it took most from. Without a total each is
    rounded by itself and none is told."""
    if total is None:
        return [_minutes(math.ceil(part - EVEN)) for part in parts]
    unit = 1.0 if total >= 1 else 1 / 60
    whole = math.ceil(total / unit - EVEN)
    units = [math.floor(part / unit + EVEN) for part in parts]
    most = sorted(range(len(parts)), key=lambda n: units[n] - parts[n] / unit)
    for n in itertools.islice(itertools.cycle(most), max(0, whole - sum(units))):
        units[n] += 1
    tell = _minutes if unit == 1 else _seconds
    return [*map(tell, units), tell(whole)]


def _at(moment: dt.datetime, many_days: bool) -> str:
    return f"{moment:%a %H:%M}" if many_days else f"{moment:%H:%M}"


def _minutes(minutes: int) -> str:
    if minutes < 60:
        return f"{minutes} min" if minutes else "under 1 min"
    return f"{minutes // 60:,} h {minutes % 60:02}"


def _seconds(seconds: int) -> str:
    return f"{seconds} s"
