"""One lead: who, why now, what by when, and the evidence."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import document_of, labels_of
from handoff.models import OVERSEERS, User
from handoff.permissions import (
    may_approve_leads,
    may_describe_campaigns,
    may_edit_agreement,
    may_read_agreement,
)
from handoff.views.signed_in import SignedIn
from leads import story
from leads.chronicle import company, lede, rounds
from leads.chronicle.deeds import Way, way
from leads.chronicle.pages import Names
from leads.forms import CHANNELS, TouchForm
from leads.journey import causing, responding
from leads.models import Approval, Handoff, Judgement, Lead, Miss, Touchpoint

from . import approval_desk, checklist, clock_faces, dossier, evidence, scores, timeline
from .campaigns import card
from .desk import Menus, Picklists, desk_of

DEEDS = 5
"""Deeds of the journey that are drawn; earlier ones are folded."""


@login_required
@require_GET
@never_cache
def lead(request: SignedIn, pk: int) -> HttpResponse:
    """The page of one lead that the person may see. `do` opens a menu; `channel` begins a touch."""
    return page(request, pk, bound=_begun(request))


def _begun(request: SignedIn) -> dict[str, Form]:
    """The form of a touch over the channel that the address names."""
    channel = request.GET.get("channel", "")
    if request.GET.get("do") != "touch" or channel not in dict(CHANNELS):
        return {}
    return {"touch": TouchForm(prefix="touch", initial={"channel": channel})}


def page(
    request: SignedIn,
    pk: int,
    *,
    bound: dict[str, Form] | None = None,
    status: int = 200,
    said: str = "",
) -> HttpResponse:
    """The lead's page; `bound` are forms sent back with their errors, their menu open."""
    at = timezone.now()
    found = dossier.lead_of(pk, request.user)
    handoffs = dossier.handoffs_of(pk, request.user.pk)
    current = _current(handoffs, request.user)
    approval = _approval(found, current)
    came_from = request.GET.get("from", "")
    desk = desk_of(request.user, came_from, at=at)
    request.unread, request.absence = desk.unread, desk.absence
    if current is not None and current.owner_id == request.user.pk and current.opened_at is None:
        responding.mark_opened(current.pk, actor=request.user, at=at)
    context = {
        "section": "queue" if approval or (current is not None and current.is_open) else "leads",
        "lead": found,
        "now": at,
        "said": said,
        "came_from": came_from,
        **_hand_over(current, handoffs, at),
        "causes": _causes(current, request.user),
        **_evidence(request, found, None if approval else current, handoffs, at),
        **_actions(request, found, current, desk.picklists, bound or {}),
        **_to_approve(request, approval, desk.picklists, bound or {}, at),
        **_neighbours(desk.queue, pk),
        "may_read_agreement": may_read_agreement(request.user),
        "may_edit_agreement": may_edit_agreement(request.user),
        "may_describe": may_describe_campaigns(request.user),
    }
    return render(request, "leads/lead.html", context, status=status)


def _current(handoffs: list[Handoff], viewer: User) -> Handoff | None:
    """The one the page is about: the viewer's own among open ones, else the newest."""
    open_ones = [one for one in handoffs if one.is_open]
    mine = (one for one in open_ones if one.owner_id == viewer.pk)
    return next(mine, next(iter(open_ones or handoffs), None))


def _hand_over(current: Handoff | None, handoffs: list[Handoff], at: dt.datetime) -> dict[str, Any]:
    if current is None:
        return {"handoff": None, "clocks": [], "earlier": []}
    document = document_of(current.version_id)
    faces = [clock_faces.clock_face(clock, at, document) for clock in dossier.clocks_of(current.pk)]
    running = sorted((f for f in faces if f.state == "running"), key=lambda f: f.place)
    decisive = [f for f in running if not f.is_beside] or running or faces
    evident = [f for f in decisive if f.clock.receipt]
    assignments = dossier.assignments_of(current.pk)
    return {
        "handoff": current,
        "earlier": [h for h in handoffs if h is not current],
        "clocks": faces,
        "running": running,
        "misses": [face for face in faces if hasattr(face.clock, "miss")],
        "receipt": evident[-1] if evident else None,
        "other_receipts": [f for f in faces if f.clock.receipt and f not in evident[-1:]],
        "assignments": assignments,
        "why_you": assignments[0] if assignments else None,
        "tier": evidence.tier_of(current),
        "why_now": story.why_now(current),
    }


def _causes(current: Handoff | None, user: User) -> list[tuple[str, str]]:
    """The causes a person may say a deadline of this hand-over was missed for."""
    if current is None or not causing.may_say_why(current, user):
        return []
    return Miss.Cause.choices


def _evidence(
    request: SignedIn, lead: Lead, current: Handoff | None, handoffs: list[Handoff], at: dt.datetime
) -> dict[str, Any]:
    """What they did and said, and what was made of it."""
    judgement: Judgement | None = current.judgement if current else lead.judgement
    touchpoints = dossier.touchpoints_of(lead.pk)[::-1]
    found = _way(touchpoints, judgement, current, dossier.names_of(lead))
    told = dossier.company_of(lead)
    context = {
        "judgement": judgement,
        "deeds": found.deeds[-DEEDS:],
        "earlier_deeds": found.deeds[:-DEEDS],
        "notes": found.notes,
        "is_cut": len(touchpoints) == dossier.TOUCHES,
        "sent": dossier.sent_by(getattr(lead, "sent", ())),
        "who": lede.who(lead),
        **_round(current, handoffs, found, at),
        "uses": company.uses_today(lead.answers, told["deals"]),
        **told,
        **card.shown(lead, judgement, touchpoints),
        **_timeline(request, lead, touchpoints, at),
    }
    if judgement is None:
        return context
    return {
        **context,
        **scores.told(lead, current, judgement, touchpoints, at=at),
        "trial": scores.trial_of(lead, judgement.version_id),
        "missing": story.listed(judgement.missing),
    }


def _way(
    touchpoints: list[Touchpoint],
    judgement: Judgement | None,
    current: Handoff | None,
    pages: Names,
) -> Way:
    if judgement is None:
        return way(touchpoints, {}, None, pages=pages)
    trigger = current.triggered_at if current else None
    silent = scores.silent(document_of(judgement.version_id))
    return way(touchpoints, labels_of(judgement.version_id).signals, trigger, silent, pages)


def _round(
    current: Handoff | None, handoffs: list[Handoff], found: Way, at: dt.datetime
) -> dict[str, Any]:
    """What they asked for; of somebody who comes back, while they are in sales' hands, with what
    became of them before."""
    ended = [one.ended_at for one in handoffs if one is not current and one.ended_at is not None]
    if current is None or not current.is_open or not ended:
        return {"again": "", "asked": lede.asked(found, now=at)}
    earlier = [one for one in handoffs if one is not current]
    lately = found.since(max(ended))
    again = rounds.back_again(current, earlier, lately.deeds, now=at)
    return {"again": again, "asked": lede.asked(lately, now=at, is_told=bool(again))}


def _timeline(
    request: SignedIn, lead: Lead, touchpoints: list[Touchpoint], at: dt.datetime
) -> dict[str, Any]:
    reads = timeline.reads_payloads(request)
    events, newest = dossier.events_of(lead), touchpoints[-timeline.ON_PAGE :]
    lines = timeline.merged(lead, events, newest, reads_payloads=reads)[: timeline.ON_PAGE]
    return {"days": timeline.days(lines, at), "reads_payloads": reads, **timeline.tabs("all")}


def _actions(
    request: SignedIn,
    lead: Lead,
    current: Handoff | None,
    picklists: Picklists,
    bound: dict[str, Form],
) -> dict[str, Any]:
    opened = next(iter(bound), request.GET.get("do", ""))
    if current is None or not current.is_open:
        card = checklist.card_of(lead, current, may=False, forms={})
        return {"may": set(), "menus": {}, "checklist": card}
    may = allowed(request.user, current)
    card = checklist.card_of(
        lead, current, may=bool(may & {"return", "touch"}), forms=bound, opened=opened
    )
    fitting = picklists.at(current.step, checklist.questions_of(card))
    return {
        "may": may,
        "menus": Menus(fitting, bound),
        "reroutes": any(one.goes_to == "reroute" for one in fitting.reasons_for("reject")),
        "opened": opened,
        "checklist": card,
    }


def allowed(user: User, handoff: Handoff) -> set[str]:
    """The verbs this page offers on an open hand-over; the journey checks each again."""
    mine = handoff.owner_id == user.pk
    team = bool(getattr(handoff, "is_member", False))
    oversees = user.has_role(*OVERSEERS)
    if handoff.state == Handoff.State.RETURNED:
        resumes = {"resume"} if mine or team or oversees else set()
        return resumes | {"dispose"} if oversees else resumes
    verbs = {"reassign", "return"} if mine or team or oversees else set()
    if mine or team:
        verbs |= {"touch"}
        verbs |= {"recycle", "reject" if handoff.state == Handoff.State.WAITING else "dispose"}
        if handoff.state == Handoff.State.ACCEPTED and getattr(handoff, "onward", None):
            verbs.add("advance")
    if handoff.state == Handoff.State.WAITING and (mine or (team and handoff.owner_id is None)):
        verbs.add("accept")
    return verbs


def _approval(lead: Lead, current: Handoff | None) -> Approval | None:
    """What the lead waits for marketing with; nothing is asked while it is in sales' hands."""
    if current is not None and current.is_open:
        return None
    return approval_desk.waiting_for(lead, lead.judgement)


def _to_approve(
    request: SignedIn,
    approval: Approval | None,
    picklists: Picklists,
    bound: dict[str, Form],
    at: dt.datetime,
) -> dict[str, Any]:
    if approval is None:
        return {"approval": None}
    (waiting,) = approval_desk.told([approval], at=at)
    told = {"approval": approval, "waiting": waiting, "may_approve": False}
    if may_approve_leads(request.user):
        form = bound.get("elsewhere") or approval_desk.elsewhere(picklists.reasons)
        told |= {"may_approve": True, "elsewhere": form}
        told["opened"] = next(iter(bound), request.GET.get("do", ""))
    return told


def _neighbours(queue: list[int], pk: int) -> dict[str, Any]:
    address = lambda other: reverse("leads:lead", args=[other])  # noqa: E731
    if pk not in queue:
        return {"next": address(queue[0])} if queue else {}
    at = queue.index(pk)
    return {
        "place_in_queue": f"{at + 1} of {len(queue)}",
        "previous": address(queue[at - 1]) if at else "",
        "next": address(queue[at + 1]) if at + 1 < len(queue) else "",
    }
