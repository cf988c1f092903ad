"""What a summary of the day or week says: lines with links, for one reader in their zone.

Only leads the reader may see are in it. A part without a line is left out; without parts there is
nothing to say.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from handoff import absences
from handoff.checklists import FIRST_STEP
from handoff.models import OVERSEERS, Absence, Team, User
from handoff.permissions import may_approve_leads
from handoff.words import count_of, day_and_time
from leads.models import Approval, Assignment, Clock, Comeback, Event, Handoff
from leads.models.handoff import HandoffQuerySet

NAMED = 5
"""Leads named in one part; the rest is a link."""

DAY = dt.timedelta(days=1)
Part = dict[str, Any]


@dataclass(frozen=True)
class Scope:
    """Whose leads a summary is about: the teams a reader answers for, every team for who looks
    after all, else their own leads."""

    reader: User
    teams: tuple[Team, ...]

    @property
    def handoffs(self) -> HandoffQuerySet:
        rows = Handoff.objects.filter(historical=False).visible_to(self.reader)
        if self.teams:
            return rows.filter(team__in=self.teams)
        return rows.filter(owner=self.reader)

    @property
    def path(self) -> str:
        """The list in which its leads stand; marketing's own team has no queue."""
        selling = [team for team in self.teams if team.kind != Team.Kind.MARKETING]
        if len(selling) == 1:
            return reverse("leads:team", args=[selling[0].key])
        return reverse("leads:leads") if self.teams else reverse("leads:queue")


def scope_of(reader: User) -> Scope:
    """See Scope."""
    answers_for = Team.objects.filter(responsible=reader).order_by("name")
    teams = tuple(answers_for) or (
        tuple(Team.objects.order_by("name")) if reader.has_role(*OVERSEERS) else ()
    )
    return Scope(reader, teams)


def of_day(reader: User, *, at: dt.datetime) -> list[Part]:
    """What a day begins with. The current zone is the reader's."""
    scope, ends = scope_of(reader), _midnight_after(at)
    working = scope.handoffs.open()
    today = Q(due_at__gte=at, due_at__lt=ends) | Q(next_step_due__gte=at, next_step_due__lt=ends)
    return _said(
        [
            *_now(scope, working, at),
            _leads("due today", working.filter(today).by_due(), scope.path, at),
            _given(scope, since=at - DAY, at=at),
            _from_tracks(reader, since=at - DAY, at=at),
            _away(scope, at, ends),
        ]
    )


def of_week(reader: User, *, at: dt.datetime) -> list[Part]:
    """What the last seven days were, and what stands now. The current zone is the reader's."""
    scope, since = scope_of(reader), at - 7 * DAY
    return _said(
        [
            _figures(scope, since),
            *_now(scope, scope.handoffs.open(), at),
            _given(scope, since=since, at=at),
            _from_tracks(reader, since=since, at=at),
            _away(scope, at, at + 7 * DAY),
        ]
    )


def _now(scope: Scope, working: HandoffQuerySet, at: dt.datetime) -> Iterable[Part]:
    waiting = working.waiting().unowned().by_due()
    returned = working.filter(state=Handoff.State.RETURNED, step=FIRST_STEP).by_due()
    yield _leads("late", working.overdue(at=at).by_due(), scope.path, at)
    yield _leads("waiting for somebody", waiting, scope.path, at)
    yield _leads("returned to marketing", returned, reverse("leads:returned"), at)
    yield _approvals(scope.reader)


def _leads(what: str, rows: QuerySet[Handoff], path: str, at: dt.datetime) -> Part:
    number = rows.order_by().count()
    found = rows.select_related("lead", "owner", "team")[:NAMED] if number else ()
    return _part(f"{count_of(number, 'lead')} {what}", path, number, [_line(h, at) for h in found])


def _line(handoff: Handoff, at: dt.datetime) -> dict[str, str]:
    due = f"due {day_and_time(handoff.due_at, at)}" if handoff.due_at else ""
    return {
        "said": f"{handoff.lead.title}: {handoff.owner or handoff.team or 'nobody'}",
        "path": reverse("leads:lead", args=[handoff.lead_id]),
        "when": due,
    }


def _given(scope: Scope, *, since: dt.datetime, at: dt.datetime) -> Part:
    """Leads that changed hands, by a person or after a missed deadline."""
    kinds = (Assignment.Kind.MANUAL, Assignment.Kind.BREACH)
    rows = Assignment.objects.filter(at__gte=since, kind__in=kinds, handoff__in=scope.handoffs)
    number = rows.count()
    found = rows.select_related("handoff__lead", "owner", "team").order_by("-at", "-pk")
    lines = [
        {
            "said": f"{one.handoff.lead.title}: now {one.owner or one.team or 'nobody'}’s",
            "path": reverse("leads:lead", args=[one.handoff.lead_id]),
            "when": day_and_time(one.at, at),
        }
        for one in found[: NAMED if number else 0]
    ]
    return _part(f"{count_of(number, 'lead')} given to somebody else", scope.path, number, lines)


def _from_tracks(reader: User, *, since: dt.datetime, at: dt.datetime) -> Part:
    """Who was decided about anew on the tracks that the reader looks after."""
    tracks = dict(reader.tracks.values_list("key", "label"))
    rows = Comeback.objects.filter(track__in=tracks, at__gte=since, at__lte=at)
    number = rows.count() if tracks else 0
    found = rows.select_related("lead").order_by("-at", "-pk")
    stays = Comeback.Outcome.STAYS
    lines = [
        {
            "said": f"{one.lead.title}, {tracks[one.track]}: "
            + ("not ready, stays" if one.outcome == stays else "back with sales"),
            "path": reverse("leads:lead", args=[one.lead_id]),
            "when": day_and_time(one.at, at),
        }
        for one in found[: NAMED if number else 0]
    ]
    title = f"{count_of(number, 'lead')} of your nurture tracks decided anew"
    return _part(title, reverse("leads:tracks"), number, lines)


def _away(scope: Scope, begin: dt.datetime, end: dt.datetime) -> Part:
    rows = Absence.objects.between(begin, end).filter(
        kind=Absence.Kind.TIME_OFF,
        user__memberships__team__in=scope.teams,
        user__memberships__active=True,
    )
    zone = timezone.get_current_timezone()
    found = list(rows.select_related("user").order_by("starts_at", "user").distinct())
    lines = [
        {"said": f"{one.user}: {absences.said(one, zone)}", "path": "", "when": ""}
        for one in found[:NAMED]
    ]
    people = count_of(len({one.user_id for one in found}), "person", "people")
    return _part(f"{people} away", reverse("leads:teams"), len(found), lines)


def _approvals(reader: User) -> Part:
    if not may_approve_leads(reader):
        return _part("", "", 0, [])
    rows = Approval.objects.filter(state=Approval.State.WAITING, historical=False)
    number = rows.count()
    found = rows.select_related("lead").order_by(F("due_at").asc(nulls_last=True), "pk")
    lines = [
        {"said": one.lead.title, "path": reverse("leads:lead", args=[one.lead_id]), "when": ""}
        for one in found[: NAMED if number else 0]
    ]
    return _part(
        f"{count_of(number, 'lead')} waiting for your yes", reverse("leads:approval"), number, lines
    )


def _figures(scope: Scope, since: dt.datetime) -> Part:
    """Counts of seven days; each is a number of things that happened, not a share."""
    handoffs = scope.handoffs
    events = Event.objects.filter(at__gte=since, handoff__in=handoffs).aggregate(
        accepted=Count("pk", filter=Q(kind=Event.Kind.ACCEPTED)),
        rejected=Count("pk", filter=Q(kind=Event.Kind.REJECTED)),
        returned=Count("pk", filter=Q(kind=Event.Kind.RETURNED)),
    )
    counted = {
        "handed over": handoffs.filter(made_at__gte=since).count(),
        **events,
    }
    late = Clock.objects.filter(breached_at__gte=since, acts=True, handoff__in=handoffs).count()
    path = reverse("reviews:sla")
    lines = [
        {"said": f"{count_of(number, 'lead')} {name}", "path": "", "when": ""}
        for name, number in counted.items()
        if number
    ]
    if late:
        said = count_of(late, "promise") + " missed"
        lines.append({"said": said, "path": reverse("reviews:sla-late"), "when": ""})
    return _part("The last seven days", path, len(lines), lines)


def _part(title: str, path: str, number: int, lines: list[dict[str, str]]) -> Part:
    more = number - len(lines)
    return {
        "title": title,
        "path": path,
        "lines": lines,
        "more": f"and {more} more" if more > 0 else "",
        "number": number,
    }


def _said(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part["number"]]


def _midnight_after(at: dt.datetime) -> dt.datetime:
    local = timezone.localtime(at)
    tomorrow = dt.datetime.combine(local.date() + DAY, dt.time(), timezone.get_current_timezone())
    return tomorrow.astimezone(dt.UTC)
