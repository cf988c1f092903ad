"""The queues a person may stand in: what each holds, what it is called, and how much is in it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from handoff.models import DECIDERS, SEERS, Membership, Team, User
from handoff.permissions import has_role, may_approve_leads
from handoff.prepared import prepared
from handoff.words import SOON
from leads.counting import badge, capped_counts
from leads.models import Approval, DemoFill, Handoff, Message

OWN = ("mine", "follow-ups", "unsaid")
"""The queues that hold a person's own leads."""


@dataclass(frozen=True, slots=True)
class Place:
    """One queue: its address, what its emptiness means, and which teams' leads it holds."""

    key: str
    title: str
    icon: str
    url: str
    empty_title: str
    empty_says: str
    team: Team | None = None
    teams: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        return "team" if self.teams else self.key


@dataclass(frozen=True, slots=True)
class Counted:
    """A place as the side navigation shows it."""

    place: Place
    count: str
    current: bool


def teams_of(user: User) -> list[Team]:
    """The teams whose work `user` sees in the navigation: their own; for those who oversee and
    belong to none, every team that takes leads."""
    teams = _teams(user.pk)
    mine: list[Team] = [team for team in teams if is_mine(team) or team.responsible_id == user.pk]
    if mine and not user.has_role(*DECIDERS):
        return mine
    return teams if user.has_role(*SEERS) else mine


@prepared
def _teams(person: int) -> QuerySet[Team]:
    member = Membership.objects.filter(team=OuterRef("pk"), user=person, active=True)
    return Team.objects.annotate(mine=Exists(member)).exclude(kind=Team.Kind.MARKETING)


def is_mine(team: Team) -> bool:
    """Whether the person `teams_of` was asked for is a member of the team."""
    return bool(getattr(team, "mine", False))


def places_of(user: User) -> list[Place]:
    """Every queue `user` may open, in the order of the navigation."""
    teams = teams_of(user)
    places = [
        Place(
            "mine",
            "My queue",
            "inbox",
            reverse("leads:queue"),
            "Nothing waits for you",
            "Leads land here when a rule names you or your team. “Next lead” takes the most "
            "urgent one that nobody owns yet.",
        )
    ]
    places += [_team_place(team) for team in teams if team.kind != Team.Kind.QUALIFICATION]
    reviewing = [team for team in teams if team.kind == Team.Kind.QUALIFICATION]
    if reviewing:
        places.append(_review_place(reviewing))
    if may_approve_leads(user):
        places.append(_approval_place())
    returned = Place(
        "returned",
        "Returned",
        "arrow-back-up",
        reverse("leads:returned"),
        "Nothing was returned",
        "Leads that sales gave back to marketing for missing context wait here.",
    )
    follow_ups = Place(
        "follow-ups",
        "Follow-ups",
        "calendar-event",
        reverse("leads:follow-ups"),
        "No follow-up is due",
        "Leads you have touched, with the next step you promised, wait here.",
    )
    return [*places, returned, follow_ups]


def elsewhere_of(user: User) -> list[Place]:
    """The queues of every team, for those who see all of them; not in their navigation."""
    return [_team_place(team) for team in _teams(user.pk)] if user.has_role(*SEERS) else []


def unsaid_place() -> Place:
    """What its owner promised for a day now past, and has not said how it ended."""
    return Place(
        "unsaid",
        "Say how it ended",
        "flag",
        reverse("leads:unsaid"),
        "Nothing is left unsaid",
        "Leads whose next step is past wait here until you log a touch or say how it ended.",
    )


def _team_place(team: Team) -> Place:
    return Place(
        f"team-{team.key}",
        team.name,
        "users",
        reverse("leads:team", args=[team.key]),
        f"{team.name} has no open lead",
        "Leads land here when a routing rule names the team. Those nobody owns yet can be taken "
        "with “Next lead”.",
        team=team,
        teams=(team.pk,),
    )


def _review_place(teams: list[Team]) -> Place:
    return Place(
        "qualification",
        "Qualification review",
        "list-check",
        reverse("leads:qualification"),
        "Nothing to qualify",
        "Leads whose fit is not clear yet wait here until somebody finds out.",
        team=teams[0],
        teams=tuple(team.pk for team in teams),
    )


def _approval_place() -> Place:
    return Place(
        "approval",
        "Approval",
        "clipboard-check",
        reverse("leads:approval"),
        "Nothing to approve",
        "Leads wait here when the rule that decided asks for a person's yes.",
    )


def rows_in(place: Place, user: User, *, at: dt.datetime) -> QuerySet[Any]:
    """What a queue holds for `user`."""
    return rows_of(place.kind, place.teams, user.pk, viewer_of(user), at)


def viewer_of(user: User) -> int | None:
    """Whose sight narrows a shared queue; None for those who see everything."""
    return None if user.has_role(*SEERS) else user.pk


def rows_of(
    kind: str, teams: Any, person: int, viewer: int | None, at: dt.datetime
) -> QuerySet[Any]:
    """What a kind of queue holds: people by primary key; `teams`, those it is of."""
    working = Handoff.objects.working()
    seen = working if viewer is None else working.handed_to(viewer)
    match kind:
        case "mine":
            return working.filter(owner=person)
        case "follow-ups":
            return working.filter(owner=person, first_touch_at__isnull=False)
        case "unsaid":
            past = Q(next_step_due__lt=at) | Q(
                due_clock__in=("follow_up", "next_step"), due_at__lt=at
            )
            return working.filter(past, owner=person, state=Handoff.State.ACCEPTED)
        case "returned":
            return seen.filter(state=Handoff.State.RETURNED)
        case "team":
            return seen.filter(team__in=teams)
        case "approval":
            return Approval.objects.filter(state=Approval.State.WAITING, historical=False)
    return working.none()


def only_deciders(user: User) -> None:
    """Raise Http404 for everybody but marketing operations and administrators."""
    if not has_role(user, *DECIDERS):
        raise Http404


def counted(
    places: Iterable[Place], current: Place, user: User, *, at: dt.datetime
) -> tuple[list[Counted], dict[str, int]]:
    """The navigation with its counts, and besides them how many of the current queue are late or
    due SOON, and how many notices are unread; one statement for all."""
    places = list(places)
    counts = _counts(
        user.pk,
        viewer_of(user),
        at,
        at + SOON,
        places=tuple((place.key, place.kind, place.teams) for place in places),
        current=current.key,
    )
    return [Counted(p, badge(counts[p.key]), p.key == current.key) for p in places], counts


@capped_counts
def _counts(
    person: int,
    viewer: int | None,
    at: dt.datetime,
    soon: dt.datetime,
    *,
    places: tuple[tuple[str, str, tuple[int, ...]], ...],
    current: str,
) -> dict[str, QuerySet[Any]]:
    found = {key: rows_of(kind, teams, person, viewer, at) for key, kind, teams in places}
    found["late"] = found[current].filter(due_at__lt=at)
    found["soon"] = found[current].filter(due_at__gte=at, due_at__lte=soon)
    found["unread"] = Message.objects.inbox(person).unread()
    found["filling"] = DemoFill.objects.filling()
    return found


def by_due(rows: QuerySet[Any]) -> QuerySet[Any]:
    """First due first; what has no running clock comes last."""
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")
