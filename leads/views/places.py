"""The queues a person may stand in: what each holds, what it is called, and how much is in it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from handoff.models import Membership, Team, User
from handoff.words import SOON
from leads.counting import badge, capped_counts
from leads.models import Approval, Handoff

OVERSEERS = ("sales_manager", "marketing_ops", "administrator")
DECIDERS = ("marketing_ops", "administrator")


@dataclass(frozen=True, slots=True)
class Place:
    """One queue: its rows, its address, and what its emptiness means."""

    key: str
    title: str
    icon: str
    url: str
    rows: QuerySet[Any]
    empty_title: str
    empty_says: str
    team: Team | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A place as the side navigation shows it."""

    place: Place
    count: str
    current: bool


def teams_of(user: User) -> list[Team]:
    """The teams whose work `user` sees in the navigation: their own; for those who oversee and
    belong to none, every team that takes leads."""
    member = Membership.objects.filter(team=OuterRef("pk"), user=user, active=True)
    teams: list[Team] = list(
        Team.objects.annotate(mine=Exists(member))
        .select_related("calendar")
        .exclude(kind=Team.Kind.MARKETING)
    )
    mine: list[Team] = [team for team in teams if is_mine(team) or team.responsible_id == user.pk]
    if mine and not user.has_role(*DECIDERS):
        return mine
    return teams if user.has_role(*OVERSEERS, "reviewer") else mine


def is_mine(team: Team) -> bool:
    """Whether the person `teams_of` was asked for is a member of the team."""
    return bool(getattr(team, "mine", False))


def places_of(user: User, *, at: dt.datetime) -> list[Place]:
    """Every queue `user` may open, in the order of the navigation."""
    teams = teams_of(user)
    working = Handoff.objects.working().visible_to(user)
    places = [
        Place(
            "mine",
            "My queue",
            "inbox",
            reverse("leads:queue"),
            Handoff.objects.working().filter(owner=user),
            "Nothing waits for you",
            "Leads land here when a rule names you or your team. “Next lead” takes the most "
            "urgent one that nobody owns yet.",
        )
    ]
    places += [_team_place(team, working) for team in teams if team.kind != Team.Kind.QUALIFICATION]
    reviewing = [team for team in teams if team.kind == Team.Kind.QUALIFICATION]
    if reviewing:
        places.append(_review_place(reviewing, working))
    if user.has_role(*DECIDERS):
        places.append(_approval_place())
    returned = Place(
        "returned",
        "Returned",
        "arrow-back-up",
        reverse("leads:returned"),
        working.filter(state=Handoff.State.RETURNED),
        "Nothing was returned",
        "Leads that sales gave back to marketing for missing context wait here.",
    )
    follow_ups = Place(
        "follow-ups",
        "Follow-ups",
        "calendar-event",
        reverse("leads:follow-ups"),
        Handoff.objects.working().filter(owner=user, first_touch_at__isnull=False),
        "No follow-up is due",
        "Leads you have touched, with the next step you promised, wait here.",
    )
    return [*places, returned, follow_ups]


def _review_place(teams: list[Team], working: QuerySet[Handoff]) -> Place:
    return Place(
        "qualification",
        "Qualification review",
        "list-check",
        reverse("leads:qualification"),
        working.filter(team__in=teams),
        "Nothing to qualify",
        "Leads whose fit is not clear yet wait here until somebody finds out.",
        team=teams[0],
    )


def _approval_place() -> Place:
    return Place(
        "approval",
        "Approval",
        "clipboard-check",
        reverse("leads:approval"),
        Approval.objects.filter(state=Approval.State.WAITING, historical=False),
        "Nothing to approve",
        "Leads wait here when the rule that decided asks for a person's yes.",
    )


def waiting_for(user: User, *, at: dt.datetime) -> Place:
    """What its owner promised for a day now past, and has not said how it ended."""
    rows = Handoff.objects.working().filter(
        Q(next_step_due__lt=at) | Q(due_clock="follow_up", due_at__lt=at),
        owner=user,
        state=Handoff.State.ACCEPTED,
    )
    return Place(
        "unsaid",
        "Say how it ended",
        "flag",
        reverse("leads:unsaid"),
        rows,
        "Nothing is left unsaid",
        "Leads whose next step is past wait here until you log a touch or say how it ended.",
    )


def only_deciders(user: User) -> None:
    """Raise Http404 for everybody but marketing operations and administrators."""
    if not user.has_role(*DECIDERS):
        raise Http404


def counted(
    places: Iterable[Place], current: str, more: Mapping[str, QuerySet[Any]]
) -> tuple[list[Counted], dict[str, int]]:
    """The navigation with its counts, and the counts of `more`; one statement for all."""
    places = list(places)
    counts = capped_counts({**{place.key: place.rows for place in places}, **more})
    return [Counted(p, badge(counts[p.key]), p.key == current) for p in places], counts


def urgency(rows: QuerySet[Any], *, at: dt.datetime) -> dict[str, QuerySet[Any]]:
    """Those of a queue that are late, and those due within the SOON of the clocks."""
    if rows.model is not Handoff:
        return {}
    return {
        "late": rows.filter(due_at__lt=at),
        "soon": rows.filter(due_at__gte=at, due_at__lte=at + SOON),
    }


def by_due(rows: QuerySet[Any]) -> QuerySet[Any]:
    """First due first; what has no running clock comes last."""
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def _team_place(team: Team, working: QuerySet[Handoff]) -> Place:
    return Place(
        f"team-{team.key}",
        team.name,
        "users",
        reverse("leads:team", args=[team.key]),
        working.filter(team=team),
        f"{team.name} has no open lead",
        "Leads land here when a routing rule names the team. Those nobody owns yet can be taken "
        "with “Next lead”.",
        team=team,
    )
