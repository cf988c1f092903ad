"""Stored rows of opportunities become deals; those of the past also tell who worked their leads.

Each row is a transaction of its own: it is done, goes to quarantine with what is wrong with it, or
is tried again after a fault.
"""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import Error as DatabaseError
from django.db import transaction

from handoff import statements
from leads.models import Delivery, Opportunity

from . import dealing, intake, retelling
from .outcome import Outcome
from .reading import is_whole
from .states import Conflict, Invalid, NotAllowed
from .story import put_off

log = logging.getLogger(__name__)

CLAIM = """
SELECT source, payload::text, historical FROM leads_delivery
WHERE id = %s AND state = 'stored' AND kind = 'opportunity' FOR NO KEY UPDATE SKIP LOCKED"""

FAULTS = (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError)
STAGES = {"closed won": "won", "closed lost": "lost", "closed-won": "won", "closed-lost": "lost"}
LONGEST_REF = 200


def take_in(delivery_ids: Sequence[int], *, at: dt.datetime) -> list[Outcome]:
    """Settle stored rows one by one; outcomes in the order of the ids. Those that another process
    works on, or that are done, are left out."""
    found = [_take_one(delivery_id, at=at) for delivery_id in delivery_ids]
    return [outcome for outcome in found if outcome is not None]


def _take_one(delivery_id: int, *, at: dt.datetime) -> Outcome | None:
    try:
        with transaction.atomic():
            rows = statements.fetch(CLAIM, [delivery_id])
            return _settle(delivery_id, *rows[0], at=at) if rows else None
    except FAULTS as error:
        log.exception("the opportunity of delivery %s could not be settled", delivery_id)
        said = f"{type(error).__name__}: {error}"
        return put_off([delivery_id], said, at=at, counts=True)[0]


def _settle(
    delivery_id: int, source: str, payload: str, historical: bool, *, at: dt.datetime
) -> Outcome:
    said = statements.loads(payload)
    try:
        with transaction.atomic():
            deal, created = _written(said, system=source, historical=historical, at=at)
    except (Invalid, Conflict, NotAllowed) as refused:
        wrong = str(refused)
        intake.quarantine([(delivery_id, wrong)], at=at)
        return Outcome.quarantined(delivery_id, wrong)
    outcome = "created" if created else "updated"
    done = Delivery.State.DONE
    Delivery.objects.filter(pk=delivery_id).update(
        state=done, outcome=outcome, lead=deal.lead_id, error="", retry_at=None
    )
    return Outcome(delivery_id, done.value, outcome=outcome, lead_id=deal.lead_id)


def check(said: Any, *, system: str, historical: bool) -> None:
    """Raises Invalid or NotAllowed with what is wrong with a row. Reads only: a row that nobody has
    asked to take in writes and locks nothing."""
    ref, data = _read(said)
    try:
        if historical:
            retelling.check(ref, data, system=system)
        else:
            data.pop("first_owner", None)
            dealing.check(ref, data, system=system)
    except FAULTS as fault:
        log.warning("a row of a file of opportunities cannot be read", exc_info=True)
        raise Invalid("ref", "A cell of this row cannot be read.") from fault


def _written(
    said: Any, *, system: str, historical: bool, at: dt.datetime
) -> tuple[Opportunity, bool]:
    ref, data = _read(said)
    by = f"import {system}"
    if historical:
        return retelling.retell(ref, data, system=system, by=by, at=at)
    data.pop("first_owner", None)
    return dealing.put_opportunity(ref, data, actor=None, at=at, by=by, system=system)


def _read(said: Any) -> tuple[str, dict[str, Any]]:
    """The ref of a row, and what is told of the deal. Raises Invalid."""
    if not isinstance(said, Mapping):
        raise Invalid("ref", "An opportunity is an object with a ref.")
    data = {name: value for name, value in said.items() if name != "ref"}
    ref = str(said.get("ref") or "").strip()
    if not 0 < len(ref) <= LONGEST_REF or not is_whole(ref):
        raise Invalid("ref", f"The row needs a ref, at most {LONGEST_REF} characters.")
    if isinstance(data.get("stage"), str):
        stage = data["stage"].strip().lower()
        data["stage"] = STAGES.get(stage, stage)
    return ref, data
