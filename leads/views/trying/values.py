"""The values a condition may be built with, as the options of a list to pick from."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from handoff.labels import humanise
from handoff.models import DefinitionVersion
from handoff.permissions import may_read_agreement
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from leads.journey.offering import Offer, offers


@login_required
@require_GET
def values(request: SignedIn, field: str) -> HttpResponse:
    """`<option value label>` for a field of the catalogue, or for `signal`, most frequent first.

    `?version=` names the draft whose own signals, motions and tiers are offered too; without it the
    live version's are. For a select, `?picked=` is its present value, which stays, and `?blank=`
    what choosing nothing is called.
    """
    if not may_read_agreement(request.user):
        raise Http404
    asked = request.GET.get("version", "")
    versions = DefinitionVersion.objects.all()
    version = versions.filter(number=whole(asked) or 0) if asked else versions.live()
    try:
        found = offers(field, version.first(), at=timezone.now())
    except KeyError:
        raise Http404 from None
    picked = request.GET.get("picked", "")
    if picked and picked not in [offer.value for offer in found]:
        found = [Offer(picked, humanise(picked)), *found]
    context = {"offers": found, "picked": picked, "blank": request.GET.get("blank", "")}
    return render(request, "leads/trying/_values.html", context)
