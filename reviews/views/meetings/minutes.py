"""The minutes of a meeting: as a page that prints, and as a file."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from reviews.meetings import minutes as told
from reviews.meetings import noting

from .closed_pages import closed_to
from .room import meeting_or_404


@login_required
@require_GET
@never_cache
def minutes(request: SignedIn, number: int) -> HttpResponse:
    """The page; of a running meeting, as far as it is."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    found = told.minutes_of(meeting, at=at)
    context = {
        "section": "reviews",
        "meeting": meeting,
        "minutes": found,
        "closed": closed_to(request.user, found.paths),
        "may_note": noting.may_note(meeting, request.user) and meeting.began_at is not None,
        "may_take_back": meeting.is_running and bool(meeting.my_side),
        "now": at,
    }
    return render(request, "reviews/meeting/minutes.html", context)


@login_required
@require_GET
@never_cache
def as_markdown(request: SignedIn, number: int) -> HttpResponse:
    """The same as Markdown, with links to what its reader may open."""
    at = timezone.now()
    found = told.minutes_of(meeting_or_404(request, number, at=at), at=at)
    closed = closed_to(request.user, found.paths)
    text = told.as_markdown(found, base=settings.BASE_URL.rstrip("/"), closed=closed)
    answer = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="joint-review-{number}.md"'
    return answer
