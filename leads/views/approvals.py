"""Leads that a marketing person approves before they are handed over."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.journey import qualifying
from leads.journey.states import Conflict
from leads.models import Approval, Message

from .places import counted, only_deciders, places_of, waiting_for


@login_required
@require_GET
@never_cache
def approval(request: SignedIn) -> HttpResponse:
    """The approval queue, the longest waiting first."""
    at = timezone.now()
    places = places_of(request.user, at=at)
    place = next((place for place in places if place.key == "approval"), None)
    if place is None:
        raise Http404
    unsaid = waiting_for(request.user, at=at)
    inbox = {"unread": Message.objects.inbox(request.user).unread()}
    navigation, counts = counted([*places, unsaid], place.key, inbox)
    request.unread = counts["unread"]
    rows = place.rows.select_related("lead", "judgement").order_by("asked_at", "pk")
    context = {
        "section": "queue",
        "place": place,
        "navigation": navigation[:-1],
        "unsaid": navigation[-1],
        "page": CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "now": at,
    }
    return render(request, "leads/approval.html", context)


@login_required
@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Hand a lead over, or decline it."""
    only_deciders(request.user)
    asked = get_object_or_404(Approval.objects.select_related("lead"), pk=pk)
    note = request.POST.get("note", "")[:2000]
    try:
        if request.POST.get("answer") == "approve":
            qualifying.approve(asked.pk, actor=request.user, at=timezone.now(), note=note)
            messages.success(request, f"Handed {asked.lead} over to sales.")
        else:
            qualifying.decline(asked.pk, actor=request.user, at=timezone.now(), note=note)
            messages.success(request, f"Declined {asked.lead}; sales does not see it.")
    except Conflict as error:
        messages.warning(request, str(error))
    return redirect("leads:approval")
