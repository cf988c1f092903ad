"""What the shell of every page shows besides the page itself."""

from typing import Any

from django.utils.functional import SimpleLazyObject

from handoff.views.signed_in import SignedIn
from leads.models import Message


def shell(request: SignedIn) -> dict[str, Any]:
    """`shell.unread`: how many notices the signed-in person has not seen.

    A view that counts in a statement of its own sets `request.unread` and saves this one.
    """

    def unread() -> int:
        known = getattr(request, "unread", None)
        if known is not None:
            return known
        return Message.objects.inbox(request.user).unread().order_by()[:100].count()

    return {"shell": {"unread": SimpleLazyObject(unread)}}
