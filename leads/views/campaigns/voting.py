"""What reps say of a brief: it worked with this lead, or it did not help."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff.views.sent import way_back, whole
from handoff.views.signed_in import SignedIn
from leads.models import Brief, BriefVote, Lead

LONGEST = 300


@login_required
@require_POST
def vote(request: SignedIn, pk: int) -> HttpResponse:
    """One vote a person, brief and lead; a later one takes its place. A line may come with it."""
    brief = get_object_or_404(Brief, pk=pk)
    leads = Lead.objects.visible_to(request.user)
    lead = get_object_or_404(leads, pk=whole(request.POST.get("lead", "")) or 0)
    helped = request.POST.get("helped")
    if helped not in ("0", "1"):
        return HttpResponse("Say whether it helped.", status=422, content_type="text/plain")
    line = request.POST.get("line", "").replace("\x00", "").strip()[:LONGEST]
    BriefVote.objects.update_or_create(
        brief=brief,
        lead=lead,
        author=request.user,
        defaults={"helped": helped == "1", "line": line, "at": timezone.now()},
    )
    if request.htmx:
        mine = {"helped": helped == "1", "line": line}
        context = {"brief_pk": brief.pk, "lead": lead, "mine": mine, "just_said": True}
        return render(request, "leads/campaigns/_vote.html", context)
    messages.success(request, "Noted for marketing. Thank you.")
    return redirect(way_back(request, reverse("leads:lead", args=[lead.pk])))
