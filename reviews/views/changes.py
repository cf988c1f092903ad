"""The change log with what each change did: in the playbook as a fragment, and as a page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.publications import changes as told
from handoff.publications import publications
from handoff.tables import CappedPaginator
from handoff.views.signed_in import SignedIn
from reviews.measures import feedback
from reviews.measures.effects import SPAN, WEEK, effects

PER_PAGE = 30
"""As many as the playbook tells."""


@login_required
@require_GET
@never_cache
def changes(request: SignedIn) -> HttpResponse:
    """Every version that became the law, newest first, what it changed and what that did; with
    `?past=1` imported hand-overs count too."""
    at, log = timezone.now(), publications()
    with_past = request.GET.get("past") == "1"
    done = effects(log, at=at, with_past=with_past)
    page = CappedPaginator(list(zip(log, done, strict=True)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    answered = feedback.answered({one.version_id for one, _ in shown}, request.user)
    context = {
        "section": "playbook",
        "page": page,
        "changes": [
            (change, did, answered.get(one.version_id, ()))
            for change, (one, did) in zip(told([one for one, _ in shown]), shown, strict=True)
        ],
        "with_past": with_past,
        "weeks": SPAN // WEEK,
        "whole": not request.htmx,
        "now": at,
    }
    name = "_log.html" if request.htmx else "changes.html"
    return render(request, f"reviews/changes/{name}", context)
