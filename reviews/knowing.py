"""Letting a finding of the coverage audit be for a while, and taking that back."""

import datetime as dt

from django.db import IntegrityError, transaction

from handoff.models import User
from handoff.permissions import may_know_gaps
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.measures.coverage.finding import Finding
from reviews.models import KnownGap

FURTHEST = dt.timedelta(days=366)


def let_be(
    finding: Finding, *, until: dt.date, because: str, actor: User, at: dt.datetime
) -> KnownGap:
    """Note that a finding is known until a day; a mark that stood before ends. Raises NotAllowed,
    Invalid and Conflict."""
    if not may_know_gaps(actor):
        raise NotAllowed("Managers and marketing operations say what is known.")
    if not because.strip():
        raise Invalid("because", "Say why it may stay as it is.")
    if not at.date() < until <= at.date() + FURTHEST:
        raise Invalid("until", "Choose a day after today, within a year.")
    made = KnownGap(
        finding=finding.key,
        says=finding.says,
        until=until,
        because=because.strip(),
        said_by=actor,
        said_at=at,
    )
    try:
        with transaction.atomic():
            before = KnownGap.objects.filter(finding=finding.key, ended_at=None)
            before.update(ended_at=at, ended_by=actor)
            made.save()
    except IntegrityError:
        raise Conflict("Somebody said so a moment ago.") from None
    return made


def tell_again(gap_id: int, *, actor: User, at: dt.datetime) -> KnownGap:
    """Take a mark back, so that the finding is told again. Raises NotAllowed, Conflict and
    KnownGap.DoesNotExist."""
    if not may_know_gaps(actor):
        raise NotAllowed("Managers and marketing operations say what is known.")
    with transaction.atomic():
        gap = KnownGap.objects.select_for_update().get(pk=gap_id)
        if gap.ended_at is not None:
            raise Conflict("It is told again already.")
        gap.ended_at, gap.ended_by = at, actor
        gap.save(update_fields=["ended_at", "ended_by"])
    return gap
