"""One company: who of it came in, what is being sold to it, and what they all did."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import Labels, humanise, live_labels
from handoff.views.signed_in import SignedIn
from handoff.words import count_of
from leads.chronicle import company
from leads.chronicle.deeds import deeds
from leads.chronicle.pages import Names
from leads.models import Account, Handoff, Lead, PageName, Touchpoint

from . import dossier
from .places import viewer_of
from .timeline import Line, days

PEOPLE = 50
DEEDS = 40
OTHERS = 500
DEALS = 50


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the company whom the reader may see."""

    lead: Lead
    did: str
    handoff_state: str
    holder: str


@login_required
@require_GET
@never_cache
def account(request: SignedIn, pk: int) -> HttpResponse:
    """A company of which the person may see at least one lead. Of leads that are not theirs to see
    no more is told than whose they are; of deals that are not, whose are open."""
    now = timezone.now()
    visible = Account.objects.visible_to(request.user).select_related("owner")
    found = get_object_or_404(visible.prefetch_related("domains"), pk=pk)
    mine = Lead.objects.filter(account=found, merged_into=None).visible_to(request.user)
    labels = live_labels()
    people = [_person(lead, labels) for lead in _people(mine)]
    beside = dossier.deals_beside({"account": found}, viewer_of(request.user))
    told = company.deals(row["one"] for row in beside[:DEALS])
    answers = {key: value for one in reversed(people) for key, value in one.lead.answers.items()}
    lines = _lines(people, labels)
    context = {
        "section": "leads",
        "account": found,
        **_known(found, people),
        "deals": told,
        "people": people,
        "others": _others(found, mine),
        "is_cut": len(people) == PEOPLE,
        "uses": company.uses_today(answers, told),
        "days": days(lines, now),
        "now": now,
    }
    return render(request, "leads/account.html", context)


def _people(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    newest = Handoff.objects.filter(lead=OuterRef("pk")).order_by("-pk")
    touched = Touchpoint.objects.filter(lead=OuterRef("pk")).order_by("-occurred_at")
    return leads.annotate(
        did=Subquery(touched.values("signal")[:1]),
        handoff_state=Subquery(newest.values("state")[:1]),
        owner_name=Subquery(newest.values("owner__name")[:1]),
        team_name=Subquery(newest.values("team__name")[:1]),
    ).order_by("-last_seen_at", "-pk")[:PEOPLE]


def _person(lead: Any, labels: Labels) -> Person:
    state = dict(Handoff.State.choices).get(lead.handoff_state, "Not handed over")
    did = labels.signals.get(lead.did) or humanise(lead.did)
    return Person(lead, did, str(state), lead.owner_name or lead.team_name or "")


def _known(account: Account, people: Sequence[Person]) -> dict[str, Any]:
    """What the account tells of itself, else what its people told, who was seen last first."""
    tellers = [account, *(one.lead for one in people)]
    return {
        name: next(filter(None, (getattr(one, name) for one in tellers)), "")
        for name in ("industry", "employees", "country")
    }


def _others(account: Account, mine: QuerySet[Lead]) -> list[tuple[str, str]]:
    """Leads of the company that the reader may not see: how many, and who has them."""
    newest = Handoff.objects.filter(lead=OuterRef("pk")).order_by("-pk")
    rest = (
        Lead.objects.filter(account=account, merged_into=None)
        .exclude(pk__in=mine.values("pk"))
        .annotate(
            owner_name=Subquery(newest.values("owner__name")[:1]),
            team_name=Subquery(newest.values("team__name")[:1]),
        )
        .order_by()
        .values_list("owner_name", "team_name")[:OTHERS]
    )
    holders = Counter(", ".join(filter(None, names)) or "marketing" for names in rest)
    return [
        (count_of(number, "person", "people"), holder) for holder, number in holders.most_common()
    ]


def _lines(people: Sequence[Person], labels: Labels) -> Iterable[Line]:
    """What everybody did, newest first, each with their name."""
    names = {one.lead.pk: one.lead.name or one.lead.title for one in people}
    pages = Names(PageName.objects.current().values_list("name", "paths"))
    done = Touchpoint.objects.filter(lead__in=names).order_by("-occurred_at", "-pk")[:DEEDS]
    for touchpoint in done:
        (deed,) = deeds([touchpoint], labels.signals, None, pages)
        said = f"{names[touchpoint.lead_id]}: {deed.in_text}"
        yield Line(deed.at, None, said, deed.detail)
