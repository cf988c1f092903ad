"""How far both teams agree, meeting by meeting, and over which clauses they divide."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from reviews.agreement import LEAST
from reviews.models import Side
from reviews.voting.trend import OfMeeting, divided, meetings_of, overall, trend

WIDTH, HEIGHT, LEFT = 100.0, 60.0, 3.0
"""Of the drawing; alpha from −1 to 1 goes from bottom to top."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One meeting in the drawing: where it stands, and its interval."""

    of: OfMeeting
    x: float
    y: float
    low: float
    high: float


@login_required
@require_GET
@never_cache
def agreement(request: SignedIn) -> HttpResponse:
    """The trend as a drawing with its table, and the clauses that divide."""
    meetings = list(meetings_of(request.user))
    rows = trend(meetings)
    everybody, teams = overall(meetings)
    context = {
        "section": "reviews",
        "here": "agreement",
        "rows": rows,
        "marks": _marks(rows[::-1]),
        "middle": _height(0.0),
        "everybody": everybody,
        "teams": teams,
        "clauses": divided(meetings),
        "sides": Side.choices,
        "least": LEAST,
        "now": timezone.now(),
    }
    return render(request, "reviews/voting/agreement.html", context)


def _marks(rows: Sequence[OfMeeting]) -> list[Mark]:
    """Of the meetings with leads enough, the first one left."""
    step = (WIDTH - 2 * LEFT) / max(1, len(rows) - 1)
    return [
        Mark(
            one,
            round(LEFT + place * step if len(rows) > 1 else WIDTH / 2, 1),
            _height(one.everybody.value),
            _height(one.everybody.low),
            _height(one.everybody.high),
        )
        for place, one in enumerate(rows)
        if one.everybody.is_enough and one.everybody.value is not None
    ]


def _height(alpha: float) -> float:
    return round(HEIGHT * (1 - alpha) / 2, 1)
