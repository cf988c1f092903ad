"""What every request needs: an address the database can be asked about, and the zone of the person
who makes it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class SoundAddresses:
    """Refuses the address of a page that asks for a NUL, which no text in the database can hold.
    The API tells it in a problem document of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks = request.META.get("QUERY_STRING", "")
        if "%00" in asks and not request.path.startswith("/api/"):
            raise BadRequest("The address holds a character that no text can hold.")
        return self.get_response(request)


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
