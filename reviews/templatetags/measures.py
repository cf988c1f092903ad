"""Figures of the catalogue in words and in drawings."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from reviews.drawing import Point, floor_under, line
from reviews.measures import figuring
from reviews.measures.figuring import Figure, Row, Times
from reviews.measures.intervals import Share
from reviews.measures.reasons import Mix

from .shares import interval_in_words, intervals, share_in_words
from .sla import moved, wait

register = template.Library()

TINTS = 6
"""So many reasons have a colour of their own; the others share the last."""


@register.filter
def figure_of(row: Row, key: str) -> Figure:
    """The figure of a measure."""
    return row[key]


@register.filter
def value_in_words(figure: Figure) -> str:
    """“73%”, “3 min 10 s”; of few, the mere counts, or a dash."""
    if isinstance(figure, Share):
        return share_in_words(figure)
    return wait(figure.median) if figure.is_enough else "–"


@register.filter
def spread_in_words(figure: Figure) -> str:
    """“70 to 75%, n 1,373”, “2 min to 4 min, nine in ten 20 min, n 312”; else that there is too
    little."""
    if isinstance(figure, Share):
        few = "" if figure.is_enough else f", n {figure.n:,}"
        return interval_in_words(figure) + few
    if not figure.is_enough:
        return f"not enough data, n {figure.n:,}"
    ends = f"{wait(figure.low)} to {wait(figure.high)}"
    return f"{ends}, nine in ten {wait(figure.ninth)}, n {figure.n:,}"


@register.filter
def count_in_words(figure: Figure) -> str:
    """How many it counts: “61”, of a time how many have it."""
    return f"{figure.count:,}" if isinstance(figure, Share) else f"{figure.n:,}"


@register.simple_tag
def change_in_words(before: Figure, after: Figure) -> str:
    """How far a figure moved, and whether that exceeds chance."""
    if not (before.is_enough and after.is_enough):
        return "not enough data to compare"
    difference = figuring.moved(before, after)
    if difference is None or isinstance(after, Share):
        return moved(difference)
    word = "longer" if difference.value > 0 else "shorter"
    sure = "more than chance" if difference.is_sure else "may be chance"
    return "no change" if not difference.value else f"{wait(abs(difference.value))} {word}, {sure}"


@register.simple_tag
def interval_of(figure: Figure) -> SafeString:
    """A share with its interval on a line; nothing for a time."""
    return intervals(figure) if isinstance(figure, Share) else SafeString("")


def _told(weeks: Sequence[Row], key: str) -> list[Figure | None]:
    figures = [row[key] for row in weeks]
    return [one if one.is_enough else None for one in figures]


@register.simple_tag
def scale_of(weeks: Sequence[Row], key: str) -> tuple[str, str]:
    """What stands at the foot and at the top of a drawing."""
    told = [one for one in _told(weeks, key) if one is not None]
    if any(isinstance(row[key], Times) for row in weeks):
        return "0", wait(_top(told)) if told else ""
    return f"{round(100 * _floor(told))}%", "100%"


@register.simple_tag
def drawn(weeks: Sequence[Row], key: str) -> SafeString:
    """A figure by week with its interval. A week of too few cases is left out, so that a line may
    have gaps."""
    told = _told(weeks, key)
    top = _top([one for one in told if one is not None])
    width = max(len(told) - 1, 1)
    points = [
        None if one is None else _point(100 * place / width, one, top)
        for place, one in enumerate(told)
    ]
    floor = _floor([one for one in told if one is not None])
    return mark_safe(line(points, css="1", floor=floor))


def _point(x: float, figure: Figure, top: float) -> Point:
    if isinstance(figure, Share):
        return Point(x, figure.low, figure.value or 0.0, figure.high)
    low, middle, high = figure.low or 0, figure.median or 0, figure.high or 0
    return Point(x, low / top, middle / top, high / top)


def _top(told: Sequence[Figure]) -> float:
    """The longest time drawn, in seconds; a second at least."""
    return max((float(one.high or 0) for one in told if isinstance(one, Times)), default=1.0) or 1.0


def _floor(told: Sequence[Figure]) -> float:
    shares = [one for one in told if isinstance(one, Share)]
    return floor_under([one.low for one in shares]) if shares else 0.0


@register.simple_tag
def drawn_in_words(weeks: Sequence[Row], key: str, title: str) -> str:
    """What a drawing shows, for whoever cannot see it."""
    enough = [row for row in weeks if row[key].is_enough]
    if not enough:
        return f"{title} by week: not enough data in any of the weeks"
    first, last = enough[0], enough[-1]
    return (
        f"{title} by week: {value_in_words(first[key])} in the week of {first.name},"
        f" {value_in_words(last[key])} in the week of {last.name}"
    )


@register.simple_tag
def stacked(mix: Mix) -> SafeString:
    """The reasons of each week, one on the other, as parts of all that was rejected in it."""
    weeks = len(mix.mondays)
    bars = []
    for place in range(1, weeks + 1):
        whole, under = mix.week(place), 0.0
        for number, one in enumerate(mix.reasons):
            if not whole or not (count := one.weeks.get(place, 0)):
                continue
            part = 100 * count / whole
            x = 100 * (place - 1) / weeks + 0.6
            bars.append(
                f'<rect class="mix-{min(number, TINTS - 1) + 1}" x="{x:.2f}" width='
                f'"{100 / weeks - 1.2:.2f}" y="{100 - under - part:.2f}" height="{part:.2f}"/>'
            )
            under += part
    return mark_safe(
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(bars)}</svg>"
    )


@register.simple_tag
def tint(place: int) -> SafeString:
    """The colour of the reason at a place, from 0 on."""
    return mark_safe(
        '<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">'
        f'<rect class="mix-{min(place, TINTS - 1) + 1}" width="10" height="10"/></svg>'
    )
