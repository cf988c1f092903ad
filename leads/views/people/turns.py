"""The fairness ledger: whose turns, how many, why, and how they add up."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.models import Membership, User
from handoff.tables import PER_PAGE, CappedPaginator
from handoff.views.signed_in import SignedIn
from leads.journey import ledger
from leads.journey.ledger import Account
from leads.models import Handoff, Turn
from leads.views import downloads

from .period import PERIODS, Period, period_of
from .teams import team_or_404

HEADS = (
    *("member", "email", "weight", "in_team", "position_before", "turns", "turns_charged"),
    *("given_back", "given_back_amount", "raised", "corrected", "position_after"),
    *("fair_share", "could_have_taken", "from", "to"),
)


@dataclass(frozen=True)
class Line:
    """A member's account; `share` of the team's turns in percent, None where there were none;
    `adds_up`: whether the ledger says the same as the position they hold now."""

    account: Account
    share: float | None
    adds_up: bool


@login_required
@require_GET
@never_cache
def turns(request: SignedIn, key: str) -> HttpResponse:
    """What every member of a team had, got and was given back."""
    team = team_or_404(request.user, key)
    period = _period(request)
    found = ledger.accounts(team, period.begin, period.end)
    counts = ledger.total(found)
    context = {
        "section": "teams",
        "here": team.key,
        "team": team,
        "period": period,
        "periods": PERIODS,
        "lines": _lines(found, counts[Turn.Cause.TURN], period),
        "taken": counts[Turn.Cause.TURN],
        "given_back": counts[Turn.Cause.CREDIT],
        "corrected": counts[Turn.Cause.CORRECTED],
    }
    return render(request, "leads/people/turns.html", context)


def _period(request: SignedIn) -> Period:
    zone = timezone.get_current_timezone()
    return period_of(request.GET, at=timezone.now(), zone=zone)


def _lines(found: list[Account], taken: int, period: Period) -> list[Line]:
    is_now = period.end > timezone.now()
    return [
        Line(
            one,
            100 * one.turns.count / taken if taken else None,
            not is_now or one.after == one.membership.served,
        )
        for one in found
    ]


@login_required
@require_GET
@never_cache
def of_member(request: SignedIn, key: str, pk: int) -> HttpResponse:
    """Every row of one member's ledger in a time, newest first, with the lead it was for."""
    team = team_or_404(request.user, key)
    membership = get_object_or_404(Membership.objects.select_related("user"), team=team, pk=pk)
    period = _period(request)
    rows = _rows(membership, request.user).filter(at__gte=period.begin, at__lt=period.end)
    page = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    context: dict[str, Any] = {
        "section": "teams",
        "here": team.key,
        "team": team,
        "membership": membership,
        "period": period,
        "periods": PERIODS,
        "page": page,
        "rows": ledger.standing_after(shown, _position(shown[0])) if shown else [],
        "now": timezone.now(),
    }
    return render(request, "leads/people/turns_of.html", context)


def _rows(membership: Membership, viewer: User) -> QuerySet[Turn]:
    seen = Handoff.objects.visible_to(viewer).filter(pk=OuterRef("handoff"))
    rows = membership.turns.select_related("handoff__lead").annotate(is_seen=Exists(seen))
    return rows.order_by("-pk")


def _position(row: Turn) -> Decimal:
    """Where a row left its member."""
    upto = Turn.objects.filter(membership=row.membership_id, pk__lte=row.pk)
    position: Decimal = upto.aggregate(position=Sum("amount"))["position"]
    return position


@login_required
@require_GET
@never_cache
def as_csv(request: SignedIn, key: str) -> HttpResponse:
    """The ledger as a file, a line for each member."""
    team = team_or_404(request.user, key)
    period = _period(request)
    if not period.form.is_valid():
        return downloads.refused(period.form)
    name = f"turns-{team.key}-{period.since}-{period.until}.csv"
    accounts = ledger.accounts(team, period.begin, period.end)
    return downloads.whole(name, HEADS, (_cells(one, period) for one in accounts))


def _cells(one: Account, period: Period) -> list[Any]:
    member = one.membership
    return [
        *(str(member.user), member.user.email, member.weight),
        *("yes" if member.active else "no", one.before, one.turns.count, one.turns.amount),
        *(one.given_back.count, one.given_back.amount, one.raised.amount),
        *(one.corrected.amount, one.after, round(one.fair, 2), one.could),
        *(period.since.isoformat(), period.until.isoformat()),
    ]
