"""The leads behind a figure of one person, or of a team."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import User
from handoff.permissions import may_lead_teams, may_read_figures_of
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.models import Handoff
from leads.templatetags.leads_parts import tier_label
from reviews.measures.own import BY_KEY, behind

from .asking import asked
from .page import teams_of

TEAM = "team"


@login_required
@require_GET
@never_cache
def leads(request: SignedIn, pk: int) -> HttpResponse:
    """The hand-overs that the figure `is` of a person counts, or of their team with `whose=team`;
    with `all=1` those it is a part of. Whose each is stands there only for who may know."""
    person = get_object_or_404(User, pk=pk)
    measure = BY_KEY.get(request.GET.get("is", ""))
    if measure is None or not may_read_figures_of(request.user, person):
        raise Http404
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, person, teams_of(request.user, person), at=at, zone=zone)
    is_team = request.GET.get("whose") == TEAM
    question = wanted.theirs(request.user) if is_team else wanted.mine()
    if question is None:
        raise Http404
    is_whole = request.GET.get("all") == "1"
    found = behind(question, measure, all_of_them=is_whole, at=at)
    page = CappedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "own",
        "asked": wanted,
        "is_me": person == request.user,
        "title": measure.of.capitalize() if is_whole else measure.label,
        "whose": str(wanted.team) if is_team else str(person),
        "count": len(found),
        "page": page,
        "rows": _rows(list(page.object_list)),
        "names_owners": is_team and may_lead_teams(request.user),
        "address": wanted.address(),
        "now": at,
    }
    return render(request, "reviews/own/leads.html", context)


def _rows(ids: list[int]) -> list[tuple[Handoff, str]]:
    related = ("lead", "owner", "reason", "version")
    by_id = Handoff.objects.select_related(*related).in_bulk(ids)
    return [(by_id[one], tier_label(by_id[one])) for one in ids if one in by_id]
