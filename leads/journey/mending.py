"""A cause that keeps coming back: who mends it and by when, and that it is done."""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from handoff.models import Team, User
from handoff.permissions import may_name_causes
from leads.models import Miss, RecurringCause
from leads.wording import subjects

from .announcing import Letter, announce
from .states import Conflict, Invalid, NotAllowed

FURTHEST = dt.timedelta(days=366)


def take_up(
    cause: str,
    *,
    owner: User,
    due: dt.date,
    note: str,
    team: Team | None = None,
    source: str = "",
    actor: User,
    at: dt.datetime,
) -> RecurringCause:
    """Give a cause an owner and a due date, and tell the owner. Raises NotAllowed and Invalid."""
    if not may_name_causes(actor):
        raise NotAllowed("Managers and marketing operations name who mends a cause.")
    if cause not in Miss.Cause.values:
        raise Invalid("cause", f"Choose one of: {', '.join(Miss.Cause.values)}.")
    if not note.strip():
        raise Invalid("note", "Say what shall be done.")
    if not owner.is_active:
        raise Invalid("owner", f"{owner} is not active any more.")
    if not at.date() <= due <= at.date() + FURTHEST:
        raise Invalid("due", "Choose a day from today on, within a year.")
    with transaction.atomic():
        made = RecurringCause.objects.create(
            cause=cause,
            team=team,
            source=source,
            owner=owner,
            due=due,
            note=note.strip(),
            opened_by=actor,
            opened_at=at,
        )
        if owner != actor:
            subject = subjects.recurring_cause(made, by=actor, due=due)
            body = {"path": reverse("reviews:causes"), "note": made.note}
            announce([Letter("recurring_cause", str(made.pk), owner.pk, subject, at, body=body)])
    return made


def close(cause_id: int, *, actor: User, at: dt.datetime) -> RecurringCause:
    """Say that it is mended: its owner or whoever may name causes. Raises NotAllowed, Conflict and
    RecurringCause.DoesNotExist."""
    with transaction.atomic():
        found = RecurringCause.objects.select_for_update().get(pk=cause_id)
        if found.owner_id != actor.pk and not may_name_causes(actor):
            raise NotAllowed("Its owner says that it is mended.")
        if not found.is_open:
            raise Conflict("It was closed already.")
        found.closed_at, found.closed_by = at, actor
        found.save(update_fields=["closed_at", "closed_by"])
    return found
