"""To whom a lead goes when it is rejected as somebody else's, told before it is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from leads.journey.foreseeing import rerouted
from leads.journey.routing import Placement
from leads.models import Handoff


@login_required
@require_GET
@never_cache
def elsewhere(request: SignedIn, pk: int) -> HttpResponse:
    """Where routing would take it now: a line for the menu that asks, else a page of its own."""
    waiting = Handoff.objects.visible_to(request.user).waiting()
    handoff = get_object_or_404(waiting.select_related("lead", "team", "judgement"), pk=pk)
    place = rerouted([handoff], actor=request.user, at=timezone.now())[handoff.pk]
    context = {"section": "queue", "handoff": handoff, "goes_to": taker(place)}
    name = "leads/_elsewhere.html" if request.htmx else "leads/elsewhere.html"
    return render(request, name, context)


def taker(place: Placement) -> str:
    """The person a rule names, or the team: whose turn it is there is known once it happens."""
    if place.kind == "owner_of" and place.owner is not None:
        return place.owner.name or place.owner.email
    if place.roster is None:
        return "nobody: no rule names a team"
    if place.awaits_turn:
        return f"{place.roster.name}, once somebody there is free"
    return place.roster.name if place.owner else f"the queue of {place.roster.name}"
