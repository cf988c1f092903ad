"""What is watched, and from which share on it is told."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from handoff.models import User
from handoff.permissions import may_edit_agreement
from leads.journey.states import Invalid, NotAllowed
from reviews.measures.rejecting import WATCHABLE
from reviews.models import AlertRule

HELD = ("threshold", "days", "dimensions")
USUAL = ("source", "fit")
"""By what rejections are watched until somebody says otherwise."""


def rule_in_force() -> AlertRule:
    """The rule that holds; where nobody has set one, the usual one, not saved."""
    newest = AlertRule.objects.select_related("set_by").first()
    return newest or AlertRule(dimensions=list(USUAL))


def keep_rule(
    *, threshold: int, days: int, dimensions: Sequence[str], actor: User, at: dt.datetime
) -> bool:
    """Have this hold from now on; False where it does already. Raises NotAllowed and Invalid."""
    if not may_edit_agreement(actor):
        raise NotAllowed("Marketing operations sets what is watched.")
    if not set(dimensions) <= set(WATCHABLE):
        raise Invalid("dimensions", "That is not watched.")
    made = AlertRule(
        threshold=threshold,
        days=days,
        dimensions=[one for one in WATCHABLE if one in dimensions],
        set_by=actor,
        set_at=at,
    )
    with transaction.atomic():
        before = rule_in_force()
        if all(getattr(before, name) == getattr(made, name) for name in HELD):
            return False
        made.save()
    return True
