"""The rows of a queue, drawn in Python, since a page has fifty of them."""

import datetime as dt
from collections.abc import Callable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from handoff import words
from handoff.labels import humanise
from handoff.models import DecideRule
from handoff.tables import address_of
from handoff.templatetags.parts import clock_at_rest, clock_left, scores, when
from leads.chronicle import fading
from leads.columns import COLUMNS
from leads.models import Clock, Handoff
from leads.models.clock import OF_MARKETING
from leads.story import why_now
from leads.templatetags.leads_parts import source_name, tier_label, who_line

register = template.Library()

CLOCK_NAMES = dict(Clock.Kind.choices)
CAN: dict[str, str] = {Handoff.State.WAITING: "artsmu", Handoff.State.ACCEPTED: "tesmu"}
"""The keys that answer a hand-over in this state, from its row."""
ON = "h"
"""The key that hands an accepted lead on, where a step follows."""
STATUSES = dict(DecideRule.Status.choices)

Draw = Callable[[Handoff, dt.datetime], str]


@register.simple_tag
def queue_row(
    handoff: Handoff, came_from: str, now: dt.datetime, columns: tuple[str, ...]
) -> SafeString:
    """One row of a queue; `came_from` names the queue with its filters, as an address writes it.
    `data-known` is what live.js compares: who has it, and in which state; `data-can`, the keys that
    answer it. Its buttons stand in “Why now”, or where that is not shown, beside the name."""
    lead = handoff.lead
    page = f"{address_of('leads:lead', lead.pk)}?from={came_from}"
    cells = "".join([_cell(key, handoff, page, now) for key in columns])
    do = "" if "why" in columns else _do(handoff, page)
    return mark_safe(
        f'<tr data-row data-known="{known_as(handoff)}" data-can="{_can(handoff)}">'
        f'{_tick(handoff)}<td class="c-who"><div class="who">'
        f'<a class="clip" href="{page}">{escape(lead.title)}</a>'
        f'<span class="clip">{escape(who_line(lead))}</span></div>{do}</td>{cells}</tr>'
    )


def _can(handoff: Handoff) -> str:
    goes_on = handoff.state == Handoff.State.ACCEPTED and getattr(handoff, "onward", None)
    return CAN.get(handoff.state, "") + (ON if goes_on else "")


def _tick(handoff: Handoff) -> str:
    """The box that picks a row for the bar below the list."""
    return (
        '<td class="c-tick"><label class="tick" data-row-key="x"><input class="form-check-input" '
        f'type="checkbox" name="pick" value="{handoff.pk}" form="bulk">'
        f'<span class="visually-hidden">Pick {escape(handoff.lead.title)}</span></label></td>'
    )


def known_as(handoff: Handoff) -> str:
    """A hand-over as a page knows it: id, owner and state."""
    return f"{handoff.pk}.{handoff.owner_id or 0}.{handoff.state}"


def _cell(key: str, handoff: Handoff, page: str, now: dt.datetime) -> str:
    if key == "why":
        return _why_cell(handoff, page, now)
    css = f"c-{key} clip" if key in CLIPPED else "c-clock" if key == "due" else f"c-{key}"
    label = f' data-label="{COLUMNS[key].label}"' if key in MORE else ""
    return f'<td class="{css}"{label}>{DRAWN[key](handoff, now)}</td>'


def _why_cell(handoff: Handoff, page: str, now: dt.datetime) -> str:
    why = escape(_why(handoff, now))
    again = '<span class="tag tag-accent">Back again</span> ' if handoff.reentry else ""
    return (
        f'<td class="c-why"><div class="clip" title="{why}">{again}{why}</div>'
        f"{_do(handoff, page)}</td>"
    )


def _why(handoff: Handoff, now: dt.datetime) -> str:
    """Why this lead, now; or what was promised, and for when."""
    if handoff.state == Handoff.State.ACCEPTED and handoff.next_step and handoff.next_step_due:
        day = words.day_and_time(handoff.next_step_due, now)
        return f"Next, {day}: {handoff.next_step}"
    return why_now(handoff)


def _do(handoff: Handoff, page: str) -> str:
    """What can be done from the row itself; `page` is the lead's, as opened from this queue."""
    if handoff.state not in (Handoff.State.WAITING, Handoff.State.ACCEPTED):
        return ""
    if handoff.state == Handoff.State.ACCEPTED:
        return (
            f'<span class="row-do"><a class="btn btn-calm" href="{page}&amp;do=touch" '
            'data-row-key="t">Log touch…</a></span>'
        )
    return (
        '<span class="row-do"><button class="btn btn-calm" form="row-do" '
        f'formaction="{address_of("leads:accept", handoff.pk)}" data-row-key="a">Accept'
        f'<span class="visually-hidden"> {escape(handoff.lead.title)}</span></button> '
        f'<a class="btn btn-calm" href="{page}&amp;do=reject" data-row-key="r">Reject…</a></span>'
    )


def row_clock(handoff: Handoff, now: dt.datetime) -> str:
    """What is due first, with its name: the running clock, else the promised next step."""
    if handoff.state == Handoff.State.RETURNED and handoff.due_clock not in OF_MARKETING:
        rest = clock_at_rest("paused", handoff.due_at or handoff.made_at, "Paused")
        return f'<span class="quiet tiny">First touch</span>{rest}'
    due = handoff.due_next
    if due is None:
        return '<span class="quiet tiny">No clock runs</span>'
    clock = handoff.due_clock if handoff.due_at else Clock.Kind.NEXT_STEP
    name = CLOCK_NAMES.get(clock, humanise(clock))
    return f'<span class="quiet tiny">{escape(name)}</span>{clock_left(due, now)}'


def _scores(handoff: Handoff, now: dt.datetime) -> str:
    """As it was handed over, and what intent is worth today."""
    judgement = handoff.judgement
    change = fading.since(judgement, handoff.lead.judgement or judgement, at=now)
    return scores(judgement.fit, judgement.intent, change.whole)


DRAWN: dict[str, Draw] = {
    "tier": lambda row, now: escape(tier_label(row)),
    "score": _scores,
    "source": lambda row, now: escape(source_name(row.lead.source)),
    "owner": lambda row, now: escape(str(row.owner or "Nobody yet")),
    "state": lambda row, now: row.standing,
    "status": lambda row, now: STATUSES.get(row.status, ""),
    "campaign": lambda row, now: escape(row.lead.campaign),
    "country": lambda row, now: escape(row.lead.country),
    "handed": lambda row, now: when(row.made_at, now=now),
    "seen": lambda row, now: when(row.lead.last_seen_at, now=now),
    "due": row_clock,
}
CLIPPED = frozenset({"source", "owner", "state", "status", "campaign", "country"})
MORE = frozenset(DRAWN) - {"tier", "score", "source", "due"}
"""Columns that name themselves where a row is drawn as a card."""
