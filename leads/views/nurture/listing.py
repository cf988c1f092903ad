"""The tracks, and who is on each, falls due, or came back."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import Track, User
from handoff.permissions import may_edit_agreement, may_nurture
from handoff.views.signed_in import SignedIn
from leads.models import Comeback, Lead
from leads.templatetags.leads_parts import rule_label
from leads.views import downloads
from leads.views.places import only_seers

from .counting import BACK_SINCE, WEEK, Counts, counted, lines, reason_labels, why_in_words
from .tables import BackTable, InsideTable

SHOWN = (
    "id", "first_name", "last_name", "email", "phone", "company", "role", "employees", "country",
    "last_seen_at", "status", "nurture_reason", "nurture_until", "nurture_since", "nurture_track",
    "nurture_by__name", "nurture_by__email", "judgement__id", "judgement__rule",
    "judgement__version", "judgement__as_of",
)  # fmt: skip
HEADS = ("lead", "name", "email", "company", "why", "put_by", "since", "until")


@login_required
@require_GET
@never_cache
def tracks(request: SignedIn) -> HttpResponse:
    """Every track with its owner and counts."""
    only_seers(request.user)
    context = {
        "section": "leads",
        "lines": lines(at=timezone.now()),
        "weeks": BACK_SINCE.days // 7,
        "may_edit": may_edit_agreement(request.user),
    }
    return render(request, "leads/nurture/tracks.html", context)


@login_required
@require_GET
@never_cache
def track(request: SignedIn, key: str = "") -> HttpResponse:
    """One track, `?show=` now, due or back; without a key, the leads that are on none."""
    only_seers(request.user)
    found = get_object_or_404(Track.objects.select_related("owner"), key=key) if key else None
    at, show = timezone.now(), request.GET.get("show", "now")
    show = show if show in ("now", "due", "back") else "now"
    table = _back(key) if show == "back" else _inside(key, show, request.user)
    table.turn_to(request.GET.get("page", "1"))
    context = {
        "section": "leads",
        "track": found,
        "show": show,
        "table": table,
        "counts": counted(at=at).get(key, Counts()),
        "weeks": BACK_SINCE.days // 7,
        "may_edit": may_edit_agreement(request.user),
        "may_place": may_nurture(request.user),
        "asked": request.GET.get("whom", ""),
    }
    return render(request, "leads/nurture/track.html", context)


@login_required
@require_GET
@never_cache
def as_csv(request: SignedIn, key: str) -> StreamingHttpResponse:
    """Who is on a track now, as a file."""
    only_seers(request.user)
    found = get_object_or_404(Track, key=key)
    labels = reason_labels([])
    rows = (_row(one, labels) for one in inside(found.key).iterator(chunk_size=2000))
    return downloads.streamed(f"{found.key}.csv", downloads.lines(HEADS, rows))


def inside(key: str) -> QuerySet[Lead]:
    """Who is on a track now, the next due first."""
    rows = Lead.objects.nurtured().filter(nurture_track=key)
    return (
        rows.select_related("judgement", "nurture_by").only(*SHOWN).order_by("nurture_until", "pk")
    )


def _inside(key: str, show: str, user: User) -> InsideTable:
    rows = inside(key)
    if show == "due":
        rows = rows.filter(nurture_until__lte=timezone.now().date() + WEEK)
    return InsideTable(rows, may_change=may_nurture(user))


def _back(key: str) -> BackTable:
    rows = Comeback.objects.filter(track=key).select_related("lead", "put_by", "handoff__owner")
    return BackTable(rows.order_by("-at", "-pk"))


def _row(lead: Lead, labels: dict[str, str]) -> tuple[Any, ...]:
    rule = rule_label(lead.judgement) if lead.judgement else ""
    return (
        lead.pk,
        lead.name,
        lead.email,
        lead.company,
        why_in_words(lead, labels, rule),
        str(lead.nurture_by or ""),
        lead.nurture_since.isoformat() if lead.nurture_since else "",
        lead.nurture_until.isoformat() if lead.nurture_until else "",
    )
