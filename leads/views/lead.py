"""One lead: who, why now, what by when, and the evidence."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, JSONObject
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import Labels, document_of, humanise, labels_of
from handoff.models import Membership, Reason, Step, Team, User
from handoff.views.signed_in import SignedIn
from leads import forms, story
from leads.journey import responding
from leads.models import (
    AccountDomain,
    Assignment,
    Clock,
    Event,
    Handoff,
    Judgement,
    Lead,
    MergeProposal,
    Message,
    Opportunity,
    Touchpoint,
)

from . import evidence
from .places import OVERSEERS, by_due

BY = {
    Team.Pick.ROUND_ROBIN: "whose turn it is",
    Team.Pick.LEAST_LOADED: "whoever has the fewest open",
    Team.Pick.PULL: "its queue",
}
TOUCHES = 200
EVENTS = 60
FIELDS = [(name, humanise(name)) for name in (
    "email", "phone", "role", "company", "country", "employees", "industry", "source", "campaign",
    "problem", "timing", "product_interest",
)]  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """What the page offers besides the lead: picklists, the unread count, and the neighbours."""

    unread: int
    reasons: list[Reason]
    people: list[tuple[str, str]]
    teams: list[tuple[str, str]]
    neighbours: list[int] = field(default_factory=list)

    def reasons_for(self, what: str) -> list[Reason]:
        return [reason for reason in self.reasons if what in reason.applies_to]


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
    found = get_object_or_404(_leads(request.user), pk=pk)
    handoffs = _handoffs(found, request.user)
    current = _current(handoffs)
    came_from = request.GET.get("from", "")
    desk = desk_of(request.user, came_from)
    request.unread = desk.unread
    if current is not None and current.owner_id == request.user.pk and current.opened_at is None:
        responding.mark_opened(current.pk, actor=request.user, at=at)
    context = {
        "section": "queue" if current is not None and current.is_open else "leads",
        "lead": found,
        "now": at,
        "said": said,
        "came_from": came_from,
        **_hand_over(current, handoffs, at),
        **_evidence(found, current),
        **_actions(request, current, desk, bound or {}),
        **_neighbours(desk.neighbours, pk),
    }
    return render(request, "leads/lead.html", context, status=status)


def _leads(user: User) -> QuerySet[Lead]:
    account = {"account": OuterRef("account")}
    opportunities = Opportunity.objects.filter(**account).order_by()
    return (
        Lead.objects.visible_to(user)
        .select_related("account", "account__owner", "judgement", "merged_into")
        .annotate(
            account_domain=Subquery(AccountDomain.objects.filter(**account).values("domain")[:1]),
            open_opportunities=Subquery(_count(opportunities.filter(stage="open"))),
            lost_opportunities=Subquery(_count(opportunities.filter(stage="lost"))),
            people_known=Subquery(_count(Lead.objects.filter(**account).order_by(), "account")),
            duplicate_of=Subquery(
                MergeProposal.objects.filter(lead=OuterRef("pk"), state="open").values("other")[:1]
            ),
        )
    )


def _count(rows: QuerySet[Any], by: str = "account") -> QuerySet[Any]:
    return rows.values(by).annotate(n=Count("pk")).values("n")


def _handoffs(lead: Lead, user: User) -> list[Handoff]:
    member = Membership.objects.filter(team=OuterRef("team"), user=user, active=True)
    return list(
        Handoff.objects.filter(lead=lead)
        .select_related("team", "owner", "reason", "judgement", "answered_by")
        .annotate(
            is_member=Exists(member),
            onward=Subquery(Step.objects.filter(comes_from=OuterRef("step")).values("key")[:1]),
        )
        .order_by(F("ended_at").desc(nulls_first=True), "-pk")[:20]
    )


def _current(handoffs: list[Handoff]) -> Handoff | None:
    return next((h for h in handoffs if h.is_open), handoffs[0] if handoffs else None)


def desk_of(user: User, came_from: str) -> Desk:
    """Everything the actions need to offer, in one statement."""
    unread = Message.objects.inbox(user).unread().order_by().values("recipient")
    people = (
        User.objects.filter(is_active=True, memberships__active=True).distinct().order_by("name")
    )
    columns = ("key", "label", "applies_to", "goes_to", "needs_note", "needs_date")
    row = (
        User.objects.filter(pk=user.pk)
        .annotate(
            n=Coalesce(
                Subquery(unread.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
            ),
            reasons=ArraySubquery(
                Reason.objects.filter(active=True)
                .order_by("label")
                .values(one=JSONObject(**{c: c for c in columns}))
            ),
            colleagues=ArraySubquery(people.values(one=JSONObject(email="email", name="name"))),
            all_teams=ArraySubquery(
                Team.objects.order_by("name").values(
                    one=JSONObject(key="key", name="name", pick="pick")
                )
            ),
            queue=ArraySubquery(_queue(user, came_from).values("lead_id")[:200]),
        )
        .values("n", "reasons", "colleagues", "all_teams", "queue")
        .get()
    )
    return Desk(
        row["n"],
        [Reason(**values) for values in row["reasons"]],
        [(p["email"], p["name"] or p["email"]) for p in row["colleagues"]],
        [(t["key"], f"{t['name']} ({BY[t['pick']]})") for t in row["all_teams"]],
        row["queue"] or [],
    )


def _queue(user: User, came_from: str) -> QuerySet[Handoff]:
    working = Handoff.objects.working().visible_to(user)
    if came_from.startswith("team-"):
        return by_due(working.filter(team__key=came_from.removeprefix("team-")))
    if came_from in ("mine", "follow-ups", "unsaid"):
        return by_due(working.filter(owner=user))
    return by_due(
        working.filter(state=Handoff.State.RETURNED) if came_from == "returned" else working.none()
    )


def _hand_over(current: Handoff | None, handoffs: list[Handoff], at: dt.datetime) -> dict[str, Any]:
    if current is None:
        return {"handoff": None, "clocks": [], "earlier": []}
    clocks = Clock.objects.filter(handoff=current).select_related("calendar").order_by("pk")
    faces = [evidence.clock_face(clock, at) for clock in clocks]
    running = sorted((f for f in faces if f.state == "running"), key=lambda f: f.clock.due_at)
    assignments = list(
        Assignment.objects.filter(handoff=current)
        .select_related("owner", "team", "actor", "reason")
        .order_by("-pk")
    )
    return {
        "handoff": current,
        "earlier": [h for h in handoffs if h is not current],
        "clocks": faces,
        "running": running,
        "receipt": next((f for f in reversed(running) if f.clock.receipt), None)
        or next((f for f in reversed(faces) if f.clock.receipt), None),
        "assignments": assignments,
        "why_you": next((a for a in assignments if a.explanation.get("candidates")), None)
        or (assignments[-1] if assignments else None),
        "tier": evidence.tier_of(current),
        "why_now": story.why_now(current),
    }


def _evidence(lead: Lead, current: Handoff | None) -> dict[str, Any]:
    judgement: Judgement | None = current.judgement if current else lead.judgement
    touchpoints = list(
        Touchpoint.objects.filter(lead=lead).order_by("-occurred_at", "-pk")[:TOUCHES]
    )[::-1]
    events = list(Event.objects.filter(lead=lead).select_related("actor").order_by("-seq")[:EVENTS])
    common = {"events": events, "judgement": judgement}
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


def _actions(
    request: SignedIn, current: Handoff | None, desk: Desk, bound: dict[str, Form]
) -> dict[str, Any]:
    if current is None or not current.is_open:
        return {"may": set(), "menus": {}}
    may = allowed(request.user, current)
    reasons = desk.reasons_for
    empty: dict[str, Form] = {
        "accept": forms.AcceptForm(),
        "reject": forms.RejectForm(reasons=reasons("reject"), prefix="reject"),
        "return": forms.ReturnForm(reasons=reasons("return"), fields=FIELDS, prefix="return"),
        "touch": forms.TouchForm(prefix="touch"),
        "dispose": forms.DisposeForm(reasons=reasons("dispose"), prefix="dispose"),
        "reassign": forms.ReassignForm(
            reasons=reasons("reassign"), people=desk.people, teams=desk.teams, prefix="reassign"
        ),
    }
    return {
        "may": may,
        "menus": {**empty, **bound},
        "opened": next(iter(bound), request.GET.get("do", "")),
    }


def allowed(user: User, handoff: Handoff) -> set[str]:
    """The verbs this page offers on an open hand-over; the journey checks each again."""
    mine = handoff.owner_id == user.pk
    team = bool(getattr(handoff, "is_member", False))
    oversees = user.has_role(*OVERSEERS)
    if handoff.state == Handoff.State.RETURNED:
        return {"resume"} if mine or team or oversees else set()
    verbs = {"reassign", "return"} if mine or team or oversees else set()
    if mine or team:
        verbs |= {"touch"}
        verbs |= {"reject"} if handoff.state == Handoff.State.WAITING else {"dispose"}
        if handoff.state == Handoff.State.ACCEPTED and getattr(handoff, "onward", None):
            verbs.add("advance")
    if handoff.state == Handoff.State.WAITING and (mine or (team and handoff.owner_id is None)):
        verbs.add("accept")
    return verbs


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
