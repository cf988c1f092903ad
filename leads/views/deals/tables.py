"""Columns of the list of opportunities."""

import datetime as dt
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from handoff.tables import BaseTable, address_of
from handoff.templatetags.parts import when
from leads.models import Opportunity
from leads.templatetags.leads_parts import money

NUM = {"td": {"class": "num"}, "th": {"class": "num"}}


class OpportunityTable(BaseTable):
    """Opportunities a person may see."""

    who = tables.Column(accessor="ref", verbose_name="Opportunity", order_by=("ref", "pk"))
    lead = tables.Column(orderable=False, empty_values=())
    stage = tables.Column(order_by=("stage", "pk"))
    amount = tables.Column(order_by=("amount", "pk"), attrs=NUM)
    owner = tables.Column(order_by=("owner__name", "pk"))
    opened_at = tables.Column(verbose_name="Opened", order_by=("opened_at", "pk"))
    closed_at = tables.Column(verbose_name="Over", order_by=("closed_at", "pk"))

    icon_name = "target"
    empty_title = "No opportunity"
    empty_says = (
        "An accepted lead becomes one with “Open an opportunity” on its page; others come from the "
        "CRM, by API or as a file."
    )

    class Meta(BaseTable.Meta):
        model = Opportunity
        fields = ()
        sequence = ("who", "lead", "stage", "amount", "owner", "opened_at", "closed_at")
        order_by = "-updated"

    def render_who(self, record: Opportunity) -> SafeString:
        return format_html(
            '<div class="who"><a class="clip" href="{}">{}</a><span class="clip">{}</span></div>',
            address_of("leads:opportunity", record.pk),
            record.ref,
            record.account or "",
        )

    def render_lead(self, record: Any) -> SafeString | str:
        """Whoever owns the deal alone reads whose it is, and why there is no more."""
        if record.lead is None:
            return "–"
        if not record.lead_is_seen:
            return format_html("{}<small>Another team’s lead</small>", record.lead.title)
        href = address_of("leads:lead", record.lead_id)
        return format_html('<a href="{}">{}</a>', href, record.lead.title)

    def render_stage(self, record: Opportunity) -> str:
        said = record.get_stage_display()
        is_open = record.stage == Opportunity.Stage.OPEN
        return f"{said}, {record.step}" if is_open and record.step else said

    def render_amount(self, value: Decimal) -> str:
        return money(value)

    def render_opened_at(self, value: dt.datetime) -> SafeString:
        return when(value)

    def render_closed_at(self, value: dt.datetime) -> SafeString:
        return when(value)
