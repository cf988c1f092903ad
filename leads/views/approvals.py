"""Leads that a marketing person approves before they are handed over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.journey import qualifying
from leads.journey.handing import Passed
from leads.journey.states import Conflict, Invalid
from leads.models import Approval, Lead

from . import approval_desk
from . import lead as lead_page
from .desk import desk_of
from .places import Place, counted, only_deciders, places_of, rows_in, unsaid_place
from .shelf import address, kept_of, narrowed, shelf_of

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one of several leads answered at once."""

    lead: Lead
    said: str
    done: bool


@login_required
@require_GET
@never_cache
def approval(request: SignedIn) -> HttpResponse:
    """The approval queue, the longest waiting first."""
    return _queue(request)


@login_required
@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Hand a lead over, send it elsewhere, or decline it."""
    only_deciders(request.user)
    asked = get_object_or_404(Approval.objects.select_related("lead"), pk=pk)
    try:
        match request.POST.get("answer"):
            case "approve":
                said = _approve(request, asked)
            case "decline":
                said = _decline(request, asked)
            case "elsewhere":
                return _elsewhere(request, asked)
            case _:
                return lead_page.page(request, asked.lead_id, status=422, said="Choose an answer.")
    except Conflict as error:
        return lead_page.page(request, asked.lead_id, status=409, said=str(error))
    messages.success(request, said)
    return redirect("leads:approval")


@login_required
@require_POST
def answer_many(request: SignedIn) -> HttpResponse:
    """Hand several leads over, each by itself; the page says what became of each."""
    only_deciders(request.user)
    picked = dict(islice(_picked(request), PER_PAGE))
    found = Approval.objects.select_related("lead").filter(pk__in=picked).order_by("triggered_at")
    answered = [_answered(request, asked, picked[asked.pk]) for asked in found]
    if not answered:
        return _queue(request, said="Pick at least one lead to hand over.", status=422)
    return _queue(request, answered=answered)


def _queue(
    request: SignedIn, *, answered: Sequence[Answered] = (), said: str = "", status: int = 200
) -> HttpResponse:
    at = timezone.now()
    places = places_of(request.user)
    place = _place(places)
    navigation, counts = counted([*places, unsaid_place()], place, request.user, at=at)
    request.unread = counts["unread"]
    shelf, held = shelf_of(request.user, place), rows_in(place, request.user, at=at)
    if request.method != "POST" and not request.GET and (opens := shelf.opens_with()):
        return redirect(address(place, opens))
    view, kept = shelf.named(request.GET.get("view", "")), kept_of(place, request.GET)
    filters = narrowed(place, request.GET, held)
    ordered = filters.qs.select_related("lead", "judgement").order_by("triggered_at", "pk")
    page: Page[Any] = CappedPaginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "queue",
        "place": place,
        "navigation": navigation[:-1],
        "unsaid": navigation[-1],
        "counts": counts,
        "filters": filters,
        "view": view,
        "tabs": shelf.tabs(view, filters),
        "unkept": kept if kept != (view.query if view else "") else "",
        "page": page,
        "waiting": approval_desk.told(list(page.object_list), at=at),
        "answered": answered,
        "done": sum(one.done for one in answered),
        "said": said,
        "now": at,
    }
    return render(request, "leads/approval.html", context, status=status)


def _place(places: list[Place]) -> Place:
    for place in places:
        if place.key == "approval":
            return place
    raise Http404


def _approve(request: SignedIn, asked: Approval) -> str:
    passed = qualifying.approve(
        asked.pk,
        actor=request.user,
        at=timezone.now(),
        note=_note(request),
        seen=_number(request.POST.get("seen")),
    )
    return f"Handed {asked.lead} over: it went to {_taker(passed)}."


def _decline(request: SignedIn, asked: Approval) -> str:
    qualifying.decline(
        asked.pk,
        actor=request.user,
        at=timezone.now(),
        note=_note(request),
        seen=_number(request.POST.get("seen")),
    )
    return f"Declined {asked.lead}. It is in nurture; sales does not see it."


def _elsewhere(request: SignedIn, asked: Approval) -> HttpResponse:
    reasons = desk_of(request.user, at=timezone.now()).picklists.reasons
    form = approval_desk.elsewhere(reasons, request.POST)
    if form.is_valid():
        try:
            sent = qualifying.send_elsewhere(
                asked.pk,
                **form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
                seen=_number(request.POST.get("seen")),
            )
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"Sent {asked.lead} elsewhere: {sent.sent_to}.")
            return redirect("leads:approval")
    return lead_page.page(request, asked.lead_id, bound={"elsewhere": form}, status=422)


def _picked(request: HttpRequest) -> Iterator[tuple[int, int]]:
    """(approval, judgement it was seen with) of each picked row; what is no number is left out."""
    for text in dict.fromkeys(request.POST.getlist("pick")):
        pk, _, judgement = text.partition(":")
        numbers = _number(pk), _number(judgement)
        if numbers[0] is not None and numbers[1] is not None:
            yield numbers[0], numbers[1]


def _answered(request: SignedIn, asked: Approval, seen: int) -> Answered:
    try:
        passed = qualifying.approve(asked.pk, actor=request.user, at=timezone.now(), seen=seen)
    except Conflict as error:
        return Answered(asked.lead, str(error), done=False)
    return Answered(asked.lead, f"Went to {_taker(passed)}", done=True)


def _taker(passed: Passed) -> str:
    return approval_desk.within(approval_desk.taker(passed.placement))


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\0", "")[:LONGEST_NOTE]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
