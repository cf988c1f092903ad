"""Teams: who is in now, what they carry, whose turn is next, and their week."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff import history
from handoff.models import Membership, Team, User
from handoff.permissions import may_edit_agreement, may_lead_teams
from handoff.views.signed_in import SignedIn
from leads.journey import rosters, weighing
from leads.journey.turns import Roster

from . import standing, week
from .standing import Share, Standing

FURTHEST = dt.timedelta(days=2 * 366)


@dataclass(frozen=True)
class TeamRow:
    """A team in the list. `room` is None where somebody may take any number."""

    team: Team
    people: int
    is_in: int
    load: Share
    waiting: int


@dataclass(frozen=True)
class MemberRow:
    """A member of a team with what they carry and how they stand."""

    membership: Membership
    standing: Standing
    open: Share
    today: Share
    is_next: bool


@login_required
@require_GET
@never_cache
def teams(request: SignedIn) -> HttpResponse:
    """Every team the person may look into."""
    at = timezone.now()
    found = list(Team.objects.visible_to(request.user).select_related("responsible", "calendar"))
    read = rosters.look([team.key for team in found], at=at, until=at)
    members = [one for roster in read.values() for one in roster.members]
    carried = standing.open_of({one.user_id for one in members})
    waiting = standing.waiting_in(found)
    context = {
        "section": "teams",
        "here": "teams",
        "rows": [
            _row(team, read[team.key], carried, waiting.get(team.pk, 0), at) for team in found
        ],
        "now": at,
    }
    return render(request, "leads/people/teams.html", context)


def _row(
    team: Team, roster: Roster, carried: dict[int, int], waiting: int, at: dt.datetime
) -> TeamRow:
    members = [one for one in roster.members if one.active]
    limits = [one.max_open for one in members]
    most = None if not limits or None in limits else sum(one or 0 for one in limits)
    return TeamRow(
        team=team,
        people=len(members),
        is_in=sum(standing.standing_of(one, at=at).is_in for one in members),
        load=Share(sum(carried.get(one.user_id, 0) for one in members), most),
        waiting=waiting,
    )


@login_required
@require_GET
@never_cache
def roster(request: SignedIn, key: str) -> HttpResponse:
    """One team: its people now, their load, and a week of it."""
    at = timezone.now()
    team = team_or_404(request.user, key)
    read = rosters.look([team.key], at=at, until=at)[team.key]
    memberships = list(team.memberships.all())
    rows = _rows(read, memberships, at)
    monday = _monday(request, at.astimezone(read.calendar.zone).date())
    there = [one for one in memberships if one.active and one.user.is_active]
    calendars = {one.membership_id: one.calendar for one in read.members}
    context = {
        "section": "teams",
        "here": team.key,
        "team": team,
        "rows": [row for row in rows if row.standing.mood != "left"],
        "left": [row for row in rows if row.standing.mood == "left"],
        "in_now": [row for row in rows if row.standing.is_in],
        "next": next((row for row in rows if row.is_next), None),
        "waiting": standing.waiting_in([team]).get(team.pk, 0),
        "week": week.lines(there, calendars, monday),
        "days": [monday + dt.timedelta(days=n) for n in range(week.DAYS)],
        "today": at.astimezone(read.calendar.zone).date(),
        "before": monday - dt.timedelta(days=7),
        "after": monday + dt.timedelta(days=7),
        "may_lead": may_lead_teams(request.user),
        "may_edit": may_edit_agreement(request.user),
        "now": at,
    }
    return render(request, "leads/people/roster.html", context)


def team_or_404(user: User, key: str) -> Team:
    """The team with its members, for who may look into it. Raises Http404."""
    members: QuerySet[Membership] = Membership.objects.select_related(
        "user", "calendar", "team__calendar"
    ).order_by("user__name", "pk")
    rows = Team.objects.visible_to(user).select_related("responsible", "calendar")
    return get_object_or_404(rows.prefetch_related(Prefetch("memberships", members)), key=key)


def _rows(roster: Roster, memberships: list[Membership], at: dt.datetime) -> list[MemberRow]:
    chosen = (
        weighing.choose(roster, weighing.Wish(0), at=at).member if roster.pick != "pull" else None
    )
    members = {one.membership_id: one for one in roster.members}
    carried = standing.open_of({one.user_id for one in roster.members})
    today = standing.today_of([roster], at=at)
    rows = []
    for one in memberships:
        member = members[one.pk]
        rows.append(
            MemberRow(
                membership=one,
                standing=standing.standing_of(member, at=at),
                open=Share(carried.get(one.user_id, 0), one.max_open),
                today=Share(today.get((roster.team_id, one.user_id), 0), one.max_per_day),
                is_next=chosen is member,
            )
        )
    return rows


def _monday(request: SignedIn, today: dt.date) -> dt.date:
    """The Monday of the week asked for; this week's for what is no date, or too far away."""
    try:
        asked = parse_date(request.GET.get("week", ""))
    except ValueError:
        asked = None
    if asked is None or abs(asked - today) > FURTHEST:
        asked = today
    return week.monday_of(asked)


@login_required
@require_GET
@never_cache
def changes(request: SignedIn, key: str) -> HttpResponse:
    """Who changed what about a team and its members."""
    team = team_or_404(request.user, key)
    context: dict[str, Any] = {
        "section": "teams",
        "here": team.key,
        "team": team,
        "changes": history.changes_of(team, ((Membership, "team"),)),
        "most": history.MOST,
    }
    return render(request, "leads/people/changes.html", context)
