"""Each by itself: what is wrong with one joint review keeps no other waiting.

Whoever looks after the agreement is told of it in plain words, once a day while it lasts; what an
administrator needs is in the log. Nobody is told where the database only had somebody else to wait
for: the next round does it.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from handoff.permissions import told_of_faults
from leads.journey.announcing import Letter, announce
from leads.journey.states import Invalid
from leads.wording import subjects
from reviews.models import Action, Meeting, Series

log = structlog.get_logger(__name__)

KIND = "review_fault"
One = TypeVar("One", Series, Meeting, Action)


def each(found: Iterable[One], act: Callable[[One], int], *, at: dt.datetime) -> int:
    """Do something for each, in a transaction of its own, and add up what that gives. One that
    fails is told of and passed over, and one that a lock kept waiting too long is left to the next
    round. Raises what a database that is gone raises."""
    done = 0
    for one in found:
        try:
            with transaction.atomic():
                done += act(one)
        except Exception as error:
            if not connection.is_usable():
                raise
            named = {"what": one._meta.model_name, "key": one.pk}
            if isinstance(error, OperationalError):
                log.warning("joint review left to the next round", **named, because=str(error))
            else:
                log.exception("joint review fault", **named)
                _tell(one, error, at=at)
    return done


def _tell(one: Series | Meeting | Action, error: Exception, *, at: dt.datetime) -> None:
    day = at.astimezone(dt.UTC).date()
    announce(
        Letter(
            kind=KIND,
            about=f"{one._meta.model_name}:{one.pk}:{day}",
            recipient_id=reader,
            subject=subjects.review_fault(one),
            at=at,
            body={"path": _path(one), "fault": _said(error, at)},
        )
        for reader in told_of_faults()
    )


def _said(error: Exception, at: dt.datetime) -> str:
    if isinstance(error, Invalid):
        return str(error)
    when = at.astimezone(dt.UTC)
    return (
        "It failed for a reason that Handoff does not know. It is tried again every few minutes;"
        f" an administrator finds it in the log at {when:%H:%M} UTC as “joint review fault”."
    )


def _path(one: Series | Meeting | Action) -> str:
    if isinstance(one, Series):
        return reverse("reviews:series", args=[one.pk])
    return one.get_absolute_url() if isinstance(one, Meeting) else reverse("reviews:actions")
