"""The queues: one list, many places to stand in it."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import Labels, live_labels
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.counting import LIMIT
from leads.filters import QueueFilters, tier_choices
from leads.models import DemoFill, Handoff, Message
from leads.tables import QueueTable

from .places import Place, counted, is_mine, places_of, urgency, waiting_for

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
    places = places_of(request.user, at=at)
    unsaid = waiting_for(request.user, at=at)
    place = _find([*places, unsaid], f"team-{team}" if team else key)
    if "live" in request.GET:
        return _live(request, place)
    others = {
        "unread": Message.objects.inbox(request.user).unread(),
        "filling": DemoFill.objects.filling(),
    }
    navigation, counts = counted(
        [*places, unsaid], place.key, {**urgency(place.rows, at=at), **others}
    )
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
        **_list(request, place),
    }
    return render(request, "leads/queue.html", context)


def _find(places: list[Place], key: str) -> Place:
    for place in places:
        if place.key == key:
            return place
    raise Http404


def _list(request: SignedIn, place: Place) -> dict[str, Any]:
    labels = live_labels()
    filters = _filters(request, place, labels)
    table = QueueTable(_shown(filters.qs), order_by=request.GET.get("sort") or "due")
    page = CappedPaginator(table.data.data, PER_PAGE).get_page(request.GET.get("page"))
    return {"filters": filters, "table": table, "page": page, "rows": page.object_list}


def _filters(request: SignedIn, place: Place, labels: Labels) -> QueueFilters:
    return QueueFilters(request.GET, queryset=place.rows, tiers=tier_choices(labels.tiers))


def _shown(rows: QuerySet[Handoff]) -> QuerySet[Handoff]:
    return rows.select_related("lead", "owner", "judgement").only(*SHOWN)


def _live(request: SignedIn, place: Place) -> HttpResponse:
    """304 while the queue is as the page knows it; else a bar saying what is new."""
    rows = _filters(request, place, live_labels()).qs.order_by()
    state = rows[:LIMIT].aggregate(rows=Count("pk"), changed=Max("changed_in"))
    token = f'W/"{state["rows"]}-{state["changed"]}"'
    known = request.headers.get("If-None-Match")
    if known == token:
        return HttpResponseNotModified(headers={"ETag": token})
    since = _moment(request.GET["live"])
    new = rows.filter(assigned_at__gt=since)[:LIMIT].count() if since else 0
    context = {"new": new, "changed": known is not None, "since": since}
    answer = render(request, "leads/_live.html", context)
    answer["ETag"] = token
    return answer


def _moment(text: str) -> dt.datetime | None:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and at.tzinfo else None
