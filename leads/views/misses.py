"""Misses whose cause waits to be said, and saying it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from handoff.models import User
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.journey import causing
from leads.journey.states import Invalid, NotAllowed
from leads.models import Miss


@login_required
@require_GET
@never_cache
def misses(request: SignedIn) -> HttpResponse:
    """Those to confirm, the newest first; `?said=1`: those somebody has said why."""
    is_said = request.GET.get("said") == "1"
    rows = Miss.objects.visible_to(request.user).said()
    if not is_said:
        rows = causing.to_confirm(request.user)
    page = CappedPaginator(rows.told(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "measures",
        "is_said": is_said,
        "page": page,
        "rows": with_choices(page.object_list, request.user),
        "now": timezone.now(),
    }
    return render(request, "leads/misses.html", context)


def with_choices(found: Iterable[Miss], user: User) -> list[tuple[Miss, Any]]:
    """Each with the causes a person may choose; none where it is not theirs to say."""
    choices = Miss.Cause.choices
    return [(one, choices if causing.may_say_why(one.clock.handoff, user) else ()) for one in found]


@login_required
@require_POST
def say(request: SignedIn, pk: int) -> HttpResponse:
    """Confirm or correct why a promise was missed."""
    miss = get_object_or_404(Miss.objects.visible_to(request.user).told(), pk=pk)
    cause = request.POST.get("cause", "")
    note = request.POST.get("note", "").replace("\0", "").strip()[:500]
    try:
        said = causing.confirm(
            miss.pk, cause=cause, note=note, actor=request.user, at=timezone.now()
        )
    except (NotAllowed, Invalid) as refused:
        messages.error(request, str(refused))
    else:
        title = miss.clock.handoff.lead.title
        messages.success(request, f"{title}: {said.get_cause_display().lower()}. Noted.")
    there = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(there, None):
        return redirect(there)
    return redirect(reverse("leads:misses"))
