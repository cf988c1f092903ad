"""Joint reviews: the next, those that were held, and what is open from them."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.permissions import may_arrange_reviews
from handoff.tables import CappedPaginator
from handoff.views.signed_in import SignedIn
from reviews.models import Action, Meeting, Series

PER_PAGE = 20
MOST_ACTIONS = 6


@login_required
@require_GET
@never_cache
def reviews(request: SignedIn) -> HttpResponse:
    """What a person may see of joint reviews."""
    at = timezone.now()
    seen = Meeting.objects.visible_to(request.user).select_related("series")
    standing = Count("lines", filter=Q(lines__taken_back_at=None) & ~Q(lines__kind="presenter"))
    page = CappedPaginator(seen.over().annotate(decided=standing), PER_PAGE).get_page(
        request.GET.get("page")
    )
    actions = Action.objects.visible_to(request.user).open().select_related("owner", "meeting")
    context = {
        "section": "reviews",
        "here": "reviews",
        "ahead": seen.ahead().select_related("series", "presenter"),
        "page": page,
        "series": Series.objects.running().visible_to(request.user),
        "actions": actions[:MOST_ACTIONS],
        "may_arrange": may_arrange_reviews(request.user),
        "now": at,
        "today": timezone.localtime(at).date(),
    }
    return render(request, "reviews/series/reviews.html", context)
