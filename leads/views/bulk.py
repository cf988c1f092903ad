"""One answer for several leads: each is looked at again and answered in a transaction of its own.

The bar of the queue posts what is picked. What needs no word is done at once; what does is asked
on a page of its own, with the same leads picked.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff.views.sent import way_back, whole
from handoff.views.signed_in import SignedIn
from leads.journey import giving_back, recycling, responding, undoing
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Handoff

from .actions import Act, give_to
from .desk import desk_of, drawn, form_for
from .outcomes import Outcome, counted

LIMIT = 200
"""So many leads at once, at most."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer several: its function, and its words before and after."""

    act: Act
    ask: str
    done: str
    asks: bool = True


WAYS = {
    "accept": Way(responding.accept, "Accept", "accepted", asks=False),
    "reject": Way(responding.reject, "Reject", "rejected"),
    "recycle": Way(recycling.recycle, "Send to nurture", "sent to nurture"),
    "return": Way(giving_back.give_back, "Return", "returned"),
    "reassign": Way(give_to, "Reassign", "given to somebody else"),
}


@login_required
@require_POST
def answer(request: SignedIn) -> HttpResponse:
    """Answer what is picked, or ask what the answer needs; then each row with its outcome."""
    do = request.POST.get("do", "")
    way = WAYS.get(do)
    if way is None:
        raise Http404
    back = way_back(request, reverse("leads:queue"))
    picked = _picked(request)
    if not picked or len(picked) > LIMIT:
        number = f"{len(picked):,}" if picked else "None"
        messages.warning(request, f"Pick 1 to {LIMIT} leads at once. {number} were picked.")
        return redirect(back)
    sent = request.POST if "sure" in request.POST or not way.asks else None
    form = form_for(do, desk_of(request.user, at=timezone.now()).picklists, sent)
    found = _found(request, picked)
    if sent is None or not form.is_valid():
        if not found:
            messages.warning(request, "None of the leads you picked is yours to answer.")
            return redirect(back)
        return _ask(request, do, form, list(found.values()), back)
    batch = uuid.uuid4()
    outcomes = [_outcome(request, do, form, found.get(pk), batch) for pk in picked]
    context = {
        "section": "queue",
        "heading": counted(outcomes, way.done),
        "outcomes": outcomes,
        "undo": batch if any(one.done for one in outcomes) else None,
        "back": back,
    }
    return render(request, "leads/bulk_done.html", context)


def _ask(
    request: SignedIn, do: str, form: Form, handoffs: list[Handoff], back: str
) -> HttpResponse:
    context = {
        "section": "queue",
        "do": do,
        "way": WAYS[do],
        "menu": drawn(do, form),
        "handoffs": handoffs,
        "back": back,
    }
    return render(request, "leads/bulk.html", context, status=422 if form.is_bound else 200)


def _picked(request: SignedIn) -> list[int]:
    """The hand-overs that are picked, each once; what is no number is left out."""
    numbers = map(whole, dict.fromkeys(request.POST.getlist("pick")))
    return [number for number in numbers if number is not None]


def _found(request: SignedIn, picked: list[int]) -> dict[int, Handoff]:
    """Those of them that the person may see, in the order they were picked."""
    visible = Handoff.objects.visible_to(request.user).select_related("lead", "owner", "team")
    found = visible.in_bulk(picked)
    return {pk: found[pk] for pk in picked if pk in found}


def _outcome(
    request: SignedIn, do: str, form: Form, handoff: Handoff | None, batch: uuid.UUID
) -> Outcome:
    if handoff is None:
        return Outcome(None, "A lead that is not yours to answer", done=False)
    signed: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
    try:
        with undoing.keeping(handoff.pk, do, batch=batch, **signed):
            done = WAYS[do].act(handoff.pk, **form.cleaned_data, **signed)
    except (Conflict, Invalid, NotAllowed) as error:
        return Outcome(handoff.lead, str(error), done=False)
    return Outcome(handoff.lead, _said(done), done=True)


def _said(handoff: Handoff) -> str:
    """What became of it, in a few words."""
    if handoff.state == Handoff.State.WAITING:
        return f"With {handoff.owner or handoff.team}"
    if handoff.until:
        return f"{handoff.standing}, back on {handoff.until:%-d %b %Y}"
    return handoff.standing
