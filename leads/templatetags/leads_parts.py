"""The parts of lead pages that are drawn in Python, since a queue draws them fifty times."""

import datetime as dt
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from handoff import words
from handoff.labels import humanise, labels_of
from handoff.templatetags.parts import clock_at_rest, clock_left, scores
from leads.models import Clock, Handoff, Judgement, Lead
from leads.models.clock import OF_MARKETING
from leads.story import listed, why_now
from leads.views.places import Place

register = template.Library()

CLOCK_NAMES = dict(Clock.Kind.choices)


@register.simple_tag
def who_line(lead: Lead) -> str:
    """What they do and how large the company is, as far as known."""
    people = words.count_of(int(lead.employees), "person", "people") if lead.employees else ""
    return ", ".join(part for part in (lead.role, people) if part)


@register.simple_tag
def queue_row(handoff: Handoff, place: Place, now: dt.datetime) -> SafeString:
    """One row of a queue; under a team the owner stands where the source else does."""
    lead = handoff.lead
    judgement = handoff.judgement
    page = reverse("leads:lead", args=[lead.pk])
    source = str(handoff.owner or "Nobody yet") if place.team else source_name(lead.source)
    why = escape(_why(handoff, now))
    again = '<span class="tag tag-accent">Back again</span> ' if handoff.reentry else ""
    return mark_safe(
        '<tr data-row><td class="c-who"><div class="who">'
        f'<a class="clip" href="{page}?from={quote(place.key)}">{escape(lead.title)}</a>'
        f'<span class="clip">{escape(who_line(lead))}</span></div></td>'
        f'<td class="c-why"><div class="clip" title="{why}">{again}{why}</div>'
        f"{_do(handoff, page)}</td>"
        f'<td class="c-tier">{escape(tier_label(handoff))}</td>'
        f'<td class="c-score">{scores(judgement.fit, judgement.intent)}</td>'
        f'<td class="c-source quiet clip">{escape(source)}</td>'
        f'<td class="c-clock">{row_clock(handoff, now)}</td></tr>'
    )


def _why(handoff: Handoff, now: dt.datetime) -> str:
    """Why this lead, now; or what was promised, and for when."""
    if handoff.state == Handoff.State.ACCEPTED and handoff.next_step and handoff.next_step_due:
        day = words.day_and_time(handoff.next_step_due, now)
        return f"Next, {day}: {handoff.next_step}"
    return why_now(handoff)


def _do(handoff: Handoff, page: str) -> str:
    """What can be done from the row itself, without opening the lead."""
    if handoff.state not in (Handoff.State.WAITING, Handoff.State.ACCEPTED):
        return ""
    if handoff.state == Handoff.State.ACCEPTED:
        return (
            f'<span class="row-do"><a class="btn btn-calm" href="{page}?do=touch" '
            'data-row-key="t">Log touch…</a></span>'
        )
    return (
        '<span class="row-do"><button class="btn btn-calm" form="row-do" '
        f'formaction="{reverse("leads:accept", args=[handoff.pk])}" data-row-key="a">Accept'
        f'<span class="visually-hidden"> {escape(handoff.lead.title)}</span></button> '
        f'<a class="btn btn-calm" href="{page}?do=reject" data-row-key="r">Reject…</a></span>'
    )


@register.filter
def fields(keys: list[str]) -> str:
    """Names of fields in running text: “problem and timing”."""
    return listed(keys)


@register.filter
def source_name(source: str) -> str:
    """A source as one says it: “Paid search” for paid_search; what has capitals stays."""
    return humanise(source) if source.islower() else source


def tier_label(handoff: Handoff) -> str:
    """What the definition that judged it calls its tier."""
    if not handoff.tier:
        return ""
    return labels_of(handoff.version_id).tiers.get(handoff.tier) or humanise(handoff.tier)


@register.simple_tag
def rule_label(judgement: Judgement) -> str:
    """What the definition that judged calls its deciding rule."""
    return labels_of(judgement.version_id).decide.get(judgement.rule) or humanise(judgement.rule)


def row_clock(handoff: Handoff, now: dt.datetime) -> str:
    """The clock that is due first, with its name."""
    if handoff.state == Handoff.State.RETURNED and handoff.due_clock not in OF_MARKETING:
        rest = clock_at_rest("paused", handoff.due_at or handoff.made_at, "Paused")
        return f'<span class="quiet tiny">First touch</span>{rest}'
    if handoff.due_at is None:
        return '<span class="quiet tiny">No clock runs</span>'
    name = CLOCK_NAMES.get(handoff.due_clock, humanise(handoff.due_clock))
    return f'<span class="quiet tiny">{escape(name)}</span>{clock_left(handoff.due_at, now)}'
