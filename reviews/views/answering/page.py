"""Which rejections a version answers: read by whoever reads definitions, said by marketing
operations before the version is the law."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from handoff import publishing
from handoff.models import DefinitionVersion, Reason
from handoff.permissions import may_edit_agreement, may_read_agreement
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.agreement.overview import navigation
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from handoff.words import count_of
from leads.journey import citing
from leads.journey.states import Conflict, NotAllowed
from leads.models import Evidence, Handoff
from reviews.measures import feedback


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answers(request: SignedIn, number: int) -> HttpResponse:
    """What a version answers, and while it is not the law what else it may; a post ticks anew. A
    fragment is the line that stands beside publishing."""
    version = version_or_404(number, request.user)
    may_cite = may_edit_agreement(request.user)
    if request.method == "POST":
        return _say(request, version)
    at = timezone.now()
    is_open = version.state in citing.OPEN and version.published_at is None
    told = feedback.of_versions([version.pk], request.user, at=at)
    context: dict[str, Any] = {
        **navigation(at=at),
        "here": "answers",
        "version": version,
        "stories": told,
        "is_open": is_open,
        "may_cite": may_cite,
        "offers": citing.offers(version, at=at) if is_open else (),
        "ticked": {story.evidence.reason_id for story in told},
    }
    name = "_answers.html" if request.htmx else "answers.html"
    return render(request, f"reviews/answering/{name}", context)


def _say(request: SignedIn, version: DefinitionVersion) -> HttpResponse:
    wanted = [key for key in request.POST.getlist("reason") if "\x00" not in key]
    try:
        cited = citing.cite(version, wanted, actor=request.user, at=timezone.now())
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    except Conflict as refused:
        messages.warning(request, str(refused))
        return redirect("reviews:answers", version.number)
    number = sum(one.rejections.count() for one in cited)
    said = count_of(number, "rejection") if cited else "no rejections"
    messages.success(request, f"{version} answers {said} now.")
    return redirect("reviews:answers", version.number)


@login_required
@require_GET
@never_cache
def rejections(request: SignedIn) -> HttpResponse:
    """What sales rejected in the last half-year and no version answers yet, by reason."""
    if not may_read_agreement(request.user):
        raise Http404
    at = timezone.now()
    context = {
        **navigation(at=at),
        "here": "rejections",
        "offers": citing.offers(None, at=at),
        "may_cite": may_edit_agreement(request.user),
    }
    return render(request, "reviews/answering/rejections.html", context)


@login_required
@require_POST
def begin(request: SignedIn, key: str) -> HttpResponse:
    """Begin a draft from the live version that answers the rejections of one reason."""
    if not may_read_agreement(request.user):
        raise Http404
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    reason, at = get_object_or_404(Reason, key=key), timezone.now()
    live = DefinitionVersion.objects.live().first()
    draft = publishing.clone(live, actor=request.user, at=at)
    (cited,) = citing.cite(draft, [reason.key], actor=request.user, at=at)
    said = count_of(cited.rejections.count(), "rejection")
    messages.success(request, f"{draft} is a draft that answers {said} as “{reason}”.")
    return redirect("room", draft.number)


@login_required
@require_GET
@never_cache
def cited(request: SignedIn, pk: int) -> HttpResponse:
    """The rejections that a version cites for a reason; of a rep, their own."""
    evidence = get_object_or_404(Evidence.objects.select_related("version", "reason"), pk=pk)
    rows = Handoff.objects.filter(pk__in=evidence.rejections.values("handoff"))
    reads_all = may_read_agreement(request.user)
    if not reads_all:
        rows = rows.filter(answered_by=request.user)
        if not rows.exists():
            raise Http404
    shown = rows.select_related("lead", "answered_by").order_by("-ended_at", "-pk")
    page = CappedPaginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "definition" if reads_all else "own",
        "evidence": evidence,
        "reads_all": reads_all,
        "count": rows.count(),
        "page": page,
        "now": timezone.now(),
    }
    return render(request, "reviews/answering/cited.html", context)
