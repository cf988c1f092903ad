"""The small parts of a backtest's pages: shares in words, intervals as drawings, names of keys."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from handoff.labels import humanise
from handoff.models import DecideRule
from reviews.measures.intervals import Difference, Share

register = template.Library()

STATUSES = dict(DecideRule.Status.choices)
NARROW = {
    "needs_qualification": "Needs quali\u00adfication",
    "disqualified": "Disquali\u00adfied",
    "duplicate": "Dupli\u00adcate",
}


@register.filter
def status_name(key: str) -> str:
    """A status as people call it."""
    return str(STATUSES.get(key) or humanise(key))


@register.filter
def narrow_status(key: str) -> str:
    """A status where there is little room: it may be broken, or is cut, where it stays clear."""
    return NARROW.get(key) or status_name(key)


@register.filter
def called(names: dict[str, str], key: str | None) -> str:
    """What the names call a key; else the key in words, or a dash for none."""
    return names.get(key or "") or words_of(key)


@register.filter
def words_of(key: str | None) -> str:
    """A key read as words; a dash for none."""
    return humanise(key) or "–"


@register.filter
def percent(share: Share) -> str:
    """“73%”; “too few to say” where it is of fewer than twenty."""
    if not share.is_enough or share.value is None:
        return "too few to say"
    return f"{100 * share.value:.0f}%"


@register.filter
def spread(share: Share) -> str:
    """“70 to 75%”; nothing where there are too few."""
    return f"{100 * share.low:.0f} to {100 * share.high:.0f}%" if share.is_enough else ""


@register.filter
def brief_spread(share: Share) -> str:
    """“55–65”; nothing where there are too few."""
    return f"{100 * share.low:.0f}–{100 * share.high:.0f}" if share.is_enough else ""


@register.filter
def points_of(found: Difference) -> str:
    """“+2.1 to +8.0 points”."""
    return f"{100 * found.low:+.1f} to {100 * found.high:+.1f} points".replace("-", "−")


@register.filter
def weekly(n: float, weeks: float) -> str:
    """So many a week: “54”, below ten to one decimal."""
    rate = n / weeks if weeks else 0.0
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}".removesuffix(".0")


@register.filter
def a_week(rate: float) -> str:
    """A rate that is a week's already: “54”, below ten to one decimal."""
    return weekly(rate, 1.0)


@register.simple_tag
def shown(value: Share | int | str) -> str:
    """A figure of a comparison: a count with its thousands, a share as its percentage and n."""
    if isinstance(value, Share):
        return f"{percent(value)} (n {value.n:,})"
    return f"{value:,}" if isinstance(value, int) else value or "–"


@register.simple_tag
def load_bars(was: float, would: float, capacity: float | None, most: float) -> SafeString:
    """Leads a week then (grey) and under the draft, with a mark at the capacity."""
    scale = 100 / most if most else 0.0
    mark = ""
    if capacity is not None and capacity <= most:
        at = f"{capacity * scale:.4g}"
        mark = f'<line class="line-cap" x1="{at}" x2="{at}" y1="0" y2="28"/>'
    return mark_safe(
        '<svg viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="fill-3" y="3" width="{was * scale:.4g}" height="7"/>'
        f'<rect class="fill-1" y="13" width="{would * scale:.4g}" height="12"/>{mark}</svg>'
    )
