"""A delivery in quarantine, mended by a person and sent on its way again."""

import datetime as dt
from typing import Any

from handoff import statements
from handoff.models import User

from .outcome import Outcome
from .story import take_in

REPLAY = """
UPDATE leads_delivery SET state = 'stored', error = '', attempts = 0, retry_at = NULL,
    payload = coalesce(%s::text::jsonb, payload), person_id = %s
WHERE id = %s AND kind = 'lead' AND state = 'quarantined' RETURNING id"""


def replay(
    delivery_id: int, payload: Any = None, *, actor: User | None, at: dt.datetime
) -> Outcome | None:
    """Take a quarantined delivery in once more, as it is or with a mended payload.

    It keeps when it was received. None where it is no longer in quarantine.
    """
    mended = statements.dumps(payload) if payload is not None else None
    rows = statements.fetch(REPLAY, [mended, actor.pk if actor else None, delivery_id])
    return take_in([delivery_id], at=at)[0] if rows else None
