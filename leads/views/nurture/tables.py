"""Columns of the tracks' lists."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from handoff.tables import BaseTable, address_of
from handoff.templatetags.parts import when
from leads.models import Comeback, Lead
from leads.templatetags.leads_parts import rule_label, who_line

from .counting import reason_labels, why_in_words

Told = dict[str, str]


def who(lead: Lead) -> SafeString:
    """A lead as the first cell of a row."""
    return format_html(
        '<div class="who"><a class="clip" href="{}">{}</a><span class="clip">{}</span></div>',
        address_of("leads:lead", lead.pk),
        lead.title,
        who_line(lead),
    )


def day(date: dt.date | None) -> str:
    return f"{date.day} {date:%b %Y}" if date else "Until they do something new"


class InsideTable(BaseTable):
    """Leads on a track now."""

    who = tables.Column(accessor="pk", verbose_name="Lead", orderable=False)
    why = tables.Column(accessor="pk", verbose_name="Why", orderable=False)
    put = tables.Column(accessor="pk", verbose_name="Put there by", orderable=False)
    until = tables.Column(
        accessor="nurture_until", verbose_name="Until", orderable=False, empty_values=()
    )
    change = tables.Column(accessor="pk", orderable=False)

    icon_name = "plant-2"
    empty_title = "Nobody is on this track"
    empty_says = (
        "Leads come here from a rejection or disposition whose reason leads to nurture, from "
        "marketing’s answer to an approval, from a rule that names the track, or by hand."
    )

    class Meta(BaseTable.Meta):
        model = Lead
        fields = ()
        sequence = ("who", "why", "put", "until", "change")

    def __init__(self, *args: Any, may_change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels: Told | None = None
        self.may_change = may_change
        if not may_change:
            self.columns.hide("change")

    def render_who(self, record: Lead) -> SafeString:
        """The lead, behind the box that picks it for the bar below the list."""
        if not self.may_change:
            return who(record)
        return format_html(
            '<div class="tick-who"><label class="tick"><input class="form-check-input"'
            ' type="checkbox" name="pick" value="{}" form="move"><span class="visually-hidden">'
            "Pick {}</span></label>{}</div>",
            record.pk,
            record.title,
            who(record),
        )

    def render_why(self, record: Lead) -> str:
        if self.labels is None:
            self.labels = reason_labels([])
        rule = rule_label(record.judgement) if record.judgement else ""
        return why_in_words(record, self.labels, rule)

    def render_put(self, record: Lead) -> SafeString:
        if record.nurture_since is None:
            since = record.judgement.as_of if record.judgement else record.last_seen_at
            return format_html("The definition, {}", when(since))
        return format_html("{}, {}", record.nurture_by or "Handoff", when(record.nurture_since))

    def render_until(self, value: dt.date | None) -> str:
        return day(value)

    def render_change(self, record: Lead) -> SafeString:
        return format_html(
            '<a href="{}">Change<span class="visually-hidden"> {}</span></a>',
            address_of("leads:nurtured", record.pk),
            record.title,
        )


class BackTable(BaseTable):
    """Leads that were decided about anew on a track."""

    who = tables.Column(accessor="pk", verbose_name="Lead", orderable=False)
    at = tables.Column(verbose_name="When", orderable=False)
    why = tables.Column(verbose_name="What brought it back", orderable=False)
    was = tables.Column(accessor="pk", verbose_name="Had been here", orderable=False)
    now = tables.Column(accessor="pk", verbose_name="Since then", orderable=False)

    icon_name = "refresh"
    empty_title = "Nobody came back from this track yet"
    empty_says = "A date that is reached, or something new that a lead does, decides about it anew."

    class Meta(BaseTable.Meta):
        model = Comeback
        fields = ()
        sequence = ("who", "at", "why", "was", "now")

    labels: Told | None = None

    def render_who(self, record: Comeback) -> SafeString:
        return who(record.lead)

    def render_at(self, value: dt.datetime) -> SafeString:
        return when(value)

    def render_why(self, value: str) -> str:
        return value[:1].upper() + value[1:]

    def render_was(self, record: Comeback) -> str:
        if self.labels is None:
            self.labels = reason_labels([])
        reason = self.labels.get(record.reason, record.reason.replace("_", " ").capitalize())
        until = f"until {day(record.until)}" if record.until else ""
        by = f"by {record.put_by}" if record.put_by else ""
        return ", ".join(filter(None, (reason or "By the definition", by, until)))

    def render_now(self, record: Comeback) -> str:
        if record.outcome == Comeback.Outcome.STAYS:
            return "Not ready: stays in nurture"
        if record.handoff is None:
            return "Waits for approval"
        said = record.handoff.get_state_display()
        return f"{said}, {record.handoff.owner}" if record.handoff.owner else said
