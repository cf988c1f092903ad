"""The parts of lead pages that are drawn in Python, since a queue draws them fifty times."""

import datetime as dt
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from handoff import words
from handoff.labels import humanise, labels_of
from handoff.models import User
from handoff.templatetags.parts import clock_at_rest, clock_left
from leads.models import Clock, Handoff, Judgement, Lead
from leads.story import why_now

register = template.Library()

CLOCK_NAMES = dict(Clock.Kind.choices)


@register.simple_tag
def lead_url(handoff: Handoff, queue: str = "") -> str:
    """The page of a hand-over's lead, remembering the queue one came from."""
    address = reverse("leads:lead", args=[handoff.lead_id])
    return f"{address}?from={quote(queue)}" if queue else address


@register.simple_tag
def who_line(lead: Lead) -> str:
    """What they do and how large the company is, as far as known."""
    people = words.count_of(int(lead.employees), "person", "people") if lead.employees else ""
    return ", ".join(part for part in (lead.role, people) if part)


@register.simple_tag
def why_cell(handoff: Handoff) -> SafeString:
    """Why this lead, now: one line, the whole text on hover."""
    why = why_now(handoff)
    if handoff.state == Handoff.State.ACCEPTED and handoff.next_step and handoff.next_step_due:
        day = words.day_and_time(handoff.next_step_due, timezone.now())
        why = f"Next, {day}: {handoff.next_step}"
    again = SafeString('<span class="tag tag-accent">Back again</span> ') if handoff.reentry else ""
    return format_html(
        '<td class="c-why"><div class="clip" title="{}">{}{}</div>{}</td>',
        why,
        again,
        why,
        _do(handoff),
    )


def _do(handoff: Handoff) -> SafeString:
    """What can be done from the row itself, without opening the lead."""
    page = reverse("leads:lead", args=[handoff.lead_id])
    if handoff.state == Handoff.State.WAITING:
        return format_html(
            '<span class="row-do"><button class="btn btn-calm" form="row-do" formaction="{}" '
            'data-row-key="a">Accept<span class="visually-hidden"> {}</span></button> '
            '<a class="btn btn-calm" href="{}?do=reject" data-row-key="r">Reject…</a></span>',
            reverse("leads:accept", args=[handoff.pk]),
            handoff.lead.title,
            page,
        )
    if handoff.state == Handoff.State.ACCEPTED:
        return format_html(
            '<span class="row-do"><a class="btn btn-calm" href="{}?do=touch" data-row-key="t">'
            "Log touch…</a></span>",
            page,
        )
    return SafeString("")


@register.filter
def source_name(source: str) -> str:
    """A source as one says it: “Paid search” for paid_search; what has capitals stays."""
    return humanise(source) if source.islower() else source


@register.simple_tag
def tier_label(handoff: Handoff) -> str:
    """What the definition that judged it calls its tier."""
    if not handoff.tier:
        return ""
    return labels_of(handoff.version_id).tiers.get(handoff.tier) or humanise(handoff.tier)


@register.simple_tag
def rule_label(judgement: Judgement) -> str:
    """What the definition that judged calls its deciding rule."""
    return labels_of(judgement.version_id).decide.get(judgement.rule) or humanise(judgement.rule)


@register.simple_tag
def row_clock(handoff: Handoff, now: dt.datetime) -> SafeString:
    """The clock that is due first, with its name."""
    if handoff.state == Handoff.State.RETURNED:
        return format_html(
            '<span class="quiet tiny">First touch</span>{}',
            clock_at_rest("paused", handoff.due_at or handoff.made_at, "Paused"),
        )
    if handoff.due_at is None:
        return SafeString('<span class="quiet tiny">No clock runs</span>')
    name = CLOCK_NAMES.get(handoff.due_clock, humanise(handoff.due_clock))
    return format_html(
        '<span class="quiet tiny">{}</span>{}', name, clock_left(handoff.due_at, now)
    )


@register.simple_tag
def person(user: User | None, nobody: str = "Nobody yet") -> SafeString:
    """A person's name with their badge."""
    if user is None:
        return SafeString(escape(nobody))
    return format_html(
        '<span class="owner"><span class="who-dot" aria-hidden="true">{}</span> '
        '<span class="clip">{}</span></span>',
        user.initials,
        user,
    )
