"""One campaign, offer, brief, persona or text, as those who use it read it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff import history
from handoff.labels import humanise, live_labels
from handoff.views.signed_in import SignedIn
from leads.journey.briefing import what_it_fills
from leads.models import Brief, Campaign, Lead, Offer, Persona, TextTemplate

from . import filled, tables
from .kinds import KINDS, frame, one_of

VOTES = 100


@login_required
@require_GET
@never_cache
def thing(request: SignedIn, kind: str, pk: int) -> HttpResponse:
    """One of a kind; who may change it also reads who did, and what reps said."""
    asked = KINDS[kind]
    found = one_of(asked, pk)
    base = frame(request.user, kind)
    context = {
        **base,
        "kind": asked,
        "thing": found,
        "changes": history.changes_of(found) if base["may_describe"] else [],
        "most": history.MOST,
        "now": timezone.now(),
        **_more(found, request, base["may_describe"]),
    }
    return render(request, f"leads/campaigns/{asked.one}.html", context)


def _more(found: Any, request: SignedIn, may_describe: bool) -> dict[str, Any]:
    match found:
        case Campaign():
            briefs = Brief.objects.filter(campaign=found, archived=False)
            return {
                "days": tables.days(found),
                "briefs": briefs.select_related("campaign", "persona"),
            }
        case Offer():
            names = live_labels().motions
            return {
                "days": tables.days(found),
                "segment": tables.segment(found),
                "sellers": ", ".join(names.get(one) or humanise(one) for one in found.motions),
            }
        case Brief():
            questions = [(row, what_it_fills(row["fills"])) for row in found.questions]
            votes = found.votes.select_related("author", "lead")[: VOTES if may_describe else 0]
            return {"questions": questions, "votes": votes}
        case Persona():
            return {
                "known_by": tables.known_by(found),
                "briefs": found.briefs.filter(archived=False).select_related("campaign", "persona"),
            }
        case TextTemplate():
            return _text(found, request)
    return {}


def _text(text: TextTemplate, request: SignedIn) -> dict[str, Any]:
    """A text as it would read for a lead: the one asked for, else the newest one may see."""
    lead = a_lead(request)
    if lead is None:
        return {"lead": None}
    return {"lead": lead, "filled": filled.of(text, lead, request.user)}


def a_lead(request: SignedIn) -> Lead | None:
    """The lead named in the address (`lead`: its number, or words it is found by) among those one
    may see; the newest where none is named."""
    asked = request.GET.get("lead", "").strip() or request.POST.get("lead", "").strip()
    leads = Lead.objects.visible_to(request.user).order_by("-last_seen_at", "-pk")
    if asked.isascii() and asked.isdecimal() and len(asked) < 10:
        return leads.filter(pk=int(asked)).first()
    return (leads.search(asked) if asked else leads).first()
