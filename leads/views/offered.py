"""What a filter's box offers to be typed: sources, campaigns and countries of leads; people and
teams one may look into."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from handoff.models import Team, User
from handoff.views.signed_in import SignedIn
from leads.filters import NOBODY
from leads.finding import last_handed
from leads.journey.offering import Offer, offers, offers_among

from .places import viewer_of

COUNTED = ("source", "campaign", "country")


@login_required
@require_GET
def offered(request: SignedIn, field: str) -> HttpResponse:
    """`<option>`s for the box of a filter."""
    if field in COUNTED:
        found = _counted(request.user, field)
    elif field in OF_TEAMS:
        found = OF_TEAMS[field](request.user)
    else:
        raise Http404
    return render(request, "leads/trying/_values.html", {"offers": found})


def _counted(user: User, field: str) -> list[Offer]:
    """Of a rep's filters, what the newest leads have that they may see: no word of others'."""
    viewer = viewer_of(user)
    if viewer is None:
        return offers(field, None, at=timezone.now())
    leads, _ = last_handed(viewer)
    return offers_among(field, leads)


def _owners(user: User) -> list[Offer]:
    teams = Team.objects.visible_to(user)
    people = User.objects.filter(
        memberships__team__in=teams, memberships__active=True, is_active=True
    )
    named = people.order_by("name", "email").distinct()
    return [Offer(NOBODY, "Nobody yet"), *(Offer(one.email, str(one)) for one in named)]


def _teams(user: User) -> list[Offer]:
    return [Offer(team.key, team.name) for team in Team.objects.visible_to(user).order_by("name")]


OF_TEAMS: dict[str, Callable[[User], list[Offer]]] = {"owner": _owners, "team": _teams}
