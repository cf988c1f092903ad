"""When somebody is away: who hears of it, which of their leads fall due meanwhile, and handing
those on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from handoff import absences
from handoff.models import Absence, Team, User
from leads.models import Handoff
from leads.wording import subjects

from .announcing import Letter, announce
from .hearing import let_go
from .owning import reassign
from .states import Conflict, Invalid, NotAllowed


@dataclass(frozen=True)
class HandedOn:
    """What came of handing one lead on: to whom it went, or the `fault` that kept it."""

    handoff: Handoff
    to: str = ""
    fault: str = ""


def take_off(
    user: User, days: absences.Days, *, note: str = "", actor: User, at: dt.datetime
) -> Absence:
    """Enter time off, and tell those who answer for the person's teams. Raises
    `absences.Refused`."""
    with transaction.atomic():
        absence = absences.enter(user, days, note=note, actor=actor, at=at)
        when = absences.said(absence, _zone(user))
        _tell(absence, "entered", subjects.away(user, when=when), actor=actor, at=at)
    return absence


def take_back(absence: Absence, *, actor: User, at: dt.datetime) -> Absence:
    """Cancel time off, or end what runs, and tell the same people. Raises `absences.Refused`."""
    with transaction.atomic():
        ended = absences.end(absence, actor=actor, at=at)
        let_go(ended.user_id, at=at)
        if ended.kind == Absence.Kind.TIME_OFF:
            when = absences.said(absence, _zone(ended.user))
            said = subjects.back_early if ended.cancelled_at is None else subjects.not_away
            _tell(ended, "ended", said(ended.user, when=when), actor=actor, at=at)
    return ended


def _zone(user: User) -> dt.tzinfo:
    return absences.zones_of([user])[user.pk]


def _tell(absence: Absence, what: str, subject: str, *, actor: User, at: dt.datetime) -> None:
    teams = Team.objects.filter(memberships__user=absence.user, memberships__active=True)
    paths = {team.responsible_id: reverse("leads:roster", args=[team.key]) for team in teams}
    paths[absence.user_id] = reverse("leads:time-off")
    paths.pop(actor.pk, None)
    announce(
        Letter("time_off", f"{what}-{absence.pk}", person, subject, at, body={"path": path})
        for person, path in sorted(paths.items())
    )


def due_while_away(user: User, starts_at: dt.datetime, ends_at: dt.datetime) -> QuerySet[Handoff]:
    """The open leads of a person with a deadline or a promised step in that time."""
    return (
        Handoff.objects.working()
        .filter(
            Q(due_at__gte=starts_at, due_at__lt=ends_at)
            | Q(next_step_due__gte=starts_at, next_step_due__lt=ends_at),
            owner=user,
        )
        .select_related("lead", "team")
        .by_due()
    )


def hand_on(
    handoffs: Iterable[Handoff],
    *,
    to: User | Team,
    reason: str,
    note: str = "",
    actor: User,
    at: dt.datetime,
) -> list[HandedOn]:
    """Give each to a person, or to a team by its turn; one that cannot go keeps none of the others
    back."""
    done = []
    for handoff in handoffs:
        try:
            moved = reassign(handoff.pk, to=to, reason=reason, note=note, actor=actor, at=at)
        except (Conflict, Invalid, NotAllowed) as error:
            done.append(HandedOn(handoff, fault=str(error)))
        else:
            done.append(HandedOn(handoff, _taker(moved)))
    return done


def _taker(handoff: Handoff) -> str:
    """Who has it now, or in which queue it waits."""
    return str(handoff.owner) if handoff.owner else f"the queue of {handoff.team}"
