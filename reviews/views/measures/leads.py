"""The leads behind a figure, as many as it says: as a page and as a file."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import Reason
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.models import Handoff
from leads.templatetags.leads_parts import tier_label
from leads.views import downloads
from reviews.asking import Asked, asked
from reviews.measures import figuring, reasons
from reviews.measures.catalogue import Rate

from .page import measure_or_404

HEADS = (
    "hand_over",
    "lead",
    "email",
    "company",
    "tier",
    "owner",
    "team",
    "made_at",
    "state",
    "reason",
)
AT_ONCE = 500
RELATED = ("lead", "team", "owner", "version", "reason")


@login_required
@require_GET
@never_cache
def of_measure(request: SignedIn, key: str) -> HttpResponseBase:
    """What a figure counts; with `of=all` what it is of."""
    one = measure_or_404(key)
    is_whole = request.GET.get("of") == "all"
    wanted = _asked(request)
    found = figuring.behind(wanted.question, one, all_of_them=is_whole, at=timezone.now())
    counted = one.counted if isinstance(one, Rate) and not is_whole else one.of.capitalize()
    page = reverse("reviews:measure", args=[key])
    return answer(request, wanted, found, title=counted, crumb=(page, one.title))


@login_required
@require_GET
@never_cache
def of_reason(request: SignedIn) -> HttpResponseBase:
    """What was rejected, for `reason` where one is named."""
    reason = request.GET.get("reason", "")
    label = Reason.objects.filter(key=reason).values_list("label", flat=True).first()
    if reason and label is None:
        raise Http404
    wanted = _asked(request)
    found = reasons.behind(wanted.question, reason, at=timezone.now())
    title = f"Rejected: {label}" if label else "Rejected"
    return answer(
        request, wanted, found, title=title, crumb=(reverse("reviews:reasons"), "Reasons")
    )


def _asked(request: SignedIn) -> Asked:
    zone = timezone.get_current_timezone_name()
    return asked(request.GET, request.user, at=timezone.now(), zone=zone)


def answer(
    request: SignedIn,
    wanted: Asked,
    found: Sequence[int],
    *,
    title: str,
    crumb: tuple[str, str],
    order: str = "The newest first.",
) -> HttpResponseBase:
    """The hand-overs `found` (by primary key) as a page, or as the file that its button asks for;
    `crumb`: address and name of the page one came from; `order`: what stands first, in words."""
    if request.GET.get("format") == "csv":
        if not wanted.form.is_valid():
            return downloads.refused(wanted.form)
        return downloads.streamed("leads.csv", downloads.lines(HEADS, written(list(found))))
    page = CappedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = handoffs(list(page.object_list))
    context: dict[str, Any] = {
        "section": "measures",
        "asked": wanted,
        "title": title,
        "crumb": crumb,
        "order": order,
        "count": len(found),
        "page": page,
        "rows": [(one, tier_label(one)) for one in rows],
        "chips": wanted.chips(),
        "address": wanted.address(),
    }
    return render(request, "reviews/measures/leads.html", context)


def handoffs(ids: Sequence[int]) -> list[Handoff]:
    """The hand-overs of these primary keys, in their order, as the lists show them."""
    by_id = Handoff.objects.select_related(*RELATED).in_bulk(list(ids))
    return [by_id[one] for one in ids if one in by_id]


def written(found: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The hand-overs of these primary keys as lines under HEADS."""
    for start in range(0, len(found), AT_ONCE):
        for one in handoffs(found[start : start + AT_ONCE]):
            yield (
                one.pk,
                one.lead.name,
                one.lead.email or "",
                one.lead.company,
                one.tier or "",
                one.owner.email if one.owner else "",
                one.team.key if one.team else "",
                one.made_at.isoformat(),
                one.state,
                one.reason.label if one.reason else "",
            )
