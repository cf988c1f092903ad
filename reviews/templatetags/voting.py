"""Agreement as pages tell it: the figure, its interval on a line, and how many it is of."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from handoff.words import count_of
from reviews.agreement import LEAST, Agreement

register = template.Library()


@register.filter
def alpha(value: float | None) -> str:
    """“0.41”, “−0.12”; a dash where there is none."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


@register.filter
def counted_in_words(found: Agreement) -> str:
    """“4 leads, 32 votes. Too few to say; from 8 leads on it tells something.”"""
    if not found.leads:
        return "No lead has two verdicts yet."
    said = f"{count_of(found.leads, 'lead')}, {count_of(found.votes, 'vote')}."
    if found.is_unanimous:
        return f"{said} Nothing to correct for chance."
    if not found.is_enough:
        return f"{said} Too few to say; from {LEAST} leads on it tells something."
    if not found.is_beyond_chance:
        return f"{said} It could be chance."
    return f"{said} More than chance."


@register.simple_tag
def alpha_drawn(found: Agreement) -> SafeString:
    """The figure with its interval on a line from −1 to 1, the middle marked; nothing where there
    is none."""
    if not found.is_shown or found.value is None:
        return SafeString("")
    low, high, at = (round(50 * (1 + part), 1) for part in (found.low, found.high, found.value))
    return mark_safe(
        '<svg class="interval" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="line-grid" x1="0" x2="100" y1="7" y2="7"/>'
        '<line class="line-grid" x1="50" x2="50" y1="2" y2="12"/>'
        f'<line class="line-range" x1="{low:g}" x2="{high:g}" y1="7" y2="7"/>'
        f'<path class="dot-ink" d="M{at:g} 7h0.01"/></svg>'
    )
