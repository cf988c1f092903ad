"""One answer for several leads: each is looked at again and answered in a transaction of its own.

The bar of the queue posts what is picked. What needs no word is done at once; what does is asked
on a page of its own, with the same leads picked.
"""

import uuid
from collections.abc import Iterable
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

from handoff import words
from handoff.checklists import FIRST_STEP
from handoff.models import Reason
from handoff.views.sent import press_of, way_back, whole
from handoff.views.signed_in import SignedIn
from leads.journey import giving_back, pressing, recycling, responding, undoing
from leads.journey.foreseeing import rerouted
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Handoff, Press

from . import checklist
from .actions import Act, give_to
from .desk import Picklists, desk_of, drawn, form_for
from .outcomes import Outcome, counted, onward_of
from .rerouting import taker

LIMIT = 200
"""So many leads at once, at most."""
UNSAID = "Say what is missing in this step, or write a note"
ALREADY = "Done already: the same form came twice"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer several: its function, and its words before (of how many) and after."""

    act: Act
    ask: str
    done: str
    asks: bool = True


WAYS = {
    "accept": Way(responding.accept, "Accept {}", "accepted", asks=False),
    "reject": Way(responding.reject, "Reject {}", "rejected"),
    "recycle": Way(recycling.recycle, "Send {} to nurture", "sent to nurture"),
    "return": Way(giving_back.give_back, "Return {}", "returned"),
    "reassign": Way(give_to, "Reassign {}", "given to somebody else"),
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
    found = _found(request, picked)
    lists = _lists(request, found.values())
    form = form_for(do, Picklists.among(lists), sent)
    if sent is None or not form.is_valid():
        if not found:
            messages.warning(request, "None of the leads you picked is yours to answer.")
            return redirect(back)
        return _ask(request, do, form, list(found.values()), back)
    batch = press_of(request)
    answers = {
        pk: _fitting(form.cleaned_data, lists[handoff.step]) for pk, handoff in found.items()
    }
    outcomes = [_outcome(request, do, pk, found.get(pk), answers.get(pk), batch) for pk in picked]
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
        "asks": WAYS[do].ask.format(words.count_of(len(handoffs), "lead")),
        "menu": drawn(do, form),
        "rows": _rows(request, do, handoffs),
        "back": back,
    }
    return render(request, "leads/bulk.html", context, status=422 if form.is_bound else 200)


def _rows(request: SignedIn, do: str, handoffs: list[Handoff]) -> list[tuple[Handoff, str]]:
    """Each with who gets it as somebody else's, where it may be rejected as that."""
    waiting = [one for one in handoffs if one.state == Handoff.State.WAITING]
    if do != "reject" or not _may_be_rerouted():
        return [(one, "") for one in handoffs]
    places = rerouted(waiting, actor=request.user, at=timezone.now())
    goes_to = {pk: taker(place) for pk, place in places.items()}
    return [(one, goes_to.get(one.pk, "")) for one in handoffs]


def _may_be_rerouted() -> bool:
    reasons = Reason.objects.filter(active=True, applies_to__contains=[Reason.For.REJECT])
    return reasons.filter(goes_to=Reason.GoesTo.REROUTE).exists()


def _picked(request: SignedIn) -> list[int]:
    """The hand-overs that are picked, each once; what is no number is left out."""
    numbers = map(whole, dict.fromkeys(request.POST.getlist("pick")))
    return [number for number in numbers if number is not None]


def _found(request: SignedIn, picked: list[int]) -> dict[int, Handoff]:
    """Those of them that the person may see, in the order they were picked."""
    visible = Handoff.objects.visible_to(request.user).select_related(
        "lead", "owner", "team", "judgement"
    )
    found = visible.in_bulk(picked)
    return {pk: found[pk] for pk in picked if pk in found}


def _lists(request: SignedIn, handoffs: Iterable[Handoff]) -> dict[str, Picklists]:
    """What may be chosen, by step of those that are picked; of the first where none is."""
    picklists = desk_of(request.user, at=timezone.now()).picklists
    steps = dict.fromkeys(handoff.step for handoff in handoffs) or {FIRST_STEP: None}
    return {step: picklists.at(step, checklist.questions_before(step)) for step in steps}


def _fitting(answer: dict[str, Any], lists: Picklists) -> dict[str, Any]:
    """The answer as one row takes it: of what is missing, what its own step asks for."""
    if "missing" not in answer:
        return answer
    asked = dict(lists.missing)
    return {**answer, "missing": [name for name in answer["missing"] if name in asked]}


def _outcome(
    request: SignedIn,
    do: str,
    pk: int,
    handoff: Handoff | None,
    answer: dict[str, Any] | None,
    batch: uuid.UUID,
) -> Outcome:
    press = uuid.uuid5(batch, str(pk))
    if handoff is None or answer is None:
        is_done = Press.objects.filter(pk=press).exists()
        return Outcome(None, ALREADY if is_done else "A lead that is not yours to answer", is_done)
    if answer.get("missing") == [] and not answer["note"]:
        return Outcome(handoff.lead, UNSAID, done=False)
    signed: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
    try:
        with pressing.once(press, **signed), undoing.keeping(pk, do, batch=batch, **signed):
            done = WAYS[do].act(pk, **answer, **signed)
    except pressing.Repeated:
        return Outcome(handoff.lead, ALREADY, done=True)
    except (Conflict, Invalid, NotAllowed) as error:
        return Outcome(handoff.lead, str(error), done=False)
    return Outcome(handoff.lead, _said(done), done=True)


def _said(handoff: Handoff) -> str:
    """What became of it, in a few words."""
    if handoff.state == Handoff.State.WAITING:
        return f"With {handoff.owner or handoff.team}"
    if onward := onward_of(handoff):
        return f"{handoff.standing}, went to {onward.owner or onward.team or 'nobody yet'}"
    if handoff.until:
        return f"{handoff.standing}, back on {handoff.until:%-d %b %Y}"
    return handoff.standing
