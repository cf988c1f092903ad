"""Time off: one's own, and entered by a manager for somebody of a team."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from handoff import absences
from handoff.absences import Refused
from handoff.models import Absence, User
from handoff.permissions import may_lead_teams
from handoff.views.sent import way_back
from handoff.views.signed_in import SignedIn
from handoff.words import count_of
from leads.journey import absent

from .forms import TimeOffForm
from .members import leader_s

SHOWN = 50
RECENT = dt.timedelta(days=90)


@login_required
@never_cache
def own(request: SignedIn) -> HttpResponse:
    """One's own time off and pauses: enter, see, end."""
    at = timezone.now()
    form = TimeOffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        entered = _enter(request, form, request.user, at)
        if entered is not None:
            return _onward(request, entered)
    calendar = absences.calendar_of(request.user)
    choices = absences.pause_choices(calendar, timezone.get_current_timezone(), at)
    context = {
        "section": "teams",
        "here": "time-off",
        "form": form,
        "absences": _listed(Q(user=request.user), at),
        "choices": choices,
        "calendar": calendar,
        "is_member": calendar is not None,
        "now": at,
    }
    status = 422 if form.errors else 200
    return render(request, "leads/people/time_off.html", context, status=status)


@login_required
@never_cache
def of_team(request: SignedIn, key: str) -> HttpResponse:
    """A team's time off: enter for its people, see, cancel."""
    at = timezone.now()
    team = leader_s(request, key)
    people = {
        str(one.user_id): one.user
        for one in team.memberships.all()
        if one.active and one.user.is_active
    }
    given = request.POST if request.method == "POST" else None
    initial = {"person": request.GET.get("person", "")}
    pairs = [(pk, str(person)) for pk, person in people.items()]
    form = TimeOffForm(given, people=pairs or [("", "Nobody is in this team")], initial=initial)
    if request.method == "POST" and form.is_valid():
        person = people[form.cleaned_data["person"]]
        entered = _enter(request, form, person, at)
        if entered is not None:
            return _onward(request, entered, reverse("leads:team-time-off", args=[team.key]))
    context = {
        "section": "teams",
        "here": team.key,
        "team": team,
        "form": form,
        "absences": _listed(Q(user__in=list(people.values())), at),
        "now": at,
    }
    status = 422 if form.errors else 200
    return render(request, "leads/people/team_time_off.html", context, status=status)


def _enter(request: SignedIn, form: TimeOffForm, person: User, at: dt.datetime) -> Absence | None:
    """What was entered; None where the form now says why not."""
    note = form.cleaned_data["note"]
    try:
        return absent.take_off(person, form.days, note=note, actor=request.user, at=at)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None


def _onward(request: SignedIn, entered: Absence, back: str = "") -> HttpResponse:
    """To the leads that fall due meanwhile, where there are any."""
    person = entered.user
    mine = person == request.user
    due = absent.due_while_away(person, entered.starts_at, entered.ends_at).count()
    who = "You are" if mine else f"{person} is"
    when = absences.said(entered, absences.zones_of([person])[person.pk])
    messages.success(request, f"{who} away: {when}. No turn comes in that time.")
    if not due:
        return redirect(back or "leads:time-off")
    whose = "of yours" if mine else f"of {person}"
    has = "has a deadline" if due == 1 else "have deadlines"
    messages.warning(request, f"{count_of(due, 'lead')} {whose} {has} in that time.")
    return redirect(f"{reverse('leads:hand-on', args=[person.pk])}?absence={entered.pk}")


def _listed(whose: Q, at: dt.datetime) -> list[dict[str, Any]]:
    """Time off ahead, running and of the last months, the latest first, with what may be done."""
    rows: QuerySet[Absence] = Absence.objects.filter(whose, ends_at__gt=at - RECENT)
    rows = rows.select_related("user", "entered_by", "cancelled_by")
    found = list(rows.order_by("-starts_at", "-pk")[:SHOWN])
    zones = absences.zones_of(one.user for one in found)
    return [
        {
            "absence": one,
            **_when(one, zones[one.user_id]),
            "runs": one.cancelled_at is None and one.starts_at <= at < one.ends_at,
            "ahead": one.cancelled_at is None and one.starts_at > at,
        }
        for one in found
    ]


def _when(one: Absence, zone: dt.tzinfo) -> dict[str, str]:
    """Time off in the days of whoever is away, their `zone` named where the viewer's says
    otherwise; a pause in the viewer's time."""
    here = absences.said(one, timezone.get_current_timezone())
    there = absences.said(one, zone)
    if one.kind == Absence.Kind.PAUSE or there == here:
        return {"when": here, "zone": ""}
    return {"when": there, "zone": str(zone)}


@login_required
@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """Cancel time off that has not begun, or end what runs."""
    rows = Absence.objects.select_related("user")
    if not may_lead_teams(request.user):
        rows = rows.filter(user=request.user)
    absence = get_object_or_404(rows, pk=pk)
    try:
        ended = absent.take_back(absence, actor=request.user, at=timezone.now())
    except Refused as error:
        messages.info(request, str(error))
    else:
        cancelled = ended.cancelled_at is not None
        messages.success(request, "Cancelled." if cancelled else "Ended: leads come again.")
    return redirect(way_back(request, reverse("leads:time-off")))
