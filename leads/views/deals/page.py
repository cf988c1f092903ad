"""One opportunity: how it stands, the hand-overs it came of, why it ended, what changed."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff import history
from handoff.models import User
from handoff.views.signed_in import SignedIn
from leads.journey import dealing
from leads.models import Handoff, Lead, Opportunity

from .forms import StandingForm, WhyForm, day_of


def deal_of(user: User, pk: int) -> Opportunity:
    """An opportunity a person may see; 404 for every other."""
    rows = Opportunity.objects.visible_to(user)
    related = ("lead", "account", "owner", "told_by", "handoff")
    return get_object_or_404(rows.select_related(*related), pk=pk)


@login_required
@require_GET
@never_cache
def opportunity(request: SignedIn, pk: int) -> HttpResponse:
    """The page of one opportunity."""
    return shown(request, deal_of(request.user, pk))


def shown(
    request: SignedIn,
    deal: Opportunity,
    *,
    standing: StandingForm | None = None,
    why: WhyForm | None = None,
) -> HttpResponse:
    """The page; with a form that was sent back it is a 422."""
    handoffs = dealing.reached_by(deal.handoff) if deal.handoff else Handoff.objects.none()
    context: dict[str, Any] = {
        "section": "leads",
        "deal": deal,
        "may_change": dealing.may_change(deal, request.user),
        "may_see_lead": deal.lead_id is not None
        and Lead.objects.visible_to(request.user).filter(pk=deal.lead_id).exists(),
        "standing": standing or StandingForm(initial=_standing(deal), deal=deal),
        "why": why or WhyForm(initial=_why(deal), deal=deal),
        "competitors": dealing.known_words("competitor"),
        "handoffs": handoffs.select_related("owner", "team", "judgement").order_by("pk"),
        "changes": history.changes_of(deal),
        "most": history.MOST,
        "now": timezone.now(),
    }
    status = 422 if standing is not None or why is not None else 200
    return render(request, "leads/deals/opportunity.html", context, status=status)


def _standing(deal: Opportunity) -> dict[str, Any]:
    opened = day_of(deal.opened_at) or timezone.localdate()
    return {"step": deal.step, "amount": deal.amount, "opened": opened, "owner": deal.owner_id}


def _why(deal: Opportunity) -> dict[str, Any]:
    names = ("reason", "competitor", "note", *dealing.WORDS)
    said = {name: getattr(deal, name) for name in names}
    stage = "" if deal.stage == Opportunity.Stage.OPEN else deal.stage
    return {**said, "stage": stage, "closed": day_of(deal.closed_at) or timezone.localdate()}
