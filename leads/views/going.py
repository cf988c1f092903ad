"""Where a key leads whose place depends on who presses it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn

from .places import teams_of


@login_required
@require_GET
def my_team(request: SignedIn) -> HttpResponse:
    """The queue of the person's team, of the first where they are in several."""
    teams = teams_of(request.user)
    if not teams:
        messages.info(request, "You are in no team yet.")
        return redirect("leads:queue")
    return redirect("leads:team", team=teams[0].key)
