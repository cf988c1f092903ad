"""Looking again: the owner of an area says that what is agreed there still holds."""

import datetime as dt

from django.db import transaction

from .models import AreaOwner, User
from .permissions import may_edit_agreement


class Refused(Exception):
    """Somebody else's area."""


def may_review(area: AreaOwner, user: User) -> bool:
    """Its owner, and those who edit the agreement."""
    return area.owner_id == user.pk or may_edit_agreement(user)


def mark_reviewed(area: AreaOwner, *, actor: User, at: dt.datetime) -> bool:
    """Note that an area was looked at now, so that its next review is counted from here. False
    where that was noted today (UTC) already. Raises Refused.
    """
    if not may_review(area, actor):
        raise Refused(f"{area.owner} looks after this; only they, or marketing operations, say so.")
    with transaction.atomic():
        fresh = AreaOwner.objects.select_for_update().get(pk=area.pk)
        last = fresh.reviewed_at
        if last is not None and last.astimezone(dt.UTC).date() >= at.astimezone(dt.UTC).date():
            return False
        fresh.reviewed_at = at
        fresh.save(update_fields=["reviewed_at"])
    return True
