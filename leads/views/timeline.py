"""Everything that happened to a lead and that they did, newest first, day by day."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from handoff import words
from handoff.labels import labels_of
from handoff.models import DECIDERS
from handoff.tables import CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.chronicle.deeds import deeds
from leads.chronicle.pages import Names
from leads.models import Event, Lead, Touchpoint

from .dossier import lead_of, names_of

SHOWS = {
    "all": "Everything",
    "people": "People",
    "machine": "The machine",
    "deeds": "What they did",
}
THEIRS = (Event.Kind.RECEIVED, Event.Kind.ADDED)
"""Events that tell what the lead did."""

PER_PAGE = 50
ON_PAGE = 12
"""Lines on the lead's own page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in the timeline: an event, or what they did (`said`, `detail`). `delivery`: the
    payload behind it, for who may read payloads."""

    at: dt.datetime
    event: Event | None = None
    said: str = ""
    detail: str = ""
    delivery: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day in the viewer's zone; `title` names it."""

    title: str
    lines: Sequence[Line]


@login_required
@require_GET
@never_cache
@vary_on_headers("HX-Request")
def timeline(request: SignedIn, pk: int) -> HttpResponse:
    """The timeline of a lead that the person may see: whole, or as a part of the lead's page."""
    lead, now = lead_of(pk, request.user), timezone.now()
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    is_part = bool(request.headers.get("HX-Request"))
    paginator = CappedPaginator(rows_of(pk, show), ON_PAGE if is_part else PER_PAGE)
    page = paginator.get_page(request.GET.get("page", "1"))
    lines = lines_of(lead, list(page.object_list), reads_payloads=reads_payloads(request))
    context = {
        "section": "leads",
        "lead": lead,
        "now": now,
        "page": page,
        "days": days(lines, now),
        **tabs(show),
    }
    return render(request, f"leads/{'_lead_timeline' if is_part else 'timeline'}.html", context)


def tabs(show: str) -> dict[str, Any]:
    """What of the timeline is shown, and what could be."""
    return {"show": show, "shows": SHOWS.items()}


def reads_payloads(request: SignedIn) -> bool:
    """Whether the person may open what came in as it came."""
    return request.user.has_role(*DECIDERS)


def rows_of(lead: int, show: str) -> QuerySet[Any, tuple[dt.datetime, int, int]]:
    """Moment, kind (1: event by its place, 0: touchpoint by its key) and that number of everything
    to be shown, newest first."""
    events = Event.objects.filter(lead=lead).order_by()
    touchpoints = Touchpoint.objects.filter(lead=lead).order_by()
    match show:
        case "people":
            events, touchpoints = events.exclude(actor=None), touchpoints.none()
        case "machine":
            events, touchpoints = events.filter(actor=None), touchpoints.none()
            events = events.exclude(kind__in=THEIRS)
        case "deeds":
            events = events.filter(kind__in=THEIRS)
    told = events.annotate(is_event=Value(1)).values_list("at", "is_event", "seq")
    done = touchpoints.annotate(is_event=Value(0)).values_list("occurred_at", "is_event", "pk")
    return told.union(done, all=True).order_by("-at", "-is_event", "-seq")


def lines_of(
    lead: Lead, rows: Sequence[tuple[dt.datetime, int, int]], *, reads_payloads: bool
) -> list[Line]:
    """The lines of rows of `rows_of`, in two statements."""
    places = [number for _, kind, number in rows if kind]
    keys = [number for _, kind, number in rows if not kind]
    events = Event.objects.filter(lead=lead, seq__in=places).select_related("actor")
    touchpoints = Touchpoint.objects.filter(pk__in=keys)
    return merged(lead, events, touchpoints, reads_payloads=reads_payloads)


def merged(
    lead: Lead,
    events: Iterable[Event],
    touchpoints: Iterable[Touchpoint],
    *,
    reads_payloads: bool,
) -> list[Line]:
    """Events and touchpoints as lines, newest first."""
    names = labels_of(lead.judgement.version_id).signals if lead.judgement else {}
    happened = sorted(events, key=lambda event: event.seq, reverse=True)
    told = [_told(event, reads_payloads) for event in happened]
    pages = names_of(lead)
    done = [_done(touchpoint, names, pages) for touchpoint in touchpoints]
    return sorted([*told, *done], key=lambda line: line.at, reverse=True)


def days(lines: Iterable[Line], now: dt.datetime) -> list[Day]:
    """Lines, newest first, under the day on which they fell."""
    found = groupby(lines, key=lambda line: timezone.localtime(line.at).date())
    return [Day(words.day(day, now), list(ones)) for day, ones in found]


def _told(event: Event, reads_payloads: bool) -> Line:
    delivery = event.body.get("delivery") if reads_payloads else None
    return Line(event.at, event, delivery=delivery)


def _done(touchpoint: Touchpoint, names: Mapping[str, str], pages: Names) -> Line:
    (deed,) = deeds([touchpoint], names, None, pages)
    return Line(deed.at, None, deed.said, deed.detail)
