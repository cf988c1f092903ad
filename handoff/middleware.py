"""What every request needs to know about the person who makes it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ViewerZone:
    """Shows times in the zone of the signed-in person; UTC for strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "timezone", "")
        try:
            chosen = ZoneInfo(zone) if zone else None
        except (ZoneInfoNotFoundError, ValueError):
            chosen = None
        with timezone.override(chosen):
            return self.get_response(request)
