"""How each hand-over of the path is answered, side by side, and the leads behind a figure."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.checklists import FIRST_STEP
from handoff.labels import humanise
from handoff.models import Reason
from handoff.views.signed_in import SignedIn
from reviews.asking import EVERY_STEP, USUAL_SELECTS, Names, asked, options
from reviews.measures import answering
from reviews.views.measures.leads import answer

TITLES = {
    "made": "Handed over",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "no_response": "Never responded",
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
    names = _names(wanted.names)
    context = {
        "section": "measures",
        "asked": wanted,
        "selects": options(wanted, {}, USUAL_SELECTS[1:]),
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
def leads(request: SignedIn) -> HttpResponseBase:
    """The hand-overs of a step that a figure counts, as many as it says."""
    kind, step, reason = (request.GET.get(name, "") for name in ("is", "of", "reason"))
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    names = _names(wanted.names)
    if kind not in TITLES or step not in names:
        raise Http404
    found = answering.behind(wanted.question, step, kind, reason)
    label = Reason.objects.filter(key=reason).values_list("label", flat=True).first()
    title = ": ".join(filter(None, (names[step], TITLES[kind].lower(), label)))
    crumb = (reverse("reviews:step-answers"), "Answers by hand-over")
    return answer(request, wanted, found, title=title, crumb=crumb)


def _names(names: Names) -> dict[str, str]:
    """What each hand-over of the path is called."""
    return {FIRST_STEP: EVERY_STEP, **names.steps}
