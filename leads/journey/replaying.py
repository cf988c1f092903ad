"""A delivery in quarantine, mended by a person and sent on its way again, or laid aside."""

import datetime as dt
from typing import Any

from handoff import statements
from handoff.models import User
from leads.models import Delivery

from . import settling
from .outcome import Outcome
from .story import take_in

REPLAY = """
UPDATE leads_delivery SET state = 'stored', error = '', attempts = 0, retry_at = NULL,
    payload = coalesce(%s::text::jsonb, payload), person_id = %s
WHERE id = %s AND kind IN ('lead', 'opportunity') AND state IN ('quarantined', 'discarded')
RETURNING kind"""


def replay(
    delivery_id: int, payload: Any = None, *, actor: User | None, at: dt.datetime
) -> Outcome | None:
    """Take a quarantined delivery in once more, as it is or with a mended payload.

    It keeps when it was received; one that was discarded can be taken in too. None where it is
    neither in quarantine nor discarded.
    """
    mended = statements.dumps(payload) if payload is not None else None
    rows = statements.fetch(REPLAY, [mended, actor.pk if actor else None, delivery_id])
    if not rows:
        return None
    is_deal = rows[0][0] == Delivery.Kind.OPPORTUNITY
    return (settling.take_in if is_deal else take_in)([delivery_id], at=at)[0]


def discard(delivery_id: int, *, actor: User) -> bool:
    """Lay a quarantined delivery aside; its payload stays, and it can still be replayed.

    False where somebody was quicker.
    """
    quarantined = Delivery.objects.quarantined().filter(pk=delivery_id)
    return quarantined.update(state=Delivery.State.DISCARDED, person=actor) == 1
