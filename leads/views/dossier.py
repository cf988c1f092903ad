"""What a lead's page reads of a lead: a few wide statements, each written once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.http import Http404

from handoff.models import Membership, Track, Trial, User
from handoff.prepared import prepared
from leads.chronicle.company import Colleague, Deal, deals
from leads.chronicle.pages import Names
from leads.models import (
    AccountDomain,
    Assignment,
    Clock,
    Event,
    Handoff,
    Lead,
    MergeProposal,
    Opportunity,
    PageName,
    Submission,
    Touchpoint,
    TrialMember,
)

from . import checklist
from .campaigns import card
from .places import viewer_of

TOUCHES = 200
EVENTS = 20
SUBMISSIONS = 20
DEALS = 6
COLLEAGUES = 5
SENT = ("trigger", "source", "campaign", "offer", "landing_page", "answers")


@dataclass(frozen=True, slots=True)
class Sent:
    """One enquiry as a page shows it. `delivery`: its payload as it came."""

    at: dt.datetime
    trigger: str
    source: str
    campaign: str
    offer: str
    landing_page: str
    answers: Mapping[str, Any]
    delivery: int | None
    is_first: bool = False
    is_latest: bool = False


def lead_of(pk: int, user: User) -> Lead:
    """The lead with its account and what is told beside it. Raises Http404 for what the person may
    not see."""
    found = _lead(pk, viewer_of(user), user.pk)
    if not found:
        raise Http404
    return found[0]


@prepared
def _lead(pk: int, viewer: int | None, reader: int) -> QuerySet[Lead]:
    account = {"account": OuterRef("account")}
    leads = Lead.objects.all() if viewer is None else Lead.objects.handed_to(viewer)
    return (
        leads.filter(pk=pk)
        .select_related("account", "account__owner", "judgement", "merged_into")
        .annotate(
            **card.joined(reader),
            domains=ArraySubquery(
                AccountDomain.objects.filter(**account)
                .order_by("-is_primary", "domain")
                .values("domain")[:4]
            ),
            deals=ArraySubquery(deals_beside(account, viewer)[:DEALS]),
            colleagues=ArraySubquery(_colleagues(viewer)),
            people_known=Subquery(_count(Lead.objects.filter(**account).order_by())),
            sent=ArraySubquery(_submissions()),
            newest_events=ArraySubquery(_events()),
            tried_by=ArraySubquery(
                TrialMember.objects.filter(lead=OuterRef("pk"), arm=TrialMember.Arm.TRIAL)
                .order_by("pk")
                .values("trial__version")
            ),
            page_names=ArraySubquery(
                PageName.objects.current().values(one=JSONObject(name="name", paths="paths"))
            ),
            duplicate_of=Subquery(
                MergeProposal.objects.filter(lead=OuterRef("pk"), state="open").values("other")[:1]
            ),
            track_label=Subquery(
                Track.objects.filter(key=OuterRef("nurture_track")).values("label")[:1]
            ),
            **{name: column() for name, column in checklist.COLUMNS.items()},
        )
    )


def deals_beside(account: Mapping[str, Any], viewer: int | None) -> QuerySet[Any]:
    """What `viewer` may know of a company's deals, each as `company.deals` reads it, as `one`."""
    told = {name: name for name in ("stage", "opened_at", "closed_at", "reason", "competitor")}
    rows = Opportunity.objects.filter(**account).beside(viewer).open_first()
    amount = Cast("amount", TextField())
    return rows.values(one=JSONObject(**told, amount=amount, owner="owner__name", whole="whole"))


def _colleagues(viewer: int | None) -> QuerySet[Any]:
    """Others of the same company, last seen first; `seen` tells whether the person may see one."""
    here = OuterRef("pk")
    handoffs = Handoff.objects.filter(lead=here).order_by("-pk")
    newest = Touchpoint.objects.filter(lead=here).order_by("-occurred_at")
    sight = handoffs if viewer is None else handoffs.handed_to(viewer)
    seen = {"seen": Exists(sight.order_by())} if viewer is not None else {}
    rows = Lead.objects.filter(account=OuterRef("account"), merged_into=None)
    return (
        rows.exclude(pk=OuterRef("pk"))
        .order_by("-last_seen_at", "-pk")
        .values(
            one=JSONObject(
                pk="pk",
                first="first_name",
                last="last_name",
                email="email",
                role="role",
                did=Subquery(newest.values("signal")[:1]),
                at="last_seen_at",
                owner=Subquery(handoffs.values("owner__name")[:1]),
                team=Subquery(handoffs.values("team__name")[:1]),
                **seen,
            )
        )[:COLLEAGUES]
    )


def _submissions() -> QuerySet[Any]:
    told = {name: name for name in SENT}
    rows = Submission.objects.filter(lead=OuterRef("pk")).order_by("-occurred_at", "-pk")
    return rows.values(one=JSONObject(**told, at="occurred_at", delivery="delivery_id"))[
        :SUBMISSIONS
    ]


def _events() -> QuerySet[Any]:
    told = {name: name for name in ("seq", "at", "kind", "by", "body", "actor")}
    rows = Event.objects.filter(lead=OuterRef("pk")).order_by("-seq")
    return rows.values(one=JSONObject(**told, name="actor__name", email="actor__email"))[:EVENTS]


def _count(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.values("account").annotate(n=Count("pk")).values("n")


def names_of(lead: Lead) -> Names:
    """What marketing calls pages, as `lead_of` found it beside a lead."""
    return Names((row["name"], row["paths"]) for row in getattr(lead, "page_names", ()))


def company_of(lead: Lead) -> dict[str, Any]:
    """The deals and the colleagues that `lead_of` found beside a lead."""
    found: list[Deal] = deals(getattr(lead, "deals", ()))
    people = [_colleague(row) for row in getattr(lead, "colleagues", ())]
    return {"deals": found, "colleagues": people}


def _colleague(row: Mapping[str, Any]) -> Colleague:
    name = f"{row['first']} {row['last']}".strip() or row["email"] or ""
    told = row.get("seen", True)
    return Colleague(
        row["pk"] if told else None,
        name if told else "",
        row["role"] if told else "",
        (row["did"] or "") if told else "",
        dt.datetime.fromisoformat(row["at"]) if told else None,
        row["owner"] or "",
        row["team"] or "",
    )


def sent_by(rows: Iterable[Mapping[str, Any]]) -> list[Sent]:
    """The enquiries that `lead_of` found beside a lead, newest first."""
    told = list(rows)
    first = len(told) - 1 if len(told) < SUBMISSIONS else None
    return [
        Sent(
            at=dt.datetime.fromisoformat(row["at"]),
            is_first=place == first,
            is_latest=place == 0,
            **{name: row[name] for name in (*SENT, "delivery")},
        )
        for place, row in enumerate(told)
    ]


def events_of(lead: Lead) -> list[Event]:
    """The newest EVENTS that `lead_of` found beside a lead, newest first."""
    return [
        Event(
            lead_id=lead.pk,
            seq=row["seq"],
            at=dt.datetime.fromisoformat(row["at"]),
            kind=row["kind"],
            by=row["by"],
            body=row["body"],
            actor=User(pk=row["actor"], name=row["name"], email=row["email"])
            if row["actor"]
            else None,
        )
        for row in getattr(lead, "newest_events", ())
    ]


@prepared
def handoffs_of(lead: int, viewer: int) -> QuerySet[Handoff]:
    """A lead's hand-overs, the open one first, then by their end."""
    member = Membership.objects.filter(team=OuterRef("team"), user=viewer, active=True)
    return (
        Handoff.objects.filter(lead=lead)
        .select_related("team", "owner", "reason", "answered_by", "judgement")
        .with_onward()
        .annotate(is_member=Exists(member))
        .order_by(F("ended_at").desc(nulls_first=True), "-pk")[:20]
    )


@prepared
def clocks_of(handoff: int) -> QuerySet[Clock]:
    rows = Clock.objects.filter(handoff=handoff)
    related = ("calendar", "version", "miss", "miss__confirmed_by")
    return rows.select_related(*related).order_by("pk")


@prepared
def assignments_of(handoff: int) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(handoff=handoff)
    return rows.select_related("owner", "team", "actor", "reason").order_by("-pk")


@prepared
def touchpoints_of(lead: int) -> QuerySet[Touchpoint]:
    """The newest TOUCHES, newest first."""
    return Touchpoint.objects.filter(lead=lead).order_by("-occurred_at", "-pk")[:TOUCHES]


@prepared
def trials_of(version: int) -> QuerySet[Trial]:
    return Trial.objects.filter(version=version)
