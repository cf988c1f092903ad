"""How each hand-over of the path is answered, side by side, and the leads behind a figure."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import humanise
from handoff.models import Reason
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.models import Handoff
from leads.templatetags.leads_parts import tier_label
from reviews.measures import answering

from .asking import EVERY, asked, further_steps, options

TITLES = {
    "made": "Handed over",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "back": "Given back",
    "waiting": "Not answered",
    "in_time": "Answered in time",
    "late": "Answered late, or not yet",
}


@login_required
@require_GET
@never_cache
def answers(request: SignedIn) -> HttpResponse:
    """Acceptance, reasons and clocks of each step."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    names = _names()
    context = {
        "section": "measures",
        "asked": wanted,
        "selects": [one for one in options(wanted, {}) if one["name"] != "step"],
        "steps": [
            (names.get(one.step, humanise(one.step)), one)
            for one in answering.answers(wanted.question)
        ],
        "address": wanted.address(),
    }
    return render(request, "reviews/sla/answers.html", context)


@login_required
@require_GET
@never_cache
def leads(request: SignedIn) -> HttpResponse:
    """The hand-overs of a step that a figure counts, as many as it says."""
    kind, step, reason = (request.GET.get(name, "") for name in ("is", "of", "reason"))
    names = _names()
    if kind not in TITLES or step not in names:
        raise Http404
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    found = answering.behind(wanted.question, step, kind, reason)
    page = CappedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = Handoff.objects.select_related("lead", "team", "owner", "version", "reason")
    by_id = shown.in_bulk(list(page.object_list))
    label = Reason.objects.filter(key=reason).values_list("label", flat=True).first()
    context = {
        "section": "measures",
        "asked": wanted,
        "title": ": ".join(filter(None, (names[step], TITLES[kind].lower(), label))),
        "count": len(found),
        "page": page,
        "rows": [(by_id[pk], tier_label(by_id[pk])) for pk in page.object_list if pk in by_id],
        "address": wanted.address(),
    }
    return render(request, "reviews/sla/answers_leads.html", context)


def _names() -> dict[str, str]:
    """What each hand-over of the path is called."""
    return {"sdr": EVERY["step"], **dict(further_steps())}
