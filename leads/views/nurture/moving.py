"""Several leads of a track moved to another at once: each is looked at again, in a transaction of
its own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff import words
from handoff.permissions import may_nurture
from handoff.views.sent import way_back, whole
from handoff.views.signed_in import SignedIn
from leads.journey import placing
from leads.journey.states import Conflict, Invalid
from leads.journey.tracks import label_of, until_in_words
from leads.models import Lead
from leads.views.outcomes import Outcome, counted

from .forms import MoveForm

LIMIT = 200
"""So many leads at once, at most."""


@login_required
@require_POST
def move(request: SignedIn) -> HttpResponse:
    """Ask where to, with the same leads picked; then each row with its outcome."""
    if not may_nurture(request.user):
        raise Http404
    back = way_back(request, reverse("leads:tracks"))
    picked = [pk for pk in map(whole, dict.fromkeys(request.POST.getlist("pick"))) if pk]
    visible = Lead.objects.visible_to(request.user).filter(merged_into=None)
    found = visible.in_bulk(picked[:LIMIT])
    if not found or len(picked) > LIMIT:
        messages.warning(request, f"Pick 1 to {LIMIT} leads of the list first.")
        return redirect(back)
    form = MoveForm(request.POST if "sure" in request.POST else None)
    leads = [found[pk] for pk in picked if pk in found]
    context: dict[str, Any] = {"section": "leads", "back": back, "back_to": "the track"}
    if not form.is_valid():
        asks = f"Move {words.count_of(len(leads), 'lead')} to another track"
        context |= {"form": form, "leads": leads, "asks": asks}
        status = 422 if form.is_bound else 200
        return render(request, "leads/nurture/move.html", context, status=status)
    outcomes = [_moved(request, lead, form.cleaned_data) for lead in leads]
    context |= {"outcomes": outcomes, "heading": counted(outcomes, "moved")}
    return render(request, "leads/bulk_done.html", context)


def _moved(request: SignedIn, lead: Lead, said: dict[str, Any]) -> Outcome:
    try:
        placing.move_on(lead.pk, **said, actor=request.user, at=timezone.now())
    except (Conflict, Invalid) as error:
        return Outcome(lead, str(error), done=False)
    lead.refresh_from_db()
    where = f"{label_of(lead.nurture_track)}{until_in_words(lead.nurture_until)}"
    return Outcome(lead, f"On {where}", done=True)
