"""Seams in words and in drawings."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from reviews.measures.ranking import Times
from reviews.measures.seams.path import Split
from reviews.views.seams.page import Line

from .measures import change_in_words
from .sla import wait

register = template.Library()

FILLS = {"waiting": "fill-2", "working": "fill-1"}
GAP = 0.3


@register.filter
def part_in_words(part: float | None) -> str:
    """“62%”, “under 1%”; a dash for what is no part of the wait."""
    if part is None:
        return "–"
    return f"{part:.0%}" if part >= 0.005 or not part else "under 1%"


@register.filter
def half_within(times: Times) -> str:
    """How long half of them took at most; that there is too little, where so."""
    return wait(times.median) if times.is_enough else "–"


@register.simple_tag
def against_before(line: Line) -> str:
    """How a seam moved against the time before, and whether that exceeds chance."""
    return change_in_words(line.before.times, line.wall.times) if line.before else ""


@register.simple_tag
def split_in_words(wait_of: Split) -> str:
    """“on average 3.2 days …, for 2.8 days of it, 89%, nobody had opened the lead”."""
    part = part_in_words(wait_of.part_alone)
    return (
        f"{wait(wait_of.average)} on average from the enquiry to the first touch;"
        f" for {wait(wait_of.average_alone)} of it, {part}, nobody had opened the lead"
    )


@register.simple_tag
def whole_bar(lines: Sequence[Line]) -> SafeString:
    """The wait end to end: each seam as wide as the part of the time that lies in it."""
    drawn, x = [], 0.0
    for line in lines:
        width = 100 * (line.part or 0)
        if width:
            drawn.append(
                f'<rect class="{FILLS[line.seam.kind]}" x="{x:.2f}" height="20"'
                f' width="{max(width - GAP, 0.1):.2f}"/>'
            )
        x += width
    return mark_safe(
        '<svg class="whole-bar" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="20"/>{"".join(drawn)}</svg>'
    )


@register.simple_tag
def part_bar(line: Line) -> SafeString:
    """The part of the wait that lies in one seam, on a line from 0 to 100."""
    width = 100 * (line.part or 0)
    return mark_safe(
        '<svg class="part-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="10"/>'
        f'<rect class="{FILLS[line.seam.kind]}" width="{width:.2f}" height="10"/></svg>'
    )


@register.simple_tag
def swatch_of(kind: str) -> SafeString:
    """The colour of a kind, for its legend."""
    return mark_safe(
        '<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">'
        f'<rect class="{FILLS[kind]}" width="10" height="10"/></svg>'
    )


@register.simple_tag
def whole_in_words(lines: Sequence[Line]) -> str:
    """The same for whoever cannot see it: “Owner told to opened 85%, …”, the largest first."""
    told = sorted((line for line in lines if line.part), key=lambda line: -(line.part or 0))
    return ", ".join(f"{line.seam.name} {part_in_words(line.part)}" for line in told)
