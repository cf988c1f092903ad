"""How lift is drawn and said: multiples on a scale of doublings, and chances beside what came."""

import math

from django import template
from django.utils.safestring import SafeString, mark_safe

from handoff.words import count_of
from reviews.measures.intervals import LEAST
from reviews.measures.lift.results import (
    LEAST_YES,
    LOWERS,
    NOTHING,
    RAISES,
    UNSURE,
    Adjusted,
    Auc,
    Examined,
    Judged,
    Relative,
    Row,
)

register = template.Library()

DOUBLINGS = 3
"""The scale goes so far to either side of “as often”: from an eighth to eight times."""

VERDICTS = {
    RAISES: "more often",
    LOWERS: "less often",
    NOTHING: "next to no difference",
    UNSURE: "may be chance",
}


@register.filter
def times(one: Relative | Adjusted) -> str:
    """“2.3 times”; a dash where it is not to be told."""
    return "–" if one.value is None else f"{_short(one.value)}×"


@register.filter
def range_of(one: Relative | Adjusted) -> str:
    """“1.6 to 3.1”."""
    return f"{_short(one.low)} to {_short(one.high)}"


@register.filter
def verdict(one: Adjusted) -> str:
    """What can be said of a clause with the others held still."""
    return VERDICTS[one.verdict]


@register.filter
def too_few(one: Relative) -> str:
    """Why with and without are not compared, in words."""
    if not one.with_n:
        return "never held"
    if not one.without_n:
        return "always held"
    either = f"{LEAST_YES} that came to it and {LEAST_YES} that did not"
    return f"needs {LEAST} with, {LEAST} without, {either}"


@register.filter
def points_now(value: float) -> str:
    """Points as the definition writes them, with a real minus."""
    return f"{value:g}".replace("-", "−")


@register.filter
def auc_of(one: Auc) -> str:
    """“71% (66 to 75%)”."""
    return f"{one.value:.0%} ({100 * one.low:.0f} to {100 * one.high:.0f}%)"


@register.filter
def better_of(one: Examined) -> str:
    """In how many more of a hundred pairs the suggestion puts the right lead first than today's
    points, and whether that is more than chance: “+3 pairs of a hundred (−1 to +7), may be…”."""
    if one.better is None:
        return ""
    value, low, high = one.better
    said = [_signed(100 * end) for end in (value, low, high)]
    sure = "more than chance" if low > 0 or high < 0 else "may be chance"
    return f"{said[0]} pairs of a hundred ({said[1]} to {said[2]}), {sure}"


@register.simple_tag
def count_of_days(days: float) -> str:
    """“30 days”; less than one is said so."""
    return count_of(math.ceil(days), "day") if days >= 1 else "less than a day"


@register.simple_tag
def ratios(row: Row) -> SafeString:
    """With against without (grey, above) and with the other clauses held still (below), with their
    intervals on a line from an eighth to eight times; nothing where neither is to be told."""
    drawn = ""
    if row.relative.value is not None:
        drawn += _one(row.relative, 4.5, "dot-3-range", "dot-3")
    if row.adjusted is not None:
        drawn += _one(row.adjusted, 11.5, "dot-1-range", "dot-1")
    if not drawn:
        return SafeString("")
    return mark_safe(
        '<svg class="interval interval-of-2" viewBox="0 0 100 16" preserveAspectRatio="none"'
        ' aria-hidden="true"><line class="line-grid" x1="0" x2="100" y1="8" y2="8"/>'
        f'<line class="line-goal" x1="50" x2="50" y1="0" y2="16"/>{drawn}</svg>'
    )


def _one(one: Relative | Adjusted, y: float, spread: str, dot: str) -> str:
    low, high, at = (_place(value) for value in (one.low, one.high, one.value or 1.0))
    return (
        f'<line class="{spread}" x1="{low:g}" x2="{high:g}" y1="{y:g}" y2="{y:g}"/>'
        f'<path class="{dot}" d="M{at:g} {y:g}h0.01"/>'
    )


def _place(value: float) -> float:
    doublings = math.log2(value) if value > 0 else -DOUBLINGS
    return round(50 + 50 * max(-DOUBLINGS, min(DOUBLINGS, doublings)) / DOUBLINGS, 1)


@register.simple_tag
def reach_of(*judged: Judged | None) -> float:
    """How far the scale of chances goes, so that all of them are drawn alike: a tenth above."""
    ends = [
        max(band.expected, band.real.high if band.real.is_enough else 0.0)
        for one in judged
        if one is not None
        for band in one.bands
    ]
    return min(1.0, math.ceil(10 * max(ends, default=1.0)) / 10)


@register.simple_tag
def calibration(judged: Judged, reach: float, css: str) -> SafeString:
    """What was expected (to the right) and what came (upwards, with its interval), a mark for each
    band; on the slant both are the same. Bands of under twenty are left out."""
    marks = ""
    for band in judged.bands:
        if not band.real.is_enough:
            continue
        x = round(100 * band.expected / reach, 1)
        low, high, at = (
            round(100 - 100 * min(part / reach, 1.0), 1)
            for part in (band.real.low, band.real.high, band.real.value or 0.0)
        )
        marks += (
            f'<line class="dot-{css}-range" x1="{x:g}" x2="{x:g}" y1="{low:g}" y2="{high:g}"/>'
            f'<path class="dot-{css}" d="M{x:g} {at:g}h0.01"/>'
        )
    grid = "".join(
        f'<line class="line-grid" x1="0" x2="100" y1="{y}" y2="{y}"/>' for y in (0, 50, 100)
    )
    return mark_safe(
        '<svg class="calibration" viewBox="0 0 100 100" preserveAspectRatio="none"'
        f' aria-hidden="true">{grid}<line class="line-goal" x1="0" x2="100" y1="100" y2="0"/>'
        f"{marks}</svg>"
    )


def _signed(value: float) -> str:
    said = f"{value:+.0f}"
    return "0" if said in ("+0", "-0") else said.replace("-", "−")


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}" if value < 1000 else "over 1,000"
