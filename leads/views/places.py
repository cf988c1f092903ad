"""The queues a person may stand in: what each holds, what it is called, and how much is in it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from handoff.checklists import FIRST_STEP
from handoff.models import DECIDERS, SEERS, Membership, Team, User
from handoff.permissions import has_role, may_approve_leads
from handoff.prepared import prepared
from handoff.words import SOON
from leads.counting import badge, capped_counts
from leads.models import Approval, DemoFill, Handoff, Message
from leads.models.handoff import DUE_NEXT

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
    nearest: tuple[str, str] = ("", "")
    """Where to go from an empty queue: an address, and what the button says."""

    @property
    def kind(self) -> str:
        return "team" if self.teams else self.key

    @property
    def has_columns(self) -> bool:
        """Whether one may choose what stands in its list."""
        return self.key not in ("leads", "approval")


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
    of_teams = [_team_place(team) for team in teams if team.kind != Team.Kind.QUALIFICATION]
    places = [_own_place(of_teams), *of_teams]
    reviewing = [team for team in teams if team.kind == Team.Kind.QUALIFICATION]
    if reviewing:
        places.append(_review_place(reviewing))
    if may_approve_leads(user):
        places.append(_approval_place())
    return [*places, _returned_place(), _again_place(), _follow_ups_place()]


def elsewhere_of(user: User) -> list[Place]:
    """The queues of every team, for those who see all of them; not in their navigation."""
    return [_team_place(team) for team in _teams(user.pk)] if user.has_role(*SEERS) else []


def place_called(key: str, user: User) -> Place:
    """The queue of this key: one of the navigation, or another team's for who sees every team.
    Raises Http404."""
    return named([*places_of(user), unsaid_place(), leads_place(), *elsewhere_of(user)], key)


def named(places: Iterable[Place], key: str) -> Place:
    """The place of that key among `places`. Raises Http404."""
    for place in places:
        if key == place.key or (place.team and key == f"team-{place.team.key}"):
            return place
    raise Http404


def _own_place(of_teams: list[Place]) -> Place:
    return Place(
        "mine",
        "My queue",
        "inbox",
        reverse("leads:queue"),
        "Nothing waits for you",
        "Leads land here when a rule names you or your team. “Next lead” takes the most "
        "urgent one that nobody owns yet.",
        nearest=(of_teams[0].url, f"See what {of_teams[0].title} has") if of_teams else ("", ""),
    )


def _returned_place() -> Place:
    return Place(
        "returned",
        "Returned",
        "arrow-back-up",
        reverse("leads:returned"),
        "Nothing was returned",
        "Leads that sales gave back to marketing for missing context wait here.",
        nearest=(reverse("leads:queue"), "Back to my queue"),
    )


def _again_place() -> Place:
    return Place(
        "back-again",
        "Back again",
        "refresh",
        reverse("leads:back-again"),
        "Nobody came back",
        "Leads stand here that were with sales before and came back with something new, or whose "
        "nurture date was reached.",
        nearest=(reverse("leads:queue"), "Back to my queue"),
    )


def _follow_ups_place() -> Place:
    return Place(
        "follow-ups",
        "Follow-ups today",
        "calendar-event",
        reverse("leads:follow-ups"),
        "No follow-up is due today",
        "Leads you have touched stand here on the day of the next step you promised, and until it "
        "is done.",
        nearest=(f"{reverse('leads:queue')}?state=accepted", "See what is promised for later"),
    )


def unsaid_place() -> Place:
    """What its owner promised for a day now past, and has not said how it ended."""
    return Place(
        "unsaid",
        "Say how it ended",
        "flag",
        reverse("leads:unsaid"),
        "Nothing is left unsaid",
        "Leads whose next step is past wait here until you log a touch or say how it ended.",
        nearest=(reverse("leads:queue"), "Back to my queue"),
    )


def leads_place() -> Place:
    """The list of all leads one may see: no queue, but its views are saved as theirs are."""
    return Place("leads", "Leads", "list-details", reverse("leads:leads"), "", "")


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
        nearest=(f"{reverse('leads:leads')}?team={team.key}", "See the leads it has had"),
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
        nearest=(reverse("leads:queue"), "Back to my queue"),
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
    return rows_of(place.kind, place.teams, user.pk, viewer_of(user), at, end_of_day(at))


def viewer_of(user: User) -> int | None:
    """Whose sight narrows a shared queue; None for those who see everything."""
    return None if user.has_role(*SEERS) else user.pk


def end_of_day(at: dt.datetime) -> dt.datetime:
    """The midnight that ends the day of `at` in the viewer's zone."""
    day = timezone.localtime(at).date() + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def rows_of(
    kind: str,
    teams: Any,
    person: int,
    viewer: int | None,
    at: dt.datetime,
    tonight: dt.datetime,
) -> QuerySet[Any]:
    """What a kind of queue holds: people by primary key; `teams`, those it is of; `tonight`, when
    the viewer's day ends."""
    working = Handoff.objects.working()
    seen = working if viewer is None else working.handed_to(viewer)
    match kind:
        case "mine":
            return working.filter(owner=person)
        case "follow-ups":
            return working.promised(owner=person, before=tonight)
        case "unsaid":
            past = Q(next_step_due__lt=at) | Q(
                due_clock__in=("follow_up", "next_step"), due_at__lt=at
            )
            return working.filter(past, owner=person, state=Handoff.State.ACCEPTED)
        case "returned":
            return seen.filter(state=Handoff.State.RETURNED, step=FIRST_STEP)
        case "back-again":
            return seen.filter(reentry=True)
        case "team":
            return seen.filter(team__in=teams)
        case "approval":
            return Approval.objects.filter(state=Approval.State.WAITING, historical=False)
    return working.none()


def only_deciders(user: User) -> None:
    """Raise Http404 for everybody but marketing operations and administrators."""
    if not has_role(user, *DECIDERS):
        raise Http404


def only_seers(user: User) -> None:
    """Raise Http404 for whoever sees only their own leads and their team's."""
    if not has_role(user, *SEERS):
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
        end_of_day(at),
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
    tonight: dt.datetime,
    *,
    places: tuple[tuple[str, str, tuple[int, ...]], ...],
    current: str,
) -> dict[str, QuerySet[Any]]:
    found = {key: rows_of(kind, teams, person, viewer, at, tonight) for key, kind, teams in places}
    due = found[current].alias(soonest=_due_next(found[current]))
    found["late"] = due.filter(soonest__lt=at)
    found["soon"] = due.filter(soonest__gte=at, soonest__lte=soon)
    found["unread"] = Message.objects.inbox(person).unread()
    found["filling"] = DemoFill.objects.filling()
    return found


def _due_next(rows: QuerySet[Any]) -> Any:
    """What is due next of each: an approval has one deadline only."""
    return F("due_at") if rows.model is Approval else DUE_NEXT


def by_due(rows: QuerySet[Any]) -> QuerySet[Any]:
    """First due first; what nothing is due of comes last."""
    return rows.order_by(_due_next(rows).asc(nulls_last=True), "pk")
