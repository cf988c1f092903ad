"""A version’s latest run in a line, for pages that ask whether it was tried on the past."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.permissions import may_edit_agreement
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from reviews.backtesting.finding import Finding
from reviews.models import Backtest

from .forms import DAYS


@login_required
@require_GET
@never_cache
def latest(request: SignedIn, number: int) -> HttpResponse:
    """A fragment: what the version's newest run found, or how far it has come; without one, a
    button that asks for it."""
    version = version_or_404(number, request.user)
    runs = Backtest.objects.filter(version=version).select_related("version", "base")
    found = runs.done().first() or runs.first()
    today = timezone.now().date()
    context = {
        "version": version,
        "backtest": found,
        "finding": Finding(found.result, found.weeks) if found and found.result else None,
        "may_edit": may_edit_agreement(request.user),
        "since": today - dt.timedelta(days=DAYS - 1),
        "until": today,
        "days": DAYS,
    }
    return render(request, "reviews/backtests/_latest.html", context)
