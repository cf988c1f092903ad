"""The small parts of every page that are drawn in Python: icons, times, clocks, bars."""

import datetime as dt
import uuid
from functools import cache
from html import escape
from pathlib import Path

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from handoff import words

register = template.Library()

FRAME = (
    '<svg class="icon{extra}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{drawing}</svg>'
)


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """The drawing in templates/parts/icons/NAME.svg; `size` is "" or "lg"."""
    file = Path(settings.BASE_DIR) / "templates" / "parts" / "icons" / f"{name}.svg"
    extra = f" icon-{size}" if size else ""
    return mark_safe(FRAME.format(extra=extra, drawing=file.read_text().strip()))


@register.simple_tag
def press() -> SafeString:
    """What marks a form as drawn, so that it counts once (`handoff.views.sent.press_of`)."""
    return mark_safe(f'<input type="hidden" name="press" value="{uuid.uuid4()}">')


STYLES = {
    "moment": words.moment,
    "in_text": words.in_text,
    "ago": words.ago,
    "day_and_time": words.day_and_time,
    "time_of_day": words.time_of_day,
}


@register.simple_tag
def when(
    at: dt.datetime | None, style: str = "moment", now: dt.datetime | None = None
) -> SafeString:
    """A `time` element: its words in the viewer's zone, the exact moment on hover.

    `style` names a function of handoff.words that takes the moment and now: moment, in_text, ago,
    day_and_time or time_of_day. Nothing where there is no moment.
    """
    if at is None:
        return SafeString("")
    return _time(at, STYLES[style](at, now or timezone.now()))


@register.simple_tag
def clock_left(due: dt.datetime, now: dt.datetime | None = None) -> SafeString:
    """A running clock: quiet, nearly late or late; static/js/clocks.js keeps it ticking."""
    now = now or timezone.now()
    left = words.time_left(due, now)
    drawing = {"quiet": "", "soon": icon("clock"), "late": icon("alert-triangle")}[left.mood]
    return mark_safe(
        f'<span class="clock clock-{left.mood}" data-clock>{drawing}'
        f"{_time(due, left.words, far=words.day_and_time(due, now))}</span>"
    )


@register.simple_tag
def clock_at_rest(state: str, at: dt.datetime, said: str) -> SafeString:
    """A clock that no longer runs, or waits: `state` is met, paused or late (missed)."""
    drawing = icon({"met": "check", "paused": "clock-pause", "late": "alert-triangle"}[state])
    return mark_safe(f'<span class="clock clock-{state}">{drawing}{_time(at, said)}</span>')


@register.simple_tag
def bar(value: float, fill: str = "1") -> SafeString:
    """A bar of 0 to 100, drawn as SVG since its width is data; `fill` is 1, 2, 3 or ink."""
    width = min(100.0, max(0.0, float(value)))
    return mark_safe(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="fill-track" width="100" height="10"/>'
        f'<rect class="fill-{escape(fill)}" width="{width:g}" height="10"/></svg>'
    )


@register.simple_tag
def scores(fit: float | None, intent: float | None, now: float | None = None) -> SafeString:
    """Fit and intent, each as a bar with its number; a quiet dash where nothing was judged. `now`
    is what intent is worth today, where that is not the same."""
    if fit is None or intent is None:
        return SafeString('<span class="quiet">–</span>')
    today = "" if now is None else f'<dd class="scores-now">now {now:.0f}</dd>'
    return mark_safe(
        f'<dl class="scores"><dt>Fit</dt><dd>{bar(fit, "ink")}</dd><dd class="num">{fit:.0f}</dd>'
        f'<dt>Intent</dt><dd>{bar(intent)}</dd><dd class="num">{intent:.0f}</dd>{today}</dl>'
    )


@register.filter
def figure(value: float | None) -> str:
    """A figure to one decimal, without a needless “.0”."""
    return "–" if value is None else words.number(value)


@register.simple_tag
def count_of(number: int, one: str, many: str = "") -> str:
    """“1 lead”, “38 leads”."""
    return words.count_of(number, one, many)


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, **changes: object) -> str:
    """The present address with `changes` to its query; an empty value takes a key out.

    Going anywhere else than a page starts at the first one.
    """
    query = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def without(context: template.Context, name: str) -> str:
    """The present address with one filter taken away, at its first page."""
    return str(page_url(context, **{name: ""}))


def _time(at: dt.datetime, said: str, far: str = "") -> SafeString:
    more = f' data-far="{escape(far)}"' if far else ""
    return mark_safe(
        f'<time datetime="{at.isoformat(timespec="seconds")}" title="{escape(words.exact(at))}"'
        f"{more}>{escape(said)}</time>"
    )
