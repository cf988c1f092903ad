"""The queues: one list, many places to stand in it."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import User
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.models import Handoff
from leads.tables import QueueTable

from .live import changes
from .places import Place, counted, elsewhere_of, is_mine, named, places_of, rows_in, unsaid_place
from .shelf import Shelf, address, came_from, kept_of, narrowed, shelf_of

SHOWN = (
    "id", "state", "tier", "tier_rank", "version_id", "reentry", "due_at", "due_clock",
    "missing", "lacks", "next_step", "next_step_due", "made_at", "awaits_turn", "changed_in",
    "status", "team_id", "owner_id", "fault", "lead__id", "lead__first_name", "lead__last_name",
    "lead__email", "lead__phone", "lead__company", "lead__role", "lead__employees",
    "lead__source", "lead__campaign", "lead__country", "lead__last_seen_at", "owner__id",
    "owner__name", "owner__email", "judgement__id", "judgement__fit", "judgement__intent",
    "judgement__rule", "judgement__intent_parts", "judgement__version_id", "judgement__as_of",
    "step", "sent_back", "lead__judgement__id", "lead__judgement__version_id",
    "lead__judgement__as_of", "lead__judgement__intent_parts",
)  # fmt: skip


@login_required
@require_GET
@never_cache
def queue(request: SignedIn, key: str = "mine", team: str = "") -> HttpResponse:
    """One queue, first due first. With `live`, only what changed since the page was drawn."""
    at = timezone.now()
    places = [*places_of(request.user), unsaid_place()]
    place = _find(places, f"team-{team}" if team else key, request.user)
    if place not in places:
        places.insert(-1, place)
    rows = rows_in(place, request.user, at=at)
    if "live" in request.GET:
        return changes(request, narrowed(place, request.GET, rows).qs)
    shelf = shelf_of(request.user, place)
    if not request.GET and (opens := shelf.opens_with()):
        return redirect(address(place, opens))
    navigation, counts = counted(places, place, request.user, at=at)
    request.unread = counts["unread"]
    context = {
        "section": "queue",
        "place": place,
        "navigation": navigation[:-1],
        "unsaid": navigation[-1],
        "counts": counts,
        "total": counts[place.key],
        "can_claim": any(place.team and is_mine(place.team) for place in places),
        "now": at,
        **_list(request, rows, shelf),
    }
    return render(request, "leads/queue.html", context)


def _find(places: list[Place], key: str, user: User) -> Place:
    """The place of the navigation, or another team's for who sees every team. Raises Http404."""
    with suppress(Http404):
        return named(places, key)
    return named(elsewhere_of(user), key)


def _list(request: SignedIn, held: QuerySet[Handoff], shelf: Shelf) -> dict[str, Any]:
    """The rows, as the address asks; `unkept`: its filters, where no view keeps them as they
    are."""
    filters = narrowed(shelf.place, request.GET, held)
    view = shelf.named(request.GET.get("view", ""))
    held = filters.qs.with_onward()
    rows = held.select_related("lead__judgement", "owner", "judgement").only(*SHOWN)
    table = QueueTable(rows, shelf.columns(view), order_by=request.GET.get("sort") or "due")
    page = CappedPaginator(table.data.data, PER_PAGE).get_page(request.GET.get("page"))
    kept = kept_of(shelf.place, request.GET)
    return {
        "filters": filters,
        "table": table,
        "page": page,
        "rows": page.object_list,
        "view": view,
        "tabs": shelf.tabs(view, filters),
        "came_from": came_from(shelf.place.key, kept),
        "unkept": kept if kept != (view.query if view else "") else "",
    }
