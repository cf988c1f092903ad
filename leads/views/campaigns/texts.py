"""The texts a lead offers: choose one, read it filled, copy it or mail it."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from leads.models import Handoff, Lead, TextTemplate

from . import filled


@login_required
@require_GET
@never_cache
def texts(request: SignedIn, pk: int) -> HttpResponse:
    """One text filled from the lead (`text`, else the likeliest), with the others to choose from;
    a card of the lead's page, or a page of its own."""
    leads = Lead.objects.visible_to(request.user).select_related("judgement")
    lead = get_object_or_404(leads, pk=pk)
    offered = likeliest_first(TextTemplate.objects.current(), lead.language)
    asked = whole(request.GET.get("text", ""))
    chosen = next((one for one in offered if one.pk == asked), None) or next(iter(offered), None)
    context = {
        "section": "leads",
        "lead": lead,
        "texts": offered,
        "chosen": chosen,
        "filled": filled.of(chosen, lead, request.user) if chosen else None,
        "may_touch": _may_touch(request, lead),
    }
    part = request.htmx and not request.htmx.boosted
    name = "leads/_lead_words.html" if part else "leads/campaigns/lead_texts.html"
    return render(request, name, context)


def likeliest_first(texts: Iterable[TextTemplate], language: str) -> list[TextTemplate]:
    """Mails first; of each kind those in the lead's language, those in none, those in the
    language of these pages, then others."""
    theirs, ours = language.strip().lower(), settings.LANGUAGE_CODE.partition("-")[0]
    kinds = TextTemplate.Kind.values

    def rank(text: TextTemplate) -> tuple[int, int, str]:
        if text.language and text.language == theirs:
            near = 0
        elif text.language and text.language == theirs.partition("-")[0]:
            near = 1
        elif not text.language:
            near = 2
        else:
            near = 3 if text.language.partition("-")[0] == ours else 4
        return kinds.index(text.kind), near, text.name

    return sorted(texts, key=rank)


def _may_touch(request: SignedIn, lead: Lead) -> bool:
    """Whether the lead's page offers to log a touch: its hand-over is open and the person owns it
    or is in its team."""
    working = Handoff.objects.open().exclude(state=Handoff.State.RETURNED).filter(lead=lead)
    return working.handed_to(request.user.pk).exists()
