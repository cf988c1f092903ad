"""What the application told a person."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.models import Message


@login_required
@require_GET
@never_cache
def notifications(request: SignedIn) -> HttpResponse:
    """The person's own notices, newest first."""
    rows = Message.objects.inbox(request.user).select_related("lead")
    page = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"section": "notifications", "page": page, "now": timezone.now()}
    return render(request, "leads/notifications.html", context)


@login_required
@require_POST
def read(request: SignedIn) -> HttpResponse:
    """Mark all, or the one named, as seen."""
    mine = Message.objects.inbox(request.user).order_by()
    named = [key for text in request.POST.getlist("message") if (key := _uuid(text))]
    if request.POST.getlist("message"):
        mine = mine.filter(pk__in=named)
    mine.mark_seen(at=timezone.now())
    return redirect("leads:notifications")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
