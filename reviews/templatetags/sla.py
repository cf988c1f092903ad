"""How the two halves of the agreement are drawn and said."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from handoff.goals import Goals
from handoff.words import short_span
from reviews.drawing import Point, floor_under, line
from reviews.measures.intervals import Difference, Share
from reviews.measures.sla import Half, Row
from reviews.views.sla.board import Line

register = template.Library()

DAY = 86_400


@register.filter
def half_of(row: Row, name: str) -> Half:
    """Sales' half of a row, or marketing's."""
    return row.sales if name == "sales" else row.marketing


@register.simple_tag
def goal_of(goals: Goals, half: str, tier: str = "") -> float:
    """The goal of a half, or of a tier in it, as a part of one."""
    return goals.share(half, tier)


@register.filter
def wait(seconds: float | None) -> str:
    """“at once”, “40 s”, “3 min 10 s”, “6.2 days”; a dash for none."""
    if seconds is None:
        return "–"
    if seconds < 0.5:
        return "at once"
    return f"{seconds / DAY:.1f} days" if seconds >= 2 * DAY else short_span(seconds)


@register.filter
def moved(difference: Difference | None) -> str:
    """How far a share moved: “+4 points, −3 to +11, may be chance”."""
    if difference is None:
        return "nothing before to compare with"
    value, low, high = (
        f"{100 * part:+.0f}".replace("-", "−").replace("+0", "0").replace("−0", "0")
        for part in (difference.value, difference.low, difference.high)
    )
    sure = "more than chance" if difference.is_sure else "may be chance"
    return f"{value} points, {low} to {high}, {sure}"


@register.simple_tag
def on_axis(share: Share, goal: float) -> SafeString:
    """A share with its interval on a line from 0 to 100, and the goal; empty under twenty cases."""
    if not share.is_enough or share.value is None:
        return SafeString("")
    low, high, at, line = (
        round(100 * part, 1) for part in (share.low, share.high, share.value, goal)
    )
    return mark_safe(
        '<svg class="interval" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="line-grid" x1="0" x2="100" y1="7" y2="7"/>'
        f'<line class="line-goal" x1="{line:g}" x2="{line:g}" y1="0" y2="14"/>'
        f'<line class="line-range" x1="{low:g}" x2="{high:g}" y1="7" y2="7"/>'
        f'<path class="dot-ink" d="M{at:g} 7h0.01"/></svg>'
    )


@register.simple_tag
def two_bars(first: int, second: int, whole: int) -> SafeString:
    """Two counts end to end, as parts of the longest."""
    width = 70 / max(whole, 1)
    one, two = round(first * width, 1), round(second * width, 1)
    return mark_safe(
        '<svg class="bar bar-tall" viewBox="0 0 70 10" preserveAspectRatio="none"'
        f' aria-hidden="true"><rect class="fill-1" width="{one:g}" height="10"/>'
        f'<rect class="fill-2" x="{one:g}" width="{two:g}" height="10"/></svg>'
    )


@register.simple_tag
def floor_of(weeks: Sequence[Line], half: str) -> int:
    """Where the scale of a trend begins, in per cent: under everything it draws."""
    lows = [share.low for share in _shares(weeks, half) if share.is_enough]
    return round(100 * floor_under(lows))


@register.simple_tag
def trend(weeks: Sequence[Line], half: str, goal: float) -> SafeString:
    """The share of a half by week with its interval, and the goal. A week of under twenty cases is
    left out, so a line may have gaps."""
    shares = _shares(weeks, half)
    width = max(len(shares) - 1, 1)
    points = [
        Point(100 * place / width, one.low, one.value or 0.0, one.high) if one.is_enough else None
        for place, one in enumerate(shares)
    ]
    css = "1" if half == "sales" else "2"
    floor = floor_of(weeks, half) / 100
    return mark_safe(line(points, css=css, floor=floor, goal=goal))


def _shares(weeks: Sequence[Line], half: str) -> list[Share]:
    return [half_of(week.row, half).share for week in weeks]


@register.simple_tag
def trend_in_words(weeks: Sequence[Line], half: str, goal: float) -> str:
    """What a trend shows, for whoever cannot see it."""
    told = [(line.label, share) for line, share in zip(weeks, _shares(weeks, half), strict=True)]
    enough = [
        (label, share) for label, share in told if share.is_enough and share.value is not None
    ]
    name = "Sales" if half == "sales" else "Marketing"
    if not enough:
        return f"{name} by week: not enough data in any of the weeks"
    (first, was), (last, now) = enough[0], enough[-1]
    return (
        f"{name} by week: {was.value:.0%} in the week of {first}, {now.value:.0%} in the week"
        f" of {last}; the goal is {goal:.0%}"
    )
