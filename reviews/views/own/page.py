"""A rep's own page: my figures beside my team's, and what my rejections changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.checklists import FIRST_STEP
from handoff.labels import humanise
from handoff.models import Membership, Team, User
from handoff.permissions import may_lead_teams, may_read_figures_of
from handoff.views.signed_in import SignedIn
from reviews.measures import feedback
from reviews.measures.intervals import Share
from reviews.measures.own import NOBODY, SHARES, Measure, Standing, Standings, standings

from .asking import asked


@dataclass(frozen=True)
class Line:
    """One figure of a person, beside the team's."""

    measure: Measure
    mine: Share
    theirs: Share


@login_required
@require_GET
@never_cache
def own(request: SignedIn) -> HttpResponse:
    """The figures of whoever is signed in; to those who look after teams, each member's too."""
    return _page(request, request.user)


@login_required
@require_GET
@never_cache
def person(request: SignedIn, pk: int) -> HttpResponse:
    """The figures of somebody else, for those who look after everybody's leads."""
    found = get_object_or_404(User, pk=pk)
    if not may_read_figures_of(request.user, found):
        raise Http404
    return _page(request, found)


def _page(request: SignedIn, whose: User) -> HttpResponse:
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, whose, teams_of(request.user, whose), at=at, zone=zone)
    mine = standings(wanted.mine(), at=at).all
    question = wanted.theirs(request.user)
    theirs = standings(question, at=at) if question else Standings(NOBODY, {})
    members = _members(theirs) if may_lead_teams(request.user) else []
    told = feedback.of_person(whose, whose, at=at, with_past=wanted.with_past)
    context = {
        "section": "own",
        "asked": wanted,
        "is_me": whose == request.user,
        "mine": mine,
        "theirs": theirs.all,
        "lines": list(_lines(mine, theirs.all)),
        "members": members,
        "shows_own": bool(mine.handed) or not members,
        "stories": told,
        "unanswered": feedback.unanswered(
            whose, since=wanted.begins, until=wanted.ends, with_past=wanted.with_past
        ),
        "steps": [(key, step_name(key)) for key in wanted.steps],
        "address": wanted.address(),
        "personal": wanted.address(team=""),
        "now": at,
    }
    return render(request, "reviews/own/own.html", context)


def teams_of(viewer: User, whose: User) -> list[Team]:
    """The teams beside which a person's figures stand: those they are in; to whoever looks after
    teams and is in none, on their own page, those they answer for, else all."""
    memberships = Membership.objects.filter(user=whose, active=True).select_related("team")
    found = [one.team for one in memberships.order_by("team__name")]
    if found or whose != viewer or not may_lead_teams(viewer):
        return found
    return list(Team.objects.filter(responsible=viewer)) or list(Team.objects.all())


def step_name(key: str) -> str:
    """What a hand-over is called on these pages."""
    return "From marketing" if key == FIRST_STEP else f"Hand-over to {humanise(key).upper()}"


def _lines(mine: Standing, theirs: Standing) -> Iterator[Line]:
    for measure in SHARES:
        yield Line(measure, mine.shares[measure.key], theirs.shares[measure.key])


def _members(found: Standings) -> list[tuple[User, Standing]]:
    """Everybody who owns a hand-over of the team, by name."""
    people = User.objects.filter(pk__in=found.by_owner).order_by("name", "email")
    return [(one, found.by_owner[one.pk]) for one in people]
