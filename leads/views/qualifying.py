"""Qualifying a lead on its page: answering the checklist, noting a call, handing it on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from handoff import words
from handoff.models import Step
from handoff.views.sent import press_of
from handoff.views.signed_in import SignedIn
from leads.journey import calling, checking, pressing, stepping, undoing
from leads.journey.checking import Lacking
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Handoff
from leads.question_forms import AdvanceForm, CallForm, QuestionsForm

from . import checklist
from . import lead as lead_page


@login_required
@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Keep answers to the checklist; what was wrong stays in the form, and then nothing is kept."""
    handoff = _handoff(request, pk)
    form = QuestionsForm(request.POST, questions=_asked(handoff).items.values())

    def keep() -> str:
        new = checking.answer(pk, answers=form.answers(), actor=request.user, at=timezone.now())
        return f"Kept {words.count_of(len(new), 'answer')}." if new else "Nothing changed."

    return _done(request, handoff, "checklist", form, keep)


@login_required
@require_POST
def call(request: SignedIn, pk: int) -> HttpResponse:
    """Note a call, which is a touch, with what was learnt in it."""
    handoff = _handoff(request, pk)
    questions = _asked(handoff).items.values()
    form = CallForm(request.POST, questions=questions, auto_id="id_call_%s")

    def note() -> str:
        said = {name: value for name, value in form.cleaned_data.items() if "-" not in name}
        signed: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
        try:
            with pressing.once(press_of(request), **signed):
                calling.note_call(pk, answers=form.answers(), **said, **signed)
        except pressing.Repeated:
            return "Already logged: the same form came twice."
        return "The call is noted."

    return _done(request, handoff, "call", form, note)


@login_required
@require_POST
def advance(request: SignedIn, pk: int) -> HttpResponse:
    """End this step and hand the lead to the next, once everything it requires is known."""
    handoff = _handoff(request, pk)
    questions = _asked(handoff).items.values()
    form = AdvanceForm(request.POST, questions=questions, prefix="advance")
    press = press_of(request)
    signed: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
    if form.is_valid():
        try:
            with (
                pressing.once(press, **signed),
                undoing.keeping(pk, "advance", batch=press, **signed),
            ):
                onward = stepping.advance(
                    pk,
                    note=form.cleaned_data["note"],
                    answers={key: said for key, said in form.answers().items() if said},
                    **signed,
                )
        except pressing.Repeated as repeated:
            messages.info(request, str(repeated))
            return redirect(_page(request, handoff))
        except Lacking as error:
            for item in error.items:
                form.refuse(f"answers.{item.key}", "Needed before it moves on.")
        except Invalid as error:
            form.refuse(error.field, str(error))
        except (Conflict, NotAllowed) as error:
            return _refused(request, handoff, error)
        else:
            said = f"Handed {onward.lead} on to {onward.owner or onward.team}."
            messages.success(request, said, extra_tags=str(press))
            visible = Handoff.objects.visible_to(request.user).filter(lead=handoff.lead_id)
            return redirect(_page(request, handoff) if visible.exists() else "leads:queue")
    form.only_open_or_wrong()
    return lead_page.page(request, handoff.lead_id, bound={"advance": form}, status=422)


def _done(
    request: SignedIn, handoff: Handoff, name: str, form: QuestionsForm, act: Callable[[], str]
) -> HttpResponse:
    """Do it where the form is sound. Then the card alone for a page that swaps it, else the lead's
    page again; with the form and what to mend, where it was refused."""
    said = ""
    if form.is_valid():
        try:
            said = act()
        except Invalid as error:
            form.refuse(error.field, str(error))
        except (Conflict, NotAllowed) as error:
            return _refused(request, handoff, error)
    if request.htmx:
        bound = {} if said else {name: form}
        card = checklist.fresh(handoff, forms=bound, opened="" if said else name)
        context = {"checklist": card, "now": timezone.now(), "said_here": said}
        return render(request, "leads/_lead_checklist.html", context)
    if said:
        messages.success(request, said)
        return redirect(_page(request, handoff))
    return lead_page.page(request, handoff.lead_id, bound={name: form}, status=422)


def _refused(request: SignedIn, handoff: Handoff, error: Conflict | NotAllowed) -> HttpResponse:
    status = 409 if isinstance(error, Conflict) else 403
    return lead_page.page(request, handoff.lead_id, status=status, said=str(error))


def _handoff(request: SignedIn, pk: int) -> Handoff:
    """Raises Http404 for what the person may not see."""
    visible = Handoff.objects.visible_to(request.user).select_related("lead", "team")
    return get_object_or_404(visible, pk=pk)


def _asked(handoff: Handoff) -> checking.Asked:
    return checking.asked_in(handoff.step, Step.objects.asking())


def _page(request: SignedIn, handoff: Handoff) -> str:
    query = urlencode({"from": request.GET.get("from", "mine")})
    return f"{reverse('leads:lead', args=[handoff.lead_id])}?{query}"
