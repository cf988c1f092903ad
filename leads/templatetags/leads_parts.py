"""The words of leads and their judgements in templates."""

from decimal import Decimal

from django import template
from django.conf import settings

from handoff import words
from handoff.labels import humanise, labels_of
from leads.journey import stepping
from leads.models import Handoff, Judgement, Lead
from leads.story import listed

register = template.Library()


@register.simple_tag
def who_line(lead: Lead) -> str:
    """What they do and how large the company is, as far as known."""
    people = words.count_of(int(lead.employees), "person", "people") if lead.employees else ""
    return ", ".join(part for part in (lead.role, people) if part)


@register.filter
def fields(keys: list[str]) -> str:
    """Names of fields in running text: “problem and timing”."""
    return listed(keys)


@register.filter
def money(amount: Decimal) -> str:
    """An amount in the house's currency: “USD 12,000”."""
    return words.money(amount, settings.CURRENCY)


@register.filter
def step_name(step: str) -> str:
    """What people call a step: “AE”."""
    return stepping.name_of(step)


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
