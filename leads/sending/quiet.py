"""Quiet hours: until when a message waits, in its reader's own hours or those of a team's calendar.

What is told inside the application never waits, nor does what brings together others.
"""

import datetime as dt

from handoff import absences, business_time
from handoff.models import Absence, User
from leads.models import Message, Preference
from leads.wording.kinds import DIGESTS, GATHERED, kind_of


def held_until(message: Message, *, at: dt.datetime) -> dt.datetime | None:
    """When its reader's quiet hours let the message through; None where it may go now, and where
    the calendar never opens again: nothing is held for ever."""
    try:
        return _held_until(message, at=at)
    except ValueError:
        return None


def _held_until(message: Message, *, at: dt.datetime) -> dt.datetime | None:
    webhook = message.webhook
    if message.kind == GATHERED:
        return None
    if webhook is not None and webhook.only_in_hours and webhook.team is not None:
        return _ahead(webhook.team.calendar.windows().next_opening(at), at)
    if message.recipient_id is None or message.kind in DIGESTS:
        return None
    return of_person(message.recipient_id, urgent=kind_of(message.kind).urgent, at=at)


def of_person(person: int, *, urgent: bool, at: dt.datetime) -> dt.datetime | None:
    """Until when a person (by primary key) wants to hear nothing; None where they may hear now."""
    choice = Preference.objects.filter(user=person).select_related("user").first()
    if choice is None or choice.quiet == Preference.Quiet.NEVER:
        return None
    if urgent and choice.break_through:
        return None
    if choice.quiet == Preference.Quiet.WORKING:
        return _ahead(next_working(choice.user, at=at), at)
    if choice.quiet_from is None or choice.quiet_until is None:
        return None
    return after_quiet(choice.quiet_from, choice.quiet_until, absences.zone_of(choice.user), at)


def hours_of(user: User) -> business_time.Calendar | None:
    """The hours a person works: their own, their team's, else those of a team they answer for."""
    found = absences.calendar_of(user)
    if found is not None:
        return found
    team = user.responsible_for.select_related("calendar").order_by("pk").first()
    return team.calendar.windows() if team else None


def next_working(user: User, *, at: dt.datetime) -> dt.datetime:
    """`at` itself inside a person's hours, else when these begin again after any time off; `at`
    too where nobody knows their hours."""
    calendar = hours_of(user)
    if calendar is None:
        return at
    away = Absence.objects.standing().filter(user=user, kind=Absence.Kind.TIME_OFF, ends_at__gt=at)
    spans = list(away.values_list("starts_at", "ends_at"))
    return business_time.due(calendar, at, 0, pauses=spans).due


def after_quiet(
    begins: dt.time, ends: dt.time, zone: dt.tzinfo, at: dt.datetime
) -> dt.datetime | None:
    """When a daily quiet span in `zone`, perhaps over midnight, is over; None outside of it."""
    local = at.astimezone(zone)
    if begins <= ends:
        inside, tomorrow = begins <= local.time() < ends, False
    else:
        inside = local.time() >= begins or local.time() < ends
        tomorrow = local.time() >= begins
    if not inside:
        return None
    day = local.date() + dt.timedelta(days=1 if tomorrow else 0)
    return _ahead(dt.datetime.combine(day, ends, zone).astimezone(dt.UTC), at)


def _ahead(moment: dt.datetime, at: dt.datetime) -> dt.datetime | None:
    return moment if moment > at else None
