"""What every request needs to know about the person who makes it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import Membership, Team


class ViewerZone:
    """Shows times in the zone of the signed-in person, else of their team, else of the team they
    are responsible for; UTC for strangers.

    The team's zone is looked up once a session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone(request)):
            return self.get_response(request)


def _zone(request: HttpRequest) -> ZoneInfo | None:
    name = getattr(request.user, "timezone", "")
    if not name and request.user.is_authenticated:
        if "zone" not in request.session:
            memberships = Membership.objects.filter(user=request.user, active=True).order_by("pk")
            found = memberships.values_list("team__calendar__timezone", flat=True).first()
            if found is None:
                teams = Team.objects.filter(responsible=request.user).order_by("pk")
                found = teams.values_list("calendar__timezone", flat=True).first()
            request.session["zone"] = found or ""
        name = request.session["zone"]
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
