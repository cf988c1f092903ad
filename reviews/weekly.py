"""The Monday letter: what the coverage audit found, to those who can mend it.

Everything goes to marketing operations; the gaps of a team, to whoever answers for it. Once a week,
from eight in the morning of Monday in each person's own zone on; nobody is told of nothing.
"""

import datetime as dt
from collections.abc import Iterator

from django.core.cache import cache
from django.urls import reverse

from handoff import absences
from handoff.models import Team, User
from handoff.permissions import told_of_approvals
from handoff.words import count_of
from leads.journey.announcing import Letter, announce
from leads.models import Message
from reviews.measures.coverage.audit import Audit, audit
from reviews.measures.coverage.finding import Finding, Span

KIND = "coverage"
MORNING = dt.time(8)
MONDAY = 0
NAMED = 12
"""So many gaps are named in a letter; the page tells all."""
WEEK = 7 * 24 * 3600
"""Seconds."""


def tell(*, at: dt.datetime) -> int:
    """Write to everybody whose Monday morning has come and who was not written to this week; to
    how many. May run as often as one likes."""
    looked: dict[bool, Audit] = {}
    written = 0
    for person in _recipients(at):
        span = Span(at, person)
        if span.sees_all not in looked or not span.sees_all:
            looked[span.sees_all] = audit(span)
        letter = _letter(person, looked[span.sees_all], at)
        if letter is not None:
            announce([letter])
            written += 1
        cache.set(_looked(person, at), True, WEEK)
    return written


def _recipients(at: dt.datetime) -> Iterator[User]:
    """Marketing operations and those who answer for teams, on their Monday, for whom nobody looked
    yet this week."""
    answering = Team.objects.filter(responsible__is_active=True).values_list("responsible")
    ids = {*told_of_approvals(), *(pk for (pk,) in answering)}
    for person in User.objects.filter(pk__in=ids).order_by("pk"):
        local = at.astimezone(zone_of(person))
        if local.weekday() != MONDAY or local.time() < MORNING:
            continue
        if cache.get(_looked(person, at)):
            continue
        told = Message.objects.filter(kind=KIND, recipient=person, once__contains=_week(local))
        if not told.exists():
            yield person


def zone_of(person: User) -> dt.tzinfo:
    """Where a person's morning is: their calendar's zone, else their own."""
    calendar = absences.calendar_of(person)
    return calendar.zone if calendar else absences.zone_of(person)


def _looked(person: User, at: dt.datetime) -> str:
    """Under what it is remembered that there was a look for a person this week, so that who has
    nothing to hear of is not looked for again; forgotten, it costs one more look."""
    return f"coverage{_week(at.astimezone(zone_of(person)))}{person.pk}"


def _week(local: dt.datetime) -> str:
    year, week, _ = local.isocalendar()
    return f":{year}-W{week:02}:"


def _letter(person: User, found: Audit, at: dt.datetime) -> Letter | None:
    """What there is to tell a person; None for nothing."""
    gaps = [one.finding for one in found.open]
    if person.pk not in told_of_approvals():
        gaps = [one for one in gaps if one.team and one.team.responsible_id == person.pk]
    if not gaps:
        return None
    more = len(gaps) - NAMED
    lines = [_line(one) for one in gaps[:NAMED]]
    week = _week(at.astimezone(zone_of(person))).strip(":")
    return Letter(
        kind=KIND,
        about=week,
        recipient_id=person.pk,
        subject=f"Coverage: {count_of(len(gaps), 'gap')} to look at",
        at=at,
        body={
            "path": reverse("reviews:coverage"),
            "lines": lines,
            "note": f"And {more} more on the page." if more > 0 else "",
        },
    )


def _line(finding: Finding) -> dict[str, str]:
    return {"says": finding.says, "path": finding.href or reverse("reviews:coverage")}
