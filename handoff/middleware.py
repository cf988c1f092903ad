"""What every request needs to know about the person who makes it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


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
            request.session["zone"] = request.user.zone_name()
        name = request.session["zone"]
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
