"""Shares as pages tell them: in words, and drawn with their intervals."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from reviews.measures.intervals import Share

register = template.Library()

LINES = {
    1: (14, ((7, "line-range", "dot-ink"),)),
    2: (16, ((4.5, "dot-1-range", "dot-1"), (11.5, "dot-3-range", "dot-3"))),
}
"""By how many shares are drawn: how high, and of each where it stands and how it looks."""


@register.filter
def share_in_words(share: Share) -> str:
    """“73%, 70 to 75%”; a dash for a share of nobody, and no interval under twenty."""
    if share.value is None:
        return "–"
    if not share.is_enough:
        return f"{share.count:,} of {share.n:,}"
    return f"{share.value:.0%}"


@register.filter
def interval_in_words(share: Share) -> str:
    """“70 to 75%, n 1,373”; how many it would need where there are too few."""
    if not share.is_enough:
        return "not enough data"
    return f"{100 * share.low:.0f} to {100 * share.high:.0f}%, n {share.n:,}"


@register.simple_tag
def intervals(*shares: Share) -> SafeString:
    """One share, or two, the first above, with their intervals on a line from 0 to 100; those with
    too few cases are left out: what is left alone stands on the line, and where none is there is no
    drawing."""
    height, lines = LINES[len(shares)]
    middle = height // 2
    told = [
        (share, line)
        for share, line in zip(shares, lines, strict=True)
        if share.is_enough and share.value is not None
    ]
    if not told:
        return SafeString("")
    drawn = "".join(
        _one(share, middle if len(told) == 1 else y, spread, dot)
        for share, (y, spread, dot) in told
    )
    return mark_safe(
        f'<svg class="interval interval-of-{len(shares)}" viewBox="0 0 100 {height}"'
        ' preserveAspectRatio="none" aria-hidden="true">'
        f'<line class="line-grid" x1="0" x2="100" y1="{middle}" y2="{middle}"/>{drawn}</svg>'
    )


def _one(share: Share, y: float, spread: str, dot: str) -> str:
    low, high, at = (round(100 * part, 1) for part in (share.low, share.high, share.value or 0.0))
    return (
        f'<line class="{spread}" x1="{low:g}" x2="{high:g}" y1="{y:g}" y2="{y:g}"/>'
        f'<path class="{dot}" d="M{at:g} {y:g}h0.01"/>'
    )
