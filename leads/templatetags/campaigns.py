"""Addresses of what is described, on the pages that all kinds of it share."""

from typing import Any

from django import template
from django.urls import reverse

from leads.views.campaigns.kinds import Kind

register = template.Library()


@register.simple_tag
def thing_url(kind: Kind, thing: Any, what: str = "") -> str:
    """The page of one of a kind; or `what` is done there: edit, away."""
    name = f"{kind.one}-{what}" if what else kind.one
    return reverse(f"leads:{name}", args=[thing.pk])
