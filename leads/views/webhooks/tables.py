"""Columns of webhooks, of what each was sent, and of what could not be sent."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from handoff.tables import BaseTable, address_of
from handoff.templatetags.parts import icon, when
from leads import catalogue
from leads.models import Message, Webhook

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
LABELS = {**{one.key: one.label for one in catalogue.TYPES}, catalogue.TEST: "Test"}


def host_of(url: str) -> str:
    """The part of an address that may be shown in a list: a chat's path is a secret."""
    return urlsplit(url).netloc


def state_tag(message: Message) -> SafeString:
    """The state of a message in a word."""
    drawing = {"dead": icon("alert-triangle"), "sent": icon("check"), "waiting": icon("clock")}
    return format_html(
        '<span class="tag">{} {}</span>',
        drawing.get(message.state, ""),
        message.get_state_display(),
    )


class WebhookTable(BaseTable):
    """Webhooks and chat channels."""

    name = tables.Column(order_by=("name", "pk"))
    state = tables.Column(accessor="pk", orderable=False)
    kinds = tables.Column(verbose_name="Told of", orderable=False)
    waiting = tables.Column(order_by=("waiting", "pk"), attrs=NUMBER)
    dead = tables.Column(verbose_name="Given up", order_by=("dead", "pk"), attrs=NUMBER)
    answered_at = tables.Column(
        verbose_name="Last taken", order_by=("answered_at", "pk"), empty_values=()
    )

    icon_name = "arrows-exchange"
    empty_title = "Nobody is told yet"
    empty_says = "Add the address of a CRM or of a chat channel: it is told as things happen."

    class Meta(BaseTable.Meta):
        model = Webhook
        fields = ()
        sequence = ("name", "state", "kinds", "waiting", "dead", "answered_at")
        order_by = "name"

    def render_name(self, record: Webhook) -> SafeString:
        where = "Chat" if record.is_chat else "Signed webhook"
        of = record.team or (record.responsible and f"teams of {record.responsible}")
        team = f", {of}" if of else ""
        return format_html(
            '<div class="who"><a class="clip" href="{}">{}</a>'
            '<span class="clip">{}{} · {}</span></div>',
            address_of("leads:webhook", record.pk),
            record.name,
            where,
            team,
            host_of(record.url),
        )

    def render_state(self, record: Webhook) -> SafeString:
        if not record.active:
            return format_html('<span class="tag">{}</span>', "Off")
        if record.failing_since:
            return format_html(
                '<span class="tag">{} Fails since {}</span>',
                icon("alert-triangle"),
                when(record.failing_since, "in_text"),
            )
        return format_html('<span class="tag">{} On</span>', icon("check"))

    def render_kinds(self, value: list[str]) -> str:
        if set(value) >= set(catalogue.BY_KEY):
            return "Everything"
        first = LABELS.get(value[0], value[0])
        return first if len(value) == 1 else f"{first} and {len(value) - 1} more"

    def render_answered_at(self, value: dt.datetime | None) -> SafeString | str:
        return when(value) if value else "Never"


class SentTable(BaseTable):
    """What one webhook was sent."""

    kind = tables.Column(verbose_name="Event", orderable=False)
    subject = tables.Column(verbose_name="About", orderable=False)
    state = tables.Column(order_by=("state", "pk"))
    attempts = tables.Column(order_by=("attempts", "pk"), attrs=NUMBER)
    error = tables.Column(
        verbose_name="Answer", orderable=False, empty_values=(), attrs={"td": {"class": "wide"}}
    )
    written_at = tables.Column(verbose_name="Written", order_by=("written_at", "pk"))

    icon_name = "send"
    empty_title = "Nothing to show"
    empty_says = "What it is told stands here, with every answer. Send a test to see one."

    class Meta(BaseTable.Meta):
        model = Message
        fields = ()
        sequence = ("kind", "subject", "state", "attempts", "error", "written_at")
        order_by = "-written_at"

    def render_kind(self, record: Message) -> SafeString:
        address = reverse("leads:webhook-message", args=[record.webhook_id, record.pk])
        return format_html('<a href="{}">{}</a>', address, LABELS.get(record.kind, record.kind))

    def render_subject(self, record: Message) -> SafeString | str:
        if not record.lead_id:
            return record.subject
        address = address_of("leads:lead", record.lead_id)
        return format_html('<a href="{}">{}</a>', address, record.subject)

    def render_state(self, record: Message) -> SafeString:
        return state_tag(record)

    def render_error(self, record: Message) -> Any:
        if record.error:
            return record.error
        last = record.log[-1] if record.log else None
        return f"{last['status']} in {last['took']} ms" if last else "–"

    def render_written_at(self, value: dt.datetime) -> SafeString:
        return when(value)


class UnsentTable(BaseTable):
    """What was given up, over every channel."""

    subject = tables.Column(verbose_name="Message", orderable=False)
    channel = tables.Column(order_by=("channel", "pk"))
    to = tables.Column(accessor="pk", verbose_name="To", orderable=False)
    error = tables.Column(orderable=False, attrs={"td": {"class": "wide"}})
    attempts = tables.Column(order_by=("attempts", "pk"), attrs=NUMBER)
    written_at = tables.Column(verbose_name="Written", order_by=("written_at", "pk"))

    icon_name = "circle-check"
    empty_title = "Everything was sent"
    empty_says = (
        "A message that is refused for good, or fails ten times over four days, is given up and"
        " waits here for you."
    )

    class Meta(BaseTable.Meta):
        model = Message
        fields = ()
        sequence = ("subject", "channel", "to", "error", "attempts", "written_at")
        order_by = "-written_at"

    def render_subject(self, record: Message) -> SafeString:
        about = LABELS.get(record.kind, record.kind.replace("_", " ").capitalize())
        inner = format_html('<span class="clip">{}</span>', about)
        if record.lead_id:
            address = address_of("leads:lead", record.lead_id)
            head = format_html('<a class="clip" href="{}">{}</a>', address, record.subject)
        else:
            head = format_html('<b class="clip">{}</b>', record.subject)
        return format_html(
            '<div class="badge-row">{}<div class="who">{}{}</div></div>', _pick(record), head, inner
        )

    def render_to(self, record: Message) -> SafeString | str:
        if record.webhook is None or record.recipient is not None:
            return str(record.recipient or "Nobody")
        address = reverse("leads:webhook-message", args=[record.webhook_id, record.pk])
        return format_html('<a href="{}">{}</a>', address, record.webhook)

    def render_error(self, record: Message) -> SafeString | str:
        if record.state != Message.State.DISCARDED:
            return record.error
        return format_html(
            "Discarded by {}, {}: {}",
            record.discarded_by or "Handoff",
            when(record.discarded_at, "in_text"),
            record.discarded_because,
        )

    def render_written_at(self, value: dt.datetime) -> SafeString:
        return when(value)


def _pick(message: Message) -> SafeString:
    """A tick that picks a given-up message for the form `answer`."""
    if message.state != Message.State.DEAD:
        return SafeString("")
    return format_html(
        '<label class="tick"><input class="form-check-input" type="checkbox" name="pick"'
        ' value="{}" form="answer"><span class="visually-hidden">Pick {}</span></label>',
        message.pk,
        message.subject,
    )
