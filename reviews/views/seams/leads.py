"""The leads behind a figure of the seams, as many as it says."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from reviews.asking import asked
from reviews.measures.seams import standing
from reviews.measures.seams.steps import BY_KEY
from reviews.views.measures.leads import answer


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponseBase:
    """Those that passed the seam `seam`; with `stands` those that are in it now."""
    seam = BY_KEY.get(request.GET.get("seam", ""))
    if seam is None:
        raise Http404
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    if request.GET.get("stands"):
        found = standing.standing(wanted.question, seam, at=at)
        title = f"Between {seam.since} and {seam.title} now"
        order = "The one that has been there longest first."
    else:
        found = standing.passed(wanted.question, seam, at=at)
        title, order = f"{seam.since} to {seam.title}", "The ones it took longest first."
    crumb = (reverse("reviews:seams"), "Where the time goes")
    return answer(request, wanted, found, title=title, crumb=crumb, order=order)
