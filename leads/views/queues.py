"""The queues: one list, many places to stand in it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import Labels, live_labels
from handoff.models import User
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.sent import moment
from handoff.views.signed_in import SignedIn
from leads.counting import LIMIT
from leads.filters import QueueFilters, tier_choices
from leads.models import Handoff
from leads.tables import QueueTable

from .places import Place, counted, elsewhere_of, is_mine, places_of, rows_in, unsaid_place

SHOWN = (
    "id", "state", "tier", "tier_rank", "version_id", "reentry", "due_at", "due_clock", "missing",
    "next_step", "next_step_due", "made_at", "awaits_turn", "changed_in", "status", "team_id",
    "owner_id", "fault", "lead__id", "lead__first_name", "lead__last_name", "lead__email",
    "lead__phone", "lead__company", "lead__role", "lead__employees", "lead__source", "owner__id",
    "owner__name", "owner__email", "judgement__id", "judgement__fit", "judgement__intent",
    "judgement__rule", "judgement__intent_parts",
)  # fmt: skip


@login_required
@require_GET
@never_cache
def queue(request: SignedIn, key: str = "mine", team: str = "") -> HttpResponse:
    """One queue, first due first. With `live`, only whether it changed since the page was drawn."""
    at = timezone.now()
    places = [*places_of(request.user), unsaid_place()]
    place = _find(places, f"team-{team}" if team else key, request.user)
    if place not in places:
        places.insert(-1, place)
    rows = rows_in(place, request.user, at=at)
    if "live" in request.GET:
        return _live(request, rows)
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
        **_list(request, rows),
    }
    return render(request, "leads/queue.html", context)


def _find(places: list[Place], key: str, user: User) -> Place:
    """The place of the navigation, or another team's for who sees every team. Raises Http404."""
    found = _named(places, key) or _named(elsewhere_of(user), key)
    if found is None:
        raise Http404
    return found


def _named(places: list[Place], key: str) -> Place | None:
    for place in places:
        if key == place.key or (place.team and key == f"team-{place.team.key}"):
            return place
    return None


def _list(request: SignedIn, held: QuerySet[Handoff]) -> dict[str, Any]:
    labels = live_labels()
    filters = _filters(request, held, labels)
    table = QueueTable(_shown(filters.qs), order_by=request.GET.get("sort") or "due")
    page = CappedPaginator(table.data.data, PER_PAGE).get_page(request.GET.get("page"))
    return {"filters": filters, "table": table, "page": page, "rows": page.object_list}


def _filters(request: SignedIn, held: QuerySet[Handoff], labels: Labels) -> QueueFilters:
    return QueueFilters(request.GET, queryset=held, tiers=tier_choices(labels.tiers))


def _shown(rows: QuerySet[Handoff]) -> QuerySet[Handoff]:
    return rows.select_related("lead", "owner", "judgement").only(*SHOWN)


def _live(request: SignedIn, held: QuerySet[Handoff]) -> HttpResponse:
    """304 while the queue is as the page knows it; else a bar saying what is new."""
    rows = _filters(request, held, live_labels()).qs.order_by()
    state = rows[:LIMIT].aggregate(rows=Count("pk"), changed=Max("changed_in"))
    token = f'W/"{state["rows"]}-{state["changed"]}"'
    known = request.headers.get("If-None-Match")
    if known == token:
        return HttpResponseNotModified(headers={"ETag": token})
    since = moment(request.GET["live"])
    new = rows.filter(assigned_at__gt=since)[:LIMIT].count() if since else 0
    context = {"new": new, "changed": known is not None, "since": since}
    answer = render(request, "leads/_live.html", context)
    answer["ETag"] = token
    return answer
