"""One lead: who, why now, what by when, and the evidence."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff import segments
from handoff.labels import Labels, document_of, humanise, labels_of
from handoff.models import OVERSEERS, Membership, Step, Trial, User
from handoff.permissions import may_approve_leads, may_edit_agreement, may_read_agreement
from handoff.prepared import prepared
from handoff.views.signed_in import SignedIn
from leads import story
from leads.journey import causing, responding
from leads.models import (
    AccountDomain,
    Approval,
    Assignment,
    Clock,
    Event,
    Handoff,
    Judgement,
    Lead,
    MergeProposal,
    Miss,
    Opportunity,
    Touchpoint,
    TrialMember,
)

from . import approval_desk, clock_faces, evidence
from .desk import Menus, Picklists, desk_of
from .places import viewer_of

TOUCHES = 200
EVENTS = 60


@login_required
@require_GET
@never_cache
def lead(request: SignedIn, pk: int) -> HttpResponse:
    """The page of one lead that the person may see."""
    return page(request, pk)


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
    found = _visible_lead(pk, request.user)
    handoffs = _handoffs(pk, request.user.pk)
    current = _current(handoffs)
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
        **_evidence(found, None if approval else current),
        **_actions(request, current, desk.picklists, bound or {}),
        **_to_approve(request, approval, desk.picklists, bound or {}, at),
        **_neighbours(desk.queue, pk),
        "may_read_agreement": may_read_agreement(request.user),
        "may_edit_agreement": may_edit_agreement(request.user),
    }
    return render(request, "leads/lead.html", context, status=status)


def _visible_lead(pk: int, user: User) -> Lead:
    """Raises Http404 for what the person may not see."""
    found = _lead(pk, viewer_of(user))
    if not found:
        raise Http404
    return found[0]


@prepared
def _lead(pk: int, viewer: int | None) -> QuerySet[Lead]:
    account = {"account": OuterRef("account")}
    opportunities = Opportunity.objects.filter(**account).order_by()
    leads = Lead.objects.all() if viewer is None else Lead.objects.handed_to(viewer)
    return (
        leads.filter(pk=pk)
        .select_related("account", "account__owner", "judgement", "merged_into")
        .annotate(
            account_domain=Subquery(AccountDomain.objects.filter(**account).values("domain")[:1]),
            open_opportunities=Subquery(_count(opportunities.filter(stage="open"))),
            lost_opportunities=Subquery(_count(opportunities.filter(stage="lost"))),
            people_known=Subquery(_count(Lead.objects.filter(**account).order_by(), "account")),
            tried_by=ArraySubquery(
                TrialMember.objects.filter(lead=OuterRef("pk"), arm=TrialMember.Arm.TRIAL)
                .order_by("pk")
                .values("trial__version")
            ),
            duplicate_of=Subquery(
                MergeProposal.objects.filter(lead=OuterRef("pk"), state="open").values("other")[:1]
            ),
        )
    )


def _count(rows: QuerySet[Any], by: str = "account") -> QuerySet[Any]:
    return rows.values(by).annotate(n=Count("pk")).values("n")


@prepared
def _handoffs(lead: int, viewer: int) -> QuerySet[Handoff]:
    member = Membership.objects.filter(team=OuterRef("team"), user=viewer, active=True)
    return (
        Handoff.objects.filter(lead=lead)
        .select_related("team", "owner", "reason", "answered_by", "judgement")
        .annotate(
            is_member=Exists(member),
            onward=Subquery(Step.objects.filter(comes_from=OuterRef("step")).values("key")[:1]),
        )
        .order_by(F("ended_at").desc(nulls_first=True), "-pk")[:20]
    )


@prepared
def _clocks(handoff: int) -> QuerySet[Clock]:
    rows = Clock.objects.filter(handoff=handoff)
    related = ("calendar", "version", "miss", "miss__confirmed_by")
    return rows.select_related(*related).order_by("pk")


@prepared
def _assignments(handoff: int) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(handoff=handoff)
    return rows.select_related("owner", "team", "actor", "reason").order_by("-pk")


@prepared
def _touchpoints(lead: int) -> QuerySet[Touchpoint]:
    return Touchpoint.objects.filter(lead=lead).order_by("-occurred_at", "-pk")[:TOUCHES]


@prepared
def _events(lead: int) -> QuerySet[Event]:
    return Event.objects.filter(lead=lead).select_related("actor").order_by("-seq")[:EVENTS]


@prepared
def _trials(version: int) -> QuerySet[Trial]:
    return Trial.objects.filter(version=version)


def _current(handoffs: list[Handoff]) -> Handoff | None:
    return next((h for h in handoffs if h.is_open), handoffs[0] if handoffs else None)


def _hand_over(current: Handoff | None, handoffs: list[Handoff], at: dt.datetime) -> dict[str, Any]:
    if current is None:
        return {"handoff": None, "clocks": [], "earlier": []}
    document = document_of(current.version_id)
    faces = [clock_faces.clock_face(clock, at, document) for clock in _clocks(current.pk)]
    running = sorted((f for f in faces if f.state == "running"), key=lambda f: f.place)
    decisive = [f for f in running if not f.is_beside] or running or faces
    evident = [f for f in decisive if f.clock.receipt]
    assignments = _assignments(current.pk)
    return {
        "handoff": current,
        "earlier": [h for h in handoffs if h is not current],
        "clocks": faces,
        "running": running,
        "misses": [face for face in faces if hasattr(face.clock, "miss")],
        "receipt": evident[-1] if evident else None,
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


def _evidence(lead: Lead, current: Handoff | None) -> dict[str, Any]:
    judgement: Judgement | None = current.judgement if current else lead.judgement
    touchpoints = _touchpoints(lead.pk)[::-1]
    common = {"events": _events(lead.pk), "judgement": judgement}
    if judgement is None:
        return {**common, "deeds": story.deeds(touchpoints, {}, None)}
    labels: Labels = labels_of(judgement.version_id)
    document = document_of(judgement.version_id)
    fit = evidence.criteria(judgement, document, lead)
    told = story.deeds(touchpoints, labels.signals, current.triggered_at if current else None)
    return {
        **common,
        "labels": labels,
        "rule": labels.decide.get(judgement.rule) or humanise(judgement.rule),
        "trial": _trial(lead, judgement.version_id),
        "rule_place": labels.place("decide", judgement.rule),
        "fit": fit,
        "fit_counts": {s: sum(row.state == s for row in fit) for s in ("met", "unmet", "unknown")},
        "intent": evidence.intent_parts(judgement, document, touchpoints),
        "required": [(name, name in judgement.missing) for name in document.get("required", ())],
        "missing": story.listed(judgement.missing),
        "deeds": told[-5:],
        "earlier_deeds": told[:-5],
        "lede": evidence.lede(current, lead),
    }


def _trial(lead: Lead, version_id: int) -> dict[str, Any] | None:
    """The trial under which a lead was judged, and for whom it was; None outside of any."""
    if version_id not in getattr(lead, "tried_by", ()):
        return None
    trial = _trials(version_id)[0]
    return {"of": trial, "segment": segments.in_words(trial.when, document_of(version_id))}


def _actions(
    request: SignedIn, current: Handoff | None, picklists: Picklists, bound: dict[str, Form]
) -> dict[str, Any]:
    if current is None or not current.is_open:
        return {"may": set(), "menus": {}}
    return {
        "may": allowed(request.user, current),
        "menus": Menus(picklists, bound),
        "opened": next(iter(bound), request.GET.get("do", "")),
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
        verbs |= {"reject"} if handoff.state == Handoff.State.WAITING else {"dispose"}
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
    if pk not in queue:
        return {}
    at = queue.index(pk)
    address = lambda other: reverse("leads:lead", args=[other])  # noqa: E731
    return {
        "place_in_queue": f"{at + 1} of {len(queue)}",
        "previous": address(queue[at - 1]) if at else "",
        "next": address(queue[at + 1]) if at + 1 < len(queue) else "",
    }
