"""How many alerts are open, for the navigation of the measures and of joint reviews."""

from django import template

from handoff.models import User
from reviews.models import Alert

register = template.Library()


@register.simple_tag
def open_alerts(user: User) -> int | None:
    """How many are open; None for who may not read them."""
    if not Alert.may_be_read_by(user):
        return None
    return Alert.objects.filter(closed_at=None).count()
