"""Members of a team: what they take, who joins, who is responsible. Each change is shown before it
is made, and kept on record."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from handoff import history
from handoff.models import Membership, Team
from handoff.permissions import may_lead_teams
from handoff.views.signed_in import SignedIn
from handoff.words import count_of

from . import standing
from .forms import AddMemberForm, MemberForm, ResponsibleForm
from .teams import team_or_404


def leader_s(request: SignedIn, key: str) -> Team:
    """The team, for those who may change it: others may not (403), strangers find none (404)."""
    team = team_or_404(request.user, key)
    if not may_lead_teams(request.user):
        raise PermissionDenied("Sales managers change who is in a team.")
    return team


@login_required
@never_cache
def member(request: SignedIn, key: str, pk: int) -> HttpResponse:
    """A member's settings; a change is read back before it is kept."""
    team = leader_s(request, key)
    rows = team.memberships.select_related("user", "team")
    membership = get_object_or_404(rows, pk=pk)
    before = get_object_or_404(rows.select_related("calendar"), pk=pk)
    form = MemberForm(request.POST if request.method == "POST" else None, instance=membership)
    lines: list[str] = []
    if request.method == "POST" and form.is_valid():
        lines = list(_changes(form, before))
        if not lines:
            messages.info(request, "Nothing was changed.")
            return redirect("leads:roster", key=team.key)
        if "sure" in request.POST:
            form.save()
            messages.success(request, f"Saved {membership.user}.")
            return redirect("leads:roster", key=team.key)
    context = {
        "section": "teams",
        "here": team.key,
        "team": team,
        "membership": before,
        "form": form,
        "lines": lines,
        "effects": list(_effects(membership, before)) if lines else [],
        "changes": history.changes_of(before),
        "most": history.MOST,
    }
    status = 422 if form.errors else 200
    return render(request, "leads/people/member.html", context, status=status)


def _changes(form: MemberForm, before: Membership) -> Iterator[str]:
    """Each field that changes, from what to what."""
    for name in form.fields:
        was, now = getattr(before, name), form.cleaned_data[name]
        if was != now:
            field = before._meta.get_field(name)
            label = form.fields[name].label or name.capitalize()
            yield f"{label}: {history.said(field, was)} → {history.said(field, now)}"


def _effects(after: Membership, before: Membership) -> Iterator[str]:
    """What follows from the change that is not plain from the figures."""
    carried = standing.open_of([after.user_id]).get(after.user_id, 0)
    leads = count_of(carried, "open lead")
    if before.active and not after.active:
        yield f"{after.user} leaves {after.team}: no turns from now on."
        if carried:
            yield f"{leads} stay with {after.user} until you hand them on."
    elif after.active and not before.active:
        yield f"{after.user} starts where the team's turn stands now, so nobody is flooded."
    elif after.weight == 0 and before.weight:
        yield f"{after.user} takes no turns any more, but can still claim."
    if after.active and after.max_open is not None and carried >= after.max_open:
        yield f"{after.user} has {leads} already, so none comes until some are done."
    if after.calendar_id != before.calendar_id:
        yield "Deadlines already given stay as they are."


@login_required
@never_cache
def add(request: SignedIn, key: str) -> HttpResponse:
    """Take somebody into the team; who was in it before comes back to the same place on record."""
    team = leader_s(request, key)
    form = AddMemberForm(request.POST if request.method == "POST" else None, team=team)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        with transaction.atomic():
            made, is_new = Membership.objects.get_or_create(team=team, user=person)
            if not is_new and not made.active:
                made.active = True
                made.save(update_fields=["active"])
        messages.success(request, f"{person} is in {team}. Set what they take.")
        return redirect("leads:member", key=team.key, pk=made.pk)
    context = {"section": "teams", "here": team.key, "team": team, "form": form}
    status = 422 if form.errors else 200
    return render(request, "leads/people/add.html", context, status=status)


@login_required
@never_cache
def responsible(request: SignedIn, key: str) -> HttpResponse:
    """Name who is told when a lead of the team waits or is late."""
    team = leader_s(request, key)
    form = ResponsibleForm(
        request.POST if request.method == "POST" else None, instance=Team.objects.get(pk=team.pk)
    )
    if request.method == "POST" and form.is_valid():
        named = form.save().responsible
        messages.success(request, f"{named} is responsible for {team} now.")
        return redirect("leads:roster", key=team.key)
    context = {"section": "teams", "here": team.key, "team": team, "form": form}
    status = 422 if form.errors else 200
    return render(request, "leads/people/responsible.html", context, status=status)
