"""The steps of the funnel as drawings."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from reviews.views.funnel.page import Line

register = template.Library()


@register.simple_tag
def step_bar(line: Line, received: int) -> SafeString:
    """What reached a step, as a part of all: what went on, what is under way or won, what left."""
    scale = 100 / max(received, 1)
    stay = sum(n for _, _, n in line.stayed)
    parts = (("fill-1", line.reached - stay), ("fill-3", stay - line.left), ("hatch", line.left))
    drawn, x = [], 0.0
    for css, n in parts:
        width = n * scale
        if n:
            drawn.append(f'<rect class="{css}" x="{x:.2f}" width="{width:.2f}" height="20"/>')
        x += width
    return mark_safe(
        '<svg class="step-bar" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="20"/>{"".join(drawn)}</svg>'
    )


@register.simple_tag
def step_in_words(line: Line, received: int) -> str:
    """The same for whoever cannot see it."""
    stay = sum(n for _, _, n in line.stayed)
    return (
        f"{line.reached:,} of {received:,}: {line.reached - stay:,} went on,"
        f" {stay - line.left:,} stand here, {line.left:,} left"
    )


@register.simple_tag
def key_of(css: str) -> SafeString:
    """A colour of the bars, for their legend."""
    name = {"on": "fill-1", "here": "fill-3", "left": "hatch"}[css]
    return mark_safe(
        '<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">'
        f'<rect class="{name}" width="10" height="10"/></svg>'
    )


@register.simple_tag
def stayed_of(line: Line) -> str:
    """How many came no further."""
    return f"{sum(n for _, _, n in line.stayed):,}"
