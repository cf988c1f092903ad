"""Back to nurture until a day, from wherever the hand-over stands: a waiting one is rejected, a
worked one is disposed of, each for a reason that leads to nurture."""

import datetime as dt
from typing import Any

from django.db import transaction

from handoff.models import Reason, User
from leads.models import Handoff

from .owning import enter
from .reasoning import reason_of
from .responding import dispose, reject
from .states import Invalid


def recycle(
    handoff_id: int,
    *,
    reason: str,
    until: dt.date | None,
    note: str = "",
    actor: User,
    at: dt.datetime,
) -> Handoff:
    """Send a lead to nurture until `until`, from which day it comes back by itself. Raises as
    `reject` and `dispose` do."""
    why = reason_of(reason)
    if why.goes_to != Reason.GoesTo.NURTURE:
        raise Invalid("reason", f"“{why.label}” does not lead to nurture.")
    if until is None:
        raise Invalid("until", "Say until when: from that day it is back by itself.")
    said: dict[str, Any] = {"reason": reason, "note": note, "until": until}
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        if handoff.state == Handoff.State.WAITING:
            return reject(handoff_id, **said, actor=actor, at=at)
        nurture = Handoff.Disposition.NURTURE
        return dispose(handoff_id, disposition=nurture, **said, actor=actor, at=at)
