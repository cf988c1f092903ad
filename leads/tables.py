"""Columns of the lists of leads."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from handoff.models import DecideRule
from handoff.tables import BaseTable
from handoff.templatetags.parts import when
from leads.models import Delivery, Handoff, ImportBatch, Lead
from leads.templatetags.leads_parts import source_name, who_line

STATUSES = dict(DecideRule.Status.choices)

Ordered = tuple[QuerySet[Any], bool]


class QueueTable(BaseTable):
    """A queue. Its rows are drawn by leads/_queue_table.html, which is faster than cell by cell;
    the columns declare what it can be ordered by."""

    lead = tables.Column(orderable=False, attrs={"th": {"class": "c-who"}})
    why = tables.Column(verbose_name="Why now", orderable=False, attrs={"th": {"class": "c-why"}})
    tier = tables.Column(order_by=("tier_rank", "pk"), attrs={"th": {"class": "c-tier"}})
    score = tables.Column(
        order_by=("judgement__intent", "judgement__fit", "pk"), attrs={"th": {"class": "c-score"}}
    )
    source = tables.Column(order_by=("lead__source", "pk"), attrs={"th": {"class": "c-source"}})
    due = tables.Column(verbose_name="Time left", attrs={"th": {"class": "c-clock"}})

    class Meta(BaseTable.Meta):
        model = Handoff
        fields = ()
        sequence = ("lead", "why", "tier", "score", "source", "due")
        order_by = "due"
        attrs = {"class": "calm queue"}  # noqa: RUF012

    def order_due(self, rows: QuerySet[Handoff], is_descending: bool) -> Ordered:
        due = (
            F("due_at").desc(nulls_last=True) if is_descending else F("due_at").asc(nulls_last=True)
        )
        return rows.order_by(due, "pk"), True

    def order_score(self, rows: QuerySet[Handoff], is_descending: bool) -> Ordered:
        sign = "" if is_descending else "-"
        return rows.order_by(f"{sign}judgement__intent", f"{sign}judgement__fit", "pk"), True


class LeadTable(BaseTable):
    """All leads that a person may see."""

    who = tables.Column(accessor="pk", verbose_name="Lead", order_by=("last_name", "email", "pk"))
    status = tables.Column(order_by=("status", "pk"), empty_values=())
    fit = tables.Column(
        accessor="judgement__fit",
        order_by=("judgement__fit", "pk"),
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
    )
    intent = tables.Column(
        accessor="judgement__intent",
        order_by=("judgement__intent", "pk"),
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
    )
    source = tables.Column(order_by=("source", "pk"))
    country = tables.Column(order_by=("country", "pk"))
    last_seen_at = tables.Column(verbose_name="Last seen", order_by=("last_seen_at", "pk"))

    empty_title = "No lead matches"
    empty_says = (
        "Leads come from the form, a file, or another system. Take a filter away, or add one."
    )

    class Meta(BaseTable.Meta):
        model = Lead
        fields = ()
        sequence = ("who", "status", "fit", "intent", "source", "country", "last_seen_at")
        order_by = "-last_seen_at"

    def render_who(self, record: Lead) -> SafeString:
        return format_html(
            '<div class="who"><a class="clip" href="{}?from=leads">{}</a>'
            '<span class="clip">{}</span></div>',
            reverse("leads:lead", args=[record.pk]),
            record.title,
            who_line(record),
        )

    def render_status(self, record: Lead) -> str:
        return STATUSES.get(record.status, "Not judged yet")

    def render_source(self, value: str) -> str:
        return source_name(value)

    def render_last_seen_at(self, value: dt.datetime) -> SafeString:
        return when(value)

    def render_fit(self, value: float) -> str:
        return f"{value:.0f}"

    def render_intent(self, value: float) -> str:
        return f"{value:.0f}"


class DeliveryTable(BaseTable):
    """Payloads that could not be understood."""

    key = tables.Column(verbose_name="What came", orderable=False)
    error = tables.Column(orderable=False, attrs={"td": {"class": "wide"}})
    channel = tables.Column(order_by=("channel", "pk"))
    received_at = tables.Column(verbose_name="Received", order_by=("received_at", "pk"))

    icon_name = "circle-check"
    empty_title = "Quarantine is empty"
    empty_says = (
        "What cannot be understood is kept here, with its error, until you mend and replay it."
    )

    class Meta(BaseTable.Meta):
        model = Delivery
        fields = ()
        sequence = ("key", "error", "channel", "received_at")
        order_by = "-received_at"

    def render_key(self, record: Delivery) -> SafeString:
        link = reverse("leads:delivery", args=[record.pk])
        return format_html(
            '<a href="{}">{} from {}</a>', link, record.get_kind_display(), record.source
        )

    def render_received_at(self, value: dt.datetime) -> SafeString:
        return when(value)


class ImportTable(BaseTable):
    """Files of leads, newest first."""

    file_name = tables.Column(verbose_name="File", orderable=False)
    state = tables.Column(order_by=("state", "pk"))
    rows = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}}, orderable=False)
    created = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}}, orderable=False)
    updated = tables.Column(attrs={"td": {"class": "num"}, "th": {"class": "num"}}, orderable=False)
    repeated = tables.Column(
        attrs={"td": {"class": "num"}, "th": {"class": "num"}}, orderable=False
    )
    quarantined = tables.Column(
        attrs={"td": {"class": "num"}, "th": {"class": "num"}}, orderable=False
    )
    started = tables.Column(
        accessor="created_at", verbose_name="Started", order_by=("created_at", "pk")
    )

    icon_name = "file-import"
    empty_title = "No file was imported yet"
    empty_says = (
        "A CSV or XLSX file of leads takes the same way as a form: judged, routed, under a clock."
    )

    class Meta(BaseTable.Meta):
        model = ImportBatch
        fields = ()
        sequence = (
            "file_name",
            "state",
            "rows",
            "created",
            "updated",
            "repeated",
            "quarantined",
            "started",
        )
        order_by = "-started"

    def render_file_name(self, record: ImportBatch) -> SafeString:
        link = reverse("leads:import", args=[record.pk])
        return format_html('<a href="{}">{}</a>', link, record.file_name)

    def render_started(self, value: dt.datetime) -> SafeString:
        return when(value)
