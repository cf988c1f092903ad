"""From a trend to a draft: the clauses that would have told the rejected from the accepted, one of
which is chosen or edited; the draft is tried on the past at once."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from handoff.labels import labels_of
from handoff.models import DefinitionVersion
from handoff.permissions import may_edit_agreement
from handoff.views.sent import press_of
from handoff.views.signed_in import SignedIn
from leads.journey import pressing
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.views.meetings.room import meeting_or_404
from reviews.voting import answering, evidence
from reviews.voting.evidence import BANDS, LOOKED_AT, NARROWED, Trend
from reviews.voting.telling_apart import Clause, asked_for

from .acting import hurried


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def draft_from_trend(request: SignedIn, number: int) -> HttpResponse:
    """What a change could ask for; a post begins the draft."""
    at = timezone.now()
    meeting = meeting_or_404(request, number, at=at)
    if not may_edit_agreement(request.user) or not meeting.my_side:
        raise Http404
    sent = request.POST if request.method == "POST" else request.GET
    refused = ""
    try:
        trend = _trend(sent)
        if request.method == "POST":
            messages.success(request, _drafted(request, meeting.pk, trend, at=at))
            return redirect("reviews:screen", number)
    except Invalid as error:
        if error.field != "value":
            raise Http404 from error
        refused = str(error)
    except (Conflict, NotAllowed) as error:
        messages.warning(request, str(error))
        return redirect("reviews:screen", number)
    context = _context(meeting, trend, at=at) | {"refused": refused}
    status = 422 if refused else 200
    return render(request, "reviews/voting/from_trend.html", context, status=status)


def _drafted(request: SignedIn, meeting_id: int, trend: Trend, *, at: dt.datetime) -> str:
    """Begin the draft once, however often its form is sent; what came of it."""
    clause = _clause(request.POST)
    signed: dict[str, Any] = {"actor": request.user, "at": at}
    try:
        with pressing.once(press_of(request), **signed):
            begun = hurried(answering.draft)(meeting_id, trend, clause, **signed)
    except pressing.Repeated:
        return "It is drafted already: the same form came twice."
    return f"{begun.draft} is drafted, and tried on the past by now."


def _context(meeting: Any, trend: Trend, *, at: dt.datetime) -> dict[str, Any]:
    live = DefinitionVersion.objects.live().values_list("pk", flat=True).first()
    found = evidence.found(meeting, trend, at=at)
    names = labels_of(live).decide if live else {}
    return {
        "section": "reviews",
        "meeting": meeting,
        "trend": trend,
        "says": answering.in_words(trend),
        "found": found,
        "rows": [(one, names.get(one.clause.rule, one.clause.rule)) for one in found.proposals],
        "days": LOOKED_AT.days,
    }


def _trend(sent: Mapping[str, str]) -> Trend:
    """The trend that an address names. Raises Invalid where it names none."""
    if any("\0" in sent.get(name, "") for name in ("reason", *NARROWED)):
        raise Invalid("says", "There is nothing of that name.")
    narrowed = {name: sent.get(name, "")[:200] for name in NARROWED}
    if not {narrowed["fit"], narrowed["intent"]} <= BANDS:
        raise Invalid("says", "There is no such band.")
    trend = Trend(answering.reason_called(sent.get("reason", "")), **narrowed)
    if not answering.in_words(trend):
        raise Invalid("says", "Say what the change answers.")
    return trend


def _clause(sent: Mapping[str, str]) -> Clause | None:
    """The clause that was chosen, as it was edited; None for an empty draft. Raises Invalid."""
    if not sent.get("rule"):
        return None
    try:
        clause = asked_for(sent)
    except ValueError as error:
        raise Invalid("value", "Give a number.") from error
    if clause is None:
        raise Invalid("value", "Say what is asked for.")
    return clause
