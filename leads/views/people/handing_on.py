"""Handing on a person's open leads, all or those that fall due while they are away."""

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from handoff import absences
from handoff.models import Absence, Team, User
from handoff.permissions import may_lead_teams
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from handoff.words import count_of
from leads.forms import ReassignForm
from leads.journey import absent
from leads.models import Handoff
from leads.views.desk import desk_of, form_for

MOST = 200
"""So many at once; more are shown after these are handed on."""


@login_required
@never_cache
def leads(request: SignedIn, pk: int) -> HttpResponse:
    """A person's open leads, picked ones handed on; `absence` keeps to those due while away, `team`
    to those of a team. Nothing is picked at first, unless the address says `picked=all`."""
    at = timezone.now()
    person = _person(request, pk)
    absence = _absence(request, person)
    team = _team(request)
    rows = _rows(person, absence, team)[:MOST]
    desk = desk_of(request.user, at=at)
    request.unread, request.absence = desk.unread, desk.absence
    others = tuple(one for one in desk.picklists.people if one[0] != person.email)
    picklists = desk.picklists._replace(people=others)
    form = form_for("reassign", picklists, request.POST if request.method == "POST" else None)
    assert isinstance(form, ReassignForm)
    results: list[absent.HandedOn] = []
    if request.method == "POST" and form.is_valid():
        picked = _picked(request, rows)
        to = _taker(form.cleaned_data["to"])
        if not picked:
            form.add_error(None, "Pick the leads to hand on.")
        elif to is None:
            form.add_error("to", "Choose somebody else.")
        else:
            results = _hand_on(request, form, picked, to, at)
            if not any(one.fault for one in results):
                return _done(request, person, results)
    faults = [one for one in results if one.fault]
    context: dict[str, Any] = {
        "section": "teams",
        "here": "time-off" if person == request.user else "",
        "person": person,
        "absence": absence,
        "when": absences.said(absence, absences.zones_of([person])[person.pk]) if absence else "",
        "team_only": team,
        "rows": list(_rows(person, absence, team)[:MOST]) if results else list(rows),
        "went": _where(results),
        "faults": faults,
        "form": form,
        "picked": set(request.POST.getlist("pick")),
        "all_picked": not form.is_bound and request.GET.get("picked") == "all",
        "back": _back(request, person),
        "now": at,
    }
    return render(request, "leads/people/hand_on.html", context, status=422 if form.errors else 200)


def _person(request: SignedIn, pk: int) -> User:
    """The person; one's own self for a rep. Raises Http404."""
    if pk != request.user.pk and not may_lead_teams(request.user):
        raise Http404
    return get_object_or_404(User, pk=pk)


def _absence(request: SignedIn, person: User) -> Absence | None:
    number = whole(request.GET.get("absence", ""))
    if number is None:
        return None
    return Absence.objects.standing().filter(pk=number, user=person).first()


def _team(request: SignedIn) -> Team | None:
    """The team asked for. Raises Http404 for an unknown one, rather than show every lead."""
    key = request.GET.get("team", "")
    return get_object_or_404(Team, key=key) if key else None


def _rows(person: User, absence: Absence | None, team: Team | None) -> QuerySet[Handoff]:
    if absence is not None:
        return absent.due_while_away(person, absence.starts_at, absence.ends_at)
    mine = Handoff.objects.working().filter(owner=person)
    if team is not None:
        mine = mine.filter(team=team)
    return mine.select_related("lead", "team").by_due()


def _picked(request: SignedIn, rows: QuerySet[Handoff]) -> list[Handoff]:
    picked = set(request.POST.getlist("pick"))
    return [one for one in rows if str(one.pk) in picked]


def _taker(to: str) -> User | Team | None:
    if "@" in to:
        return User.objects.filter(email=to).first()
    return Team.objects.filter(key=to).first()


def _hand_on(
    request: SignedIn, form: ReassignForm, picked: list[Handoff], to: User | Team, at: dt.datetime
) -> list[absent.HandedOn]:
    said = form.cleaned_data
    return absent.hand_on(
        picked, to=to, reason=said["reason"], note=said["note"], actor=request.user, at=at
    )


def _done(request: SignedIn, person: User, results: list[absent.HandedOn]) -> HttpResponse:
    messages.success(request, f"{count_of(len(results), 'lead')} went: {_where(results)}.")
    return redirect(_back(request, person))


def _where(results: list[absent.HandedOn]) -> str:
    """To whom how many went, most first: “Ines Ferro 3, the queue of SDR Europe 1”."""
    went = Counter(one.to for one in results if not one.fault)
    return ", ".join(f"{name} {count:,}" for name, count in went.most_common())


def _back(request: SignedIn, person: User) -> str:
    """Where one goes when nothing is left to hand on."""
    if person == request.user:
        return reverse("leads:time-off")
    team = Team.objects.filter(memberships__user=person).order_by("pk").first()
    return reverse("leads:roster", args=[team.key]) if team else reverse("leads:teams")
