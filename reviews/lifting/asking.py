"""A study asked for, stopped and taken up by people."""

import datetime as dt

from handoff.models import DefinitionVersion, User
from reviews.models import LiftStudy

State = LiftStudy.State


class NothingLive(Exception):
    """No definition is live, so there are no clauses to study."""


def start(
    *,
    since: dt.datetime,
    until: dt.datetime,
    with_imported: bool = True,
    only: DefinitionVersion | None = None,
    actor: User | None,
    at: dt.datetime,
) -> LiftStudy:
    """Ask for a study of the live version's clauses; the worker does the rest. Raises NothingLive.

    Of the first hand-over of each lead, made `since` or later and before `until`, and judged by
    `only` where it is given.
    """
    live = DefinitionVersion.objects.live().first()
    if live is None:
        raise NothingLive("No definition is live yet, so there are no clauses to study.")
    return LiftStudy.objects.create(
        version=live,
        only=only,
        since=since,
        until=until,
        with_imported=with_imported,
        asked_by=actor,
        asked_at=at,
    )


def cancel(study: LiftStudy, *, actor: User, at: dt.datetime) -> bool:
    """Stop a study where it stands; what it has so far is kept. False: it had ended."""
    unfinished = LiftStudy.objects.unfinished().filter(pk=study.pk)
    return bool(unfinished.update(state=State.CANCELLED, stopped_by=actor, stopped_at=at))


def resume(study: LiftStudy) -> bool:
    """Let a study that was stopped or failed go on from where it stood. False: there is none."""
    stopped = LiftStudy.objects.filter(pk=study.pk, state__in=(State.CANCELLED, State.FAILED))
    return bool(stopped.update(state=State.WAITING, error=""))
