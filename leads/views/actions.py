"""What a rep answers. Each action calls one function of the journey and says what came of it."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff import words
from handoff.checklists import FIRST_STEP
from handoff.models import Reason, Team, User
from handoff.views.sent import press_of, way_back
from handoff.views.signed_in import SignedIn
from leads.journey import chasing, giving_back, pressing, recycling, responding, undoing
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Clock, Handoff, Undoable

from . import checklist
from . import lead as lead_page
from .desk import desk_of, form_for
from .outcomes import onward_of
from .places import is_mine, teams_of

Act = Callable[..., Handoff]


@login_required
@require_POST
def next_lead(request: SignedIn) -> HttpResponse:
    """Claim the most urgent lead that nobody owns, in the named team or in any of one's own."""
    at = timezone.now()
    key = request.POST.get("team", "")
    teams = [team for team in teams_of(request.user) if team.key == key] if key else []
    try:
        with pressing.once(press_of(request), actor=request.user, at=at):
            claimed = _claimed(request.user, teams, key, at=at)
            if claimed is None or claimed.assigned_at != at:
                raise pressing.InVain
    except pressing.InVain:
        pass
    except pressing.Repeated as first:
        at = first.at
        claimed = Handoff.objects.working().filter(owner=request.user, assigned_at=at).first()
    if claimed is None:
        messages.info(request, "Nothing unclaimed waits for you.")
        return redirect("leads:team", team=key) if teams else redirect("leads:queue")
    if claimed.assigned_at == at:
        messages.success(request, f"{claimed.lead} is yours now.")
    else:
        messages.info(request, "Nothing unclaimed waits for you. This is the most urgent of yours.")
    return redirect(_lead(claimed, "mine"))


def _claimed(user: User, teams: list[Team], key: str, *, at: dt.datetime) -> Handoff | None:
    """The next lead of the named team, where one is in it; of any of one's own without a name."""
    if not key:
        return responding.next_for(user, at=at)
    mine = next(filter(is_mine, teams), None)
    return responding.claim_next(mine, actor=user, at=at) if mine else None


@login_required
@require_POST
def accept(request: SignedIn, pk: int) -> HttpResponse:
    """Accept, saying how; an unowned lead of one's team becomes one's own."""
    return _act(request, pk, "accept", responding.accept, _accepted)


@login_required
@require_POST
def reject(request: SignedIn, pk: int) -> HttpResponse:
    """Reject with a reason, which says where the lead goes."""
    return _act(request, pk, "reject", responding.reject, _rejected)


@login_required
@require_POST
def return_(request: SignedIn, pk: int) -> HttpResponse:
    """Give back what cannot be worked as it is: to marketing, later to the step before."""
    return _act(request, pk, "return", giving_back.give_back, _returned)


@login_required
@require_POST
def resume(request: SignedIn, pk: int) -> HttpResponse:
    """Marketing gives a returned lead back to sales, or whoever returned it takes it back."""
    return _act(request, pk, "resume", giving_back.resume, _resumed)


@login_required
@require_POST
def touch(request: SignedIn, pk: int) -> HttpResponse:
    """Log that they were reached out to, and what comes next."""
    return _act(request, pk, "touch", log_touch, _touched)


@login_required
@require_POST
def dispose(request: SignedIn, pk: int) -> HttpResponse:
    """Say how it ended, or that it still runs."""
    return _act(request, pk, "dispose", responding.dispose, _disposed)


@login_required
@require_POST
def reassign(request: SignedIn, pk: int) -> HttpResponse:
    """Give to a colleague, or to a team's queue."""
    return _act(request, pk, "reassign", give_to, _reassigned)


@login_required
@require_POST
def recycle(request: SignedIn, pk: int) -> HttpResponse:
    """Send to nurture until a day, whether it waits or is worked."""
    return _act(request, pk, "recycle", recycling.recycle, _recycled)


def _act(
    request: SignedIn, pk: int, name: str, act: Act, said: Callable[[Handoff], str]
) -> HttpResponse:
    """Do it and go on; or show the lead again, with what to mend or who was quicker."""
    press = press_of(request)
    visible = Handoff.objects.visible_to(request.user).select_related("lead")
    handoff = visible.filter(pk=pk).first()
    if handoff is None:
        return _gone(request, press)
    picklists = desk_of(request.user, at=timezone.now()).picklists
    picklists = picklists.at(handoff.step, checklist.questions_before(handoff.step))
    form = form_for(name, picklists, request.POST)
    if form.is_valid():
        signed: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
        try:
            with pressing.once(press, **signed), undoing.keeping(pk, name, batch=press, **signed):
                done = act(pk, **form.cleaned_data, **signed)
        except pressing.Repeated:
            _say_repeated(request, name, press)
            return redirect(way_back(request, _onward(request, handoff)))
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except Conflict as error:
            return lead_page.page(request, handoff.lead_id, status=409, said=str(error))
        except NotAllowed as error:
            return lead_page.page(request, handoff.lead_id, status=403, said=str(error))
        else:
            messages.success(request, said(done), extra_tags=str(press))
            return redirect(way_back(request, _onward(request, done)))
    return lead_page.page(request, handoff.lead_id, bound={name: form}, status=422)


def _say_repeated(request: SignedIn, name: str, press: uuid.UUID) -> None:
    """The same form came twice; what the first did can still be taken back."""
    done = "Already logged" if name == "touch" else "Already done"
    offered = Undoable.objects.given_with(press).filter(undone_at=None).exists()
    tags = str(press) if offered else ""
    messages.info(request, f"{done}: the same form came twice.", extra_tags=tags)


def _gone(request: SignedIn, press: uuid.UUID) -> HttpResponse:
    """The queue, where the first press of this form took the lead out of sight. Raises Http404
    for what the person may not see."""
    if not Undoable.objects.given_with(press).exists():
        raise Http404
    _say_repeated(request, "", press)
    return redirect(way_back(request, reverse("leads:queue")))


def _onward(request: SignedIn, handoff: Handoff) -> str:
    """The lead's page; the queue, where the person may not see the lead any more."""
    if not Handoff.objects.visible_to(request.user).filter(pk=handoff.pk).exists():
        return reverse("leads:queue")
    return _lead(handoff, request.GET.get("from", "mine"))


def _lead(handoff: Handoff, came_from: str) -> str:
    return f"{reverse('leads:lead', args=[handoff.lead_id])}?{urlencode({'from': came_from})}"


def log_touch(
    pk: int, *, ahead: str, next_step_due: dt.datetime | None, at: dt.datetime, **said: Any
) -> Handoff:
    """A touch as its form tells it: the next step on a day, or so far `ahead`."""
    due = chasing.ahead(pk, ahead, at=at) if ahead else next_step_due
    return responding.touch(pk, next_step_due=due, at=at, **said)


def give_to(pk: int, *, to: str, reason: str, note: str, actor: User, at: dt.datetime) -> Handoff:
    """Reassign to a person by email, or to a team by key."""
    taker: User | Team | None = (
        User.objects.filter(email=to).first() if "@" in to else Team.objects.filter(key=to).first()
    )
    if taker is None:
        raise Invalid("to", "Nobody of that name is here any more.")
    return responding.reassign(pk, to=taker, reason=reason, note=note, actor=actor, at=at)


def _due(handoff: Handoff) -> str:
    """“First touch is due in 18 min.”, while a clock runs."""
    if handoff.due_at is None:
        return ""
    left = words.time_left(handoff.due_at, timezone.now())
    name = dict(Clock.Kind.choices).get(handoff.due_clock, "It")
    if left.mood == "late":
        return f" {name} is {left.words}."
    day = words.day_and_time(handoff.due_at, timezone.now())
    return f" {name} is due by {day}."


def _accepted(handoff: Handoff) -> str:
    return f"Accepted {handoff.lead}.{_due(handoff)}"


def _rejected(handoff: Handoff) -> str:
    why = str(handoff.reason or "")
    said = f"Rejected {handoff.lead}: {why[:1].lower()}{why[1:]}."
    if onward := onward_of(handoff):
        return f"{said} It went to {onward.owner or onward.team or 'nobody yet'}."
    where = dict(Reason.GoesTo.choices).get(handoff.reason.goes_to if handoff.reason else "", "")
    return said + (f" Goes to: {where.lower()}." if where else "")


def _returned(handoff: Handoff) -> str:
    if handoff.step != FIRST_STEP:
        there = (
            Handoff.objects.open().filter(previous=handoff).select_related("owner", "team").get()
        )
        return f"Sent {handoff.lead} back to {there.owner or there.team}. Your clocks are paused."
    return f"Returned {handoff.lead} to marketing. Your clocks are paused."


def _resumed(handoff: Handoff) -> str:
    return f"{handoff.lead} is back with sales.{_due(handoff)}"


def _recycled(handoff: Handoff) -> str:
    day = f"{handoff.until:%-d %b %Y}" if handoff.until else ""
    return f"{handoff.lead} rests in nurture and is back by itself on {day}."


def _touched(handoff: Handoff) -> str:
    if handoff.next_step_due:
        day = words.day_and_time(handoff.next_step_due, timezone.now())
        return f"Logged. The next step is promised for {day}."
    return (
        f"Logged.{_due(handoff)}"
        if handoff.due_at
        else "Logged. The first-touch clock has stopped."
    )


def _disposed(handoff: Handoff) -> str:
    return f"Saved: {handoff.get_disposition_display().lower()}.{_due(handoff)}"


def _reassigned(handoff: Handoff) -> str:
    return f"{handoff.lead} went to {handoff.owner or handoff.team}.{_due(handoff)}"
