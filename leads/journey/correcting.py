"""Turns that an answer moved, moved back when it is taken back: rows of correction, so that the
ledger still sums to where everybody stands."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from handoff import statements
from handoff.models import Team
from leads.models import Handoff, Turn

from . import rosters

POSITION = """
UPDATE handoff_membership m SET served = m.served - %s,
    last_served_at = CASE WHEN %s THEN (
        SELECT max(t.at) FROM leads_turn t
        WHERE t.membership_id = m.id AND t.cause = 'turn' AND t.id < %s)
        ELSE m.last_served_at END
WHERE m.id = %s"""


def correct(handoffs: Sequence[Handoff], *, since: int, at: dt.datetime) -> None:
    """Move back what was charged or given back for `handoffs`: for the first, which was answered,
    after the turn `since`; for the others, which began with the answer, all of it."""
    ids = [one.pk for one in handoffs]
    moved = Turn.objects.filter(handoff__in=ids).filter(~Q(handoff=ids[0]) | Q(pk__gt=since))
    turns = list(moved.select_related("membership").order_by("pk"))
    if not turns:
        return
    teams = {turn.membership.team_id for turn in turns}
    rosters.lock(Team.objects.filter(pk__in=teams).values_list("key", flat=True))
    for turn in turns:
        Turn.objects.create(
            membership=turn.membership,
            amount=-turn.amount,
            cause=Turn.Cause.CORRECTED,
            because=Turn.Because.TAKEN_BACK,
            handoff_id=turn.handoff_id,
            at=at,
        )
        newest = not Turn.objects.filter(
            membership=turn.membership_id, cause=Turn.Cause.TURN, pk__gt=turn.pk
        ).exists()
        was_charged = turn.cause == Turn.Cause.TURN and newest
        statements.execute(POSITION, [turn.amount, was_charged, turn.pk, turn.membership_id])
