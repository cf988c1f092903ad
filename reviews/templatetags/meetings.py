"""How a joint review draws what it kept: shares with their intervals, and the timer."""

import datetime as dt
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from handoff import words
from reviews.measures.intervals import Share
from reviews.templatetags.shares import intervals

register = template.Library()

WARNED = dt.timedelta(minutes=2)
"""So long before its end the timer of an item warns."""

KeptShare = dict[str, Any]


def _share(kept: KeptShare) -> Share:
    return Share(kept["count"], kept["n"], kept["low"], kept["high"])


@register.filter
def percent(kept: KeptShare) -> str:
    """“84%”, or of few the counts: “9 of 14”."""
    if not kept["n"]:
        return "–"
    if not kept["enough"]:
        return f"{kept['count']:,} of {kept['n']:,}"
    return f"{kept['value']:.0%}"


@register.filter
def spread(kept: KeptShare) -> str:
    """“76 to 90%, n 100”; that it is too few where it is."""
    if not kept["enough"]:
        return f"not enough data, n {kept['n']:,}"
    return f"{100 * kept['low']:.0f} to {100 * kept['high']:.0f}%, n {kept['n']:,}"


@register.filter
def compares(row: dict[str, Any]) -> bool:
    """Whether a kept row has a time before to be compared with, so that what moved is worth saying
    beside it."""
    return bool(row["before"]["n"])


@register.simple_tag
def beside(now: KeptShare, before: KeptShare) -> SafeString:
    """Two shares on a line from 0 to 100, the time before below."""
    return intervals(_share(now), _share(before))


@register.filter
def moment(iso: str) -> dt.datetime:
    """A moment that was kept as text."""
    return dt.datetime.fromisoformat(iso)


@register.simple_tag
def timer(
    due: dt.datetime | None,
    now: dt.datetime,
    label: str = "Time left on this item",
    warned: int = int(WARNED.total_seconds()),
) -> SafeString:
    """The minutes that are left of what `label` names, warning so many seconds before the end;
    static/js/review.js keeps it ticking by the same thresholds. Nothing before the first item."""
    if due is None:
        return SafeString("")
    left = due - now
    seconds = abs(int(left.total_seconds()))
    clock = f"{seconds // 60}:{seconds % 60:02}"
    mood, said = "", "left"
    if left <= dt.timedelta(0):
        mood, said = " is-over", "over"
    elif left.total_seconds() <= warned:
        mood, said = " is-near", "left, wrap up"
    at = words.exact(due)
    return mark_safe(
        f'<div class="timer{mood}" role="timer" aria-label="{escape(label)}" data-timer="{warned}"'
        f' data-at="{now.isoformat(timespec="milliseconds")}">'
        f'<time datetime="{due.isoformat(timespec="milliseconds")}" title="Until {at}">{clock}'
        f"</time> <small>{said}</small></div>"
    )
