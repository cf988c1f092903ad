"""A lead's journey, in order.

    received    intake.store         kept as it came, first commit
    matched     matching.match       who is it, which company
    judged      judging.judge        scored, explained, decided by the law
    routed      routing.place_all    to whom, and why
    clocked     clocks.deadline      until when
    announced   announcing.announce  letters written, posted afterwards
    told        relaying             other systems, with every event
    worked      responding           accepted, rejected, touched, disposed …
    outcome     outcomes             what the CRM says became of it

Everything from matched to announced is one transaction (`story.take_in`); one lead is a batch of
one.
"""

import datetime as dt
from collections.abc import Sequence

from .intake import Envelope, store
from .outcome import Outcome
from .story import take_in

__all__ = ["Envelope", "Outcome", "receive", "take_in"]


def receive(envelopes: Sequence[Envelope], *, at: dt.datetime) -> list[Outcome]:
    """Store what came in, then take it through the journey; outcomes in order.

    What was stored before (same source and key) is not taken in again.
    """
    stored = store(envelopes, at=at)
    return take_in([one.delivery_id for one in stored], at=at)
