"""Columns of the lists of leads."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from handoff.models import DecideRule
from handoff.tables import BaseTable, address_of
from handoff.templatetags.parts import when
from leads.columns import COLUMNS
from leads.models import Delivery, Handoff, ImportBatch, Lead
from leads.models.handoff import DUE_NEXT
from leads.templatetags.leads_parts import source_name, who_line

STATUSES = dict(DecideRule.Status.choices)

HIGHEST_FIRST = ("score",)
"""Columns whose heading orders by the highest at its first press."""

AS_JUDGED = "As last judged; a lead’s page says what it is worth now"
"""Of intent, which fades: to work it out anew for each row would cost more than the list."""

Ordered = tuple[QuerySet[Any], bool]


def _column(key: str, *order_by: str) -> tables.Column:
    css = "c-clock" if key == "due" else f"c-{key}"
    head = {"th": {"class": css, "title": COLUMNS[key].says}}
    if key == "why":
        return tables.Column(verbose_name=COLUMNS[key].label, orderable=False, attrs=head)
    return tables.Column(
        verbose_name=COLUMNS[key].label,
        order_by=(*order_by, "pk"),
        attrs=head,
        initial_sort_descending=key in HIGHEST_FIRST,
    )


class QueueTable(BaseTable):
    """A queue with the columns of `shown`. Its rows are drawn by leads/_queue_table.html, which is
    faster than cell by cell; the columns declare what it can be ordered by, shown or not. An order
    that is none is first due first."""

    order_by: Any

    lead = tables.Column(orderable=False, attrs={"th": {"class": "c-who"}})
    why = _column("why")
    tier = _column("tier", "tier_rank")
    score = _column("score", "judgement__intent", "judgement__fit")
    source = _column("source", "lead__source")
    owner = _column("owner", "owner__name", "owner__email")
    state = _column("state", "state")
    status = _column("status", "status")
    campaign = _column("campaign", "lead__campaign")
    country = _column("country", "lead__country")
    handed = _column("handed", "made_at")
    seen = _column("seen", "lead__last_seen_at")
    due = _column("due", "due_at")

    class Meta(BaseTable.Meta):
        model = Handoff
        fields = ()
        order_by = "due"
        attrs = {"class": "calm queue"}  # noqa: RUF012

    def __init__(self, rows: QuerySet[Handoff], shown: tuple[str, ...], **kwargs: Any) -> None:
        self.shown = shown
        super().__init__(rows, sequence=("lead", *shown), **kwargs)
        for key in COLUMNS.keys() - set(shown):
            self.columns.hide(key)
        if not self.order_by:
            self.order_by = self._meta.order_by

    def order_due(self, rows: QuerySet[Handoff], is_descending: bool) -> Ordered:
        due = DUE_NEXT.desc(nulls_last=True) if is_descending else DUE_NEXT.asc(nulls_last=True)
        return rows.order_by(due, "pk"), True


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
        attrs={"td": {"class": "num"}, "th": {"class": "num", "title": AS_JUDGED}},
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
            address_of("leads:lead", record.pk),
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

    def render_intent(self, value: float, record: Lead) -> SafeString:
        assert record.judgement is not None
        day = f"{timezone.localtime(record.judgement.as_of):%-d %b %Y}"
        return format_html('<span title="As of {}">{}</span>', day, f"{value:.0f}")


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
        link = address_of("leads:delivery", record.pk)
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
        link = address_of("leads:import", record.pk)
        of = "" if record.of == ImportBatch.Of.LEADS else f", {record.get_of_display().lower()}"
        return format_html('<a href="{}">{}</a>{}', link, record.file_name, of)

    def render_started(self, value: dt.datetime) -> SafeString:
        return when(value)
