"""From a lead's page: make it an example of a draft, in one click or choosing which."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff import drafting
from handoff.models import DecideRule, DefinitionVersion
from handoff.permissions import may_edit_agreement, may_read_agreement
from handoff.views.signed_in import SignedIn
from leads.journey.exemplifying import make_example
from leads.models import Judgement, Lead

NEW = "new"
KINDS = ("example", "counterexample")


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def exemplify(request: SignedIn, pk: int) -> HttpResponse:
    """Choose the draft and what must come out; a post makes the example and opens it for editing.

    Without a choice the draft edited last is taken, or a new one begins where there is none.
    """
    lead, judgement = _lead(request, pk)
    drafts = list(DefinitionVersion.objects.drafts().with_rows())
    drafts.sort(key=lambda one: one.edited_at or one.created_at, reverse=True)
    if request.method == "POST" and judgement is not None:
        return _made(request, lead, judgement, drafts)
    context = {
        "section": "leads",
        "lead": lead,
        "judgement": judgement,
        "drafts": drafts,
        "statuses": DecideRule.Status.choices,
    }
    return render(request, "leads/trying/exemplify.html", context)


def _made(
    request: SignedIn, lead: Lead, judgement: Judgement, drafts: list[DefinitionVersion]
) -> HttpResponse:
    asked, status = request.POST.get("draft", ""), request.POST.get("status", "")
    draft = drafts[0] if drafts and not asked else None
    if asked not in ("", NEW):
        draft = next((one for one in drafts if str(one.number) == asked), None)
        if draft is None:
            messages.warning(request, "That draft is no draft any more. Choose another.")
            return redirect("leads:exemplify", lead.pk)
    kind = request.POST.get("kind", "")
    choice: dict[str, Any] = {
        "kind": kind if kind in KINDS else "example",
        "status": status if status in DecideRule.Status.values else "",
    }
    at = timezone.now()
    try:
        made, place = make_example(lead, judgement, draft, **choice, actor=request.user, at=at)
    except (drafting.Faulty, drafting.Overtaken) as error:
        messages.warning(request, f"It could not become an example: {error}")
        return redirect("leads:exemplify", lead.pk)
    messages.success(request, f"It is an example of draft {made} now. Change what is not right.")
    return redirect("example", made.number, place)


def _lead(request: SignedIn, pk: int) -> tuple[Lead, Judgement | None]:
    """The lead and the judgement its page shows. Raises Http404, PermissionDenied."""
    if not may_read_agreement(request.user):
        raise Http404
    lead = Lead.objects.select_related("judgement").filter(pk=pk).first()
    if lead is None:
        raise Http404
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    handoff = lead.handoffs.select_related("judgement").order_by("-pk").first()
    return lead, handoff.judgement if handoff is not None else lead.judgement
