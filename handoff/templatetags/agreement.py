"""What pages ask about the agreement: who may read it, and what its parts are called."""

from django import template
from django.contrib.auth.models import AnonymousUser

from handoff import permissions
from handoff.labels import humanise
from handoff.models import AreaOwner, User

register = template.Library()


@register.filter
def may_read_agreement(user: User | AnonymousUser) -> bool:
    """Whether the person may read definitions."""
    return permissions.may_read_agreement(user)


@register.filter
def may_edit_agreement(user: User | AnonymousUser) -> bool:
    """Whether the person may change definitions."""
    return permissions.may_edit_agreement(user)


@register.filter
def may_nurture(user: User | AnonymousUser) -> bool:
    """Whether the person may put leads on nurture tracks and move them."""
    return permissions.may_nurture(user)


@register.filter
def may_approve_leads(user: User | AnonymousUser) -> bool:
    """Whether the person answers for leads that wait for a yes."""
    return permissions.may_approve_leads(user)


@register.filter
def may_administer(user: User | AnonymousUser) -> bool:
    """Whether the person looks after people, keys and webhooks."""
    return permissions.may_administer(user)


@register.simple_tag
def area_name(area: AreaOwner) -> str:
    """An area as one says it: “Reason codes”, “SLA”."""
    return area.area.upper() if len(area.area) <= 3 else humanise(area.area)
