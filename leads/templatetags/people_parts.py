"""Positions in a turn, and leads of which no more is told than whom they work for."""

from decimal import Decimal

from django import template

from leads.models import Lead

register = template.Library()


@register.filter
def position(value: Decimal) -> str:
    """Where somebody stands, to the last place, so that what is shown adds up: 12.5, 0.333333."""
    return f"{value.normalize():f}".replace("-", "−") if value else "0"


@register.filter
def moved(value: Decimal) -> str:
    """By how much a position was moved: +1, −0.5; a dash for not at all."""
    return f"{'+' if value > 0 else ''}{position(value)}" if value else "–"


@register.simple_tag
def who_in_short(lead: Lead) -> str:
    """Role and company, without the person: “Head of Finance, Nova Pay”."""
    return ", ".join(filter(None, (lead.role, lead.company))) or "A lead"
