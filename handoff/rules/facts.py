"""Given rows (a file to try, an example, the try-it page) as facts and touches.

What a row carries is taken; the rest is derived as at intake, or unknown, or false.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Any

from .conditions import is_writable
from .fields import FACTS, FALSE_UNLESS_TOLD, OUTCOMES, derive, normalise, phone, text

MOST_DAYS = 1_000_000


class Unreadable(ValueError):
    """A row that cannot be judged; the text says what is wrong with it."""


def lead_of(row: Any) -> Mapping[str, Any]:
    """The lead of a row: the row itself, or its `lead` with the `touchpoints` beside it.

    Raises Unreadable.
    """
    if not isinstance(row, Mapping):
        raise Unreadable("a lead must be an object of names and values")
    lead = row.get("lead")
    if not isinstance(lead, Mapping):
        return row
    inside, beside = lead.get("touchpoints"), row.get("touchpoints")
    if inside is None or beside is None:
        return {**lead, "touchpoints": beside if inside is None else inside}
    if not isinstance(inside, list | tuple) or not isinstance(beside, list | tuple):
        raise Unreadable("touchpoints must be a list")
    return {**lead, "touchpoints": [*inside, *beside]}


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The catalogue fields of a lead, normalised and derived. Raises Unreadable."""
    if outcomes := sorted(name for name in OUTCOMES if row.get(name) is not None):
        raise Unreadable(f"a lead cannot carry {', '.join(outcomes)}: judging makes them")
    facts: dict[str, Any] = {}
    for name in FACTS:
        raw = row.get(name)
        if raw is None:
            continue
        if isinstance(raw, str) and not is_writable(raw):
            raise Unreadable(f"{name} holds a NUL or half a character")
        if isinstance(raw, dict | list):
            raise Unreadable(f"{name} must be a single value")
        facts[name] = text(raw) if name == "phone" else normalise(name, raw)
    if facts.get("phone"):
        facts["phone"] = phone(facts["phone"], facts.get("country"))
    facts = derive(facts)
    for name in FALSE_UNLESS_TOLD:
        facts.setdefault(name, False)
    facts.setdefault("submissions", 1.0)
    return facts


def touches_of(row: Mapping[str, Any], as_of: dt.datetime) -> Iterator[tuple[str, dt.datetime]]:
    """Signal and time of each touchpoint of a row. Raises Unreadable.

    Times come as `occurred_at` or `days_ago` before `as_of`; with neither, it is `as_of`.
    """
    given = row.get("touchpoints")
    if given is None:
        return
    if not isinstance(given, list | tuple):
        raise Unreadable("touchpoints must be a list")
    for index, touch in enumerate(given):
        place = f"touchpoints[{index}]"
        if not isinstance(touch, Mapping):
            raise Unreadable(f"{place} must be an object with a signal")
        signal = touch.get("signal")
        if not isinstance(signal, str) or not signal.strip() or not is_writable(signal):
            raise Unreadable(f"{place}.signal must be the key of a signal")
        yield normalise("signal", signal), _time_of(touch, place, as_of)


def _time_of(touch: Mapping[str, Any], place: str, as_of: dt.datetime) -> dt.datetime:
    if touch.get("occurred_at") is not None:
        try:
            return moment(touch["occurred_at"])
        except Unreadable as error:
            raise Unreadable(f"{place}.occurred_at: {error}") from error
    days = touch.get("days_ago")
    if days is None:
        return as_of
    if isinstance(days, bool) or not isinstance(days, int | float):
        raise Unreadable(f"{place}.days_ago must be a number")
    if not math.isfinite(days) or abs(days) > MOST_DAYS:
        raise Unreadable(f"{place}.days_ago must be a number of days within {MOST_DAYS:,}")
    try:
        return as_of - dt.timedelta(days=days)
    except OverflowError:
        raise Unreadable(f"{place}.days_ago leads beyond the calendar") from None


def moment(value: Any) -> dt.datetime:
    """An ISO-8601 time in UTC; without a zone it is UTC. Raises Unreadable."""
    if isinstance(value, dt.datetime):
        found = value
    elif isinstance(value, str):
        try:
            found = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            raise Unreadable(f"“{value[:60]}” is no ISO-8601 time") from None
    else:
        raise Unreadable("must be an ISO-8601 time")
    if found.tzinfo is None:
        return found.replace(tzinfo=dt.UTC)
    try:
        return found.astimezone(dt.UTC)
    except OverflowError:
        raise Unreadable(f"“{value}” is beyond the calendar") from None
