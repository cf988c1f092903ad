"""What joint reviews said of one lead, for its page: verdicts, and actions that hang on it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from handoff.views.signed_in import SignedIn
from leads.models import Handoff, Lead
from reviews.models import Action, Meeting, Sampled


@login_required
@require_safe
@never_cache
def of_lead(request: SignedIn, pk: int) -> HttpResponse:
    """Whole as a page, alone as a part of the lead's. Only what was revealed is told, and only of
    meetings that the person may see; their own actions always."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    looked_at = (
        Sampled.objects.standing().revealed().filter(handoff__in=Handoff.objects.filter(lead=lead))
    )
    actions = Action.objects.visible_to(request.user).standing().filter(sampled__in=looked_at)
    meetings = Meeting.objects.visible_to(request.user)
    context = {
        "section": "leads",
        "lead": lead,
        "verdicts": looked_at.filter(meeting__in=meetings).select_related("meeting"),
        "actions": actions.select_related("owner", "meeting"),
        "today": timezone.localdate(),
    }
    part = "reviews/voting/_of_lead.html"
    return render(request, part if request.htmx else "reviews/voting/of_lead.html", context)
