"""What the application told a person: their inbox, what they have read, and the bell on top."""

import uuid
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max
from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from handoff.tables import CappedPaginator
from handoff.views.sent import moment, way_back
from handoff.views.signed_in import SignedIn
from leads.filters import CalmFilters
from leads.models import Message
from leads.models.message import MessageQuerySet
from leads.wording.kinds import kind_of, kinds_for

THREADS = 30
SHOWN = 20
"""Messages of one lead that are listed; its page tells the whole story."""
MOST = 100


class InboxFilters(CalmFilters):
    """What the inbox can be narrowed to."""

    state = django_filters.ChoiceFilter(
        method="only_unread",
        label="State",
        empty_label="Read or not",
        choices=[("unread", "Not read")],
        widget=forms.Select(attrs={"class": "form-select", "aria-label": "Read or not"}),
    )
    kind = django_filters.ChoiceFilter(
        label="Kind",
        empty_label="Every kind",
        widget=forms.Select(attrs={"class": "form-select", "aria-label": "Kind"}),
    )

    class Meta:
        model = Message
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = kinds

    def only_unread(self, rows: MessageQuerySet, name: str, value: str) -> MessageQuerySet:
        return rows.unread()


@dataclass(frozen=True)
class Thread:
    """What was told about one lead, the newest first; or one message about none."""

    messages: list[Message]
    number: int
    unread: int

    @property
    def first(self) -> Message:
        return self.messages[0]


@login_required
@require_GET
@never_cache
def notifications(request: SignedIn) -> HttpResponse:
    """The person's own messages by lead, the newest first."""
    kinds = [(kind.key, kind.says) for kind in kinds_for(request.user)]
    asked = request.GET.get("kind", "")
    if asked and asked not in dict(kinds):
        kinds.append((asked[:32], kind_of(asked[:32]).says))
    mine = Message.objects.inbox(request.user)
    filters = InboxFilters(request.GET, queryset=mine, kinds=kinds)
    page = CappedPaginator(filters.qs.by_thread(), THREADS).get_page(request.GET.get("page"))
    read_at = moment(request.GET.get("read", ""))
    context = {
        "section": "notifications",
        "filters": filters,
        "page": page,
        "threads": _threads(filters.qs, list(page.object_list)),
        "read_at": read_at,
        "here": request.get_full_path(),
        "now": timezone.now(),
    }
    return render(request, "leads/notifications.html", context)


def _threads(rows: MessageQuerySet, found: list[dict[str, Any]]) -> list[Thread]:
    """The messages of a page's threads, in one statement."""
    told: dict[str, list[Message]] = {one["thread"]: [] for one in found}
    for message in rows.of_threads(list(told)).select_related("lead"):
        told[message.thread].append(message)  # type: ignore[attr-defined]
    return [
        Thread(told[one["thread"]][:SHOWN], one["number"], one["unread_number"])
        for one in found
        if told[one["thread"]]
    ]


@login_required
@require_GET
@never_cache
def notice(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Go where a message leads; it and what else was told of the same lead is read then."""
    found = get_object_or_404(Message.objects.inbox(request.user), pk=pk)
    mine = Message.objects.inbox(request.user).order_by()
    same = mine.filter(lead=found.lead_id) if found.lead_id else mine.filter(pk=found.pk)
    same.mark_seen(at=timezone.now())
    return redirect(found.path)


@login_required
@require_POST
def read(request: SignedIn) -> HttpResponse:
    """Mark those named as read, or not read with `do`; all where none is named, which `undo` (the
    moment it was done) takes back."""
    mine, at = Message.objects.inbox(request.user).order_by(), timezone.now()
    back = way_back(request, reverse("leads:notifications"))
    undone = moment(request.POST.get("undo", ""))
    named = request.POST.getlist("message")
    if undone is not None:
        mine.filter(seen_at=undone).mark_unseen()
    elif named:
        some = mine.filter(pk__in=[key for text in named if (key := _uuid(text))])
        some.mark_unseen() if request.POST.get("do") == "unread" else some.mark_seen(at=at)
    elif mine.mark_seen(at=at):
        address = reverse("leads:notifications", query={"read": at.isoformat()})
        return redirect(address)
    return redirect(back)


@login_required
@require_GET
@never_cache
def count(request: SignedIn) -> HttpResponse:
    """How many messages are not read, and the newest of them; 304 while the page knows it."""
    unread = Message.objects.inbox(request.user).unread()
    state = unread[:MOST].aggregate(number=Count("pk"), newest=Max("written_at"))
    token = f'W/"{state["number"]}-{state["newest"]}"'
    if request.headers.get("If-None-Match") == token:
        return HttpResponseNotModified(headers={"ETag": token})
    newest = unread.values_list("subject", flat=True).first() if state["number"] else None
    answer = JsonResponse({"unread": state["number"], "newest": newest or ""})
    answer["ETag"] = token
    return answer


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
