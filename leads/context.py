"""What the shell of every page shows besides the page itself."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from handoff.models import Absence
from handoff.permissions import may_administer
from handoff.prepared import prepared
from handoff.views.signed_in import SignedIn
from leads.counting import LIMIT, badge
from leads.models import Message


def shell(request: SignedIn) -> dict[str, Any]:
    """`shell.unread`: how many notices the signed-in person has not seen. `shell.pause`: the pause
    or time off that runs now, if any.
    `shell.dead`: for administrators, how many messages could not be sent, in words.

    A view that asks in a statement of its own sets `request.unread` and `request.absence`, and
    saves these.
    """

    def unread() -> int:
        known = getattr(request, "unread", None)
        if known is not None:
            return known
        return Message.objects.inbox(request.user).unread().order_by()[:100].count()

    def pause() -> Absence | None:
        if hasattr(request, "absence"):
            return request.absence
        return next(iter(_running(request.user.pk, timezone.now())), None)

    def dead() -> str:
        if not may_administer(request.user):
            return ""
        number = Message.objects.dead().order_by()[:LIMIT].count()
        return badge(number) if number else ""

    return {
        "shell": {
            "dead": SimpleLazyObject(dead),
            "unread": SimpleLazyObject(unread),
            "pause": SimpleLazyObject(pause),
        }
    }


@prepared
def _running(person: int, at: dt.datetime) -> QuerySet[Absence]:
    return Absence.objects.at(at).filter(user=person).order_by("-ends_at")[:1]
