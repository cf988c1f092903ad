"""Calendars: working hours, holidays by name, closures, and who works by them."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff import business_time
from handoff.calendars import holidays_in
from handoff.models import Calendar
from handoff.permissions import may_edit_agreement
from handoff.views.signed_in import SignedIn
from handoff.words import clock, day_and_time

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEARS = 2


@dataclass(frozen=True)
class Holiday:
    """A day without work. `counts`: it would have been a working day."""

    date: dt.date
    name: str
    counts: bool


@login_required
@require_GET
@never_cache
def calendars(request: SignedIn) -> HttpResponse:
    """Every calendar, and whether it is open now."""
    at = timezone.now()
    rows = [
        (one, _now(one.windows(), at), [team.name for team in one.teams.all()])
        for one in Calendar.objects.prefetch_related("teams")
    ]
    context = {
        "section": "teams",
        "here": "calendars",
        "rows": rows,
        "may_edit": may_edit_agreement(request.user),
    }
    return render(request, "handoff/people/calendars.html", context)


@login_required
@require_GET
@never_cache
def calendar(request: SignedIn, key: str) -> HttpResponse:
    """One calendar: its week, its holidays and closures of this year and the next."""
    at = timezone.now()
    found = get_object_or_404(Calendar.objects.prefetch_related("teams"), key=key)
    windows = found.windows()
    today = at.astimezone(windows.zone).date()
    years = [today.year + n for n in range(YEARS)]
    context = {
        "section": "teams",
        "here": "calendars",
        "calendar": found,
        "zone": windows.zone.key,
        "says": _now(windows, at),
        "hours": [
            (name, [f"{clock(a)}–{clock(b)}" for a, b in windows.windows[day]])
            for day, name in enumerate(DAY_NAMES)
        ],
        "holidays": [(year, _holidays(windows, year)) for year in years],
        "closures": [(day, day < today) for day in sorted(windows.closed) if day.year >= years[0]],
        "today": today,
        "may_edit": may_edit_agreement(request.user),
    }
    return render(request, "handoff/people/calendar.html", context)


def _now(calendar: business_time.Calendar, at: dt.datetime) -> str:
    """Open or closed, and until when, in the viewer's zone."""
    if calendar.is_open(at):
        closes = business_time.laid_out(calendar, at, at + dt.timedelta(days=8))[0].end
        return f"Open until {day_and_time(closes, at)}"
    return f"Closed, opens {day_and_time(calendar.next_opening(at), at)}"


def _holidays(calendar: business_time.Calendar, year: int) -> list[Holiday]:
    days = sorted(holidays_in(calendar, year).items())
    return [Holiday(day, name, bool(calendar.windows[day.weekday()])) for day, name in days]
