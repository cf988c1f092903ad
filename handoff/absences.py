"""Time off and pauses: what may be entered, what it means in moments, and how it ends.

Days are those of the person's calendar. An absence that is over or cancelled stays on record.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from . import business_time
from .models import Absence, Membership, User
from .models.team import AbsenceQuerySet

LONGEST = dt.timedelta(days=366)
LONGEST_PAUSE = dt.timedelta(days=7)
FURTHEST = dt.timedelta(days=2 * 366)
MIDNIGHT, NOON = dt.time(), dt.time(12)


class Refused(ValueError):
    """What cannot be entered; `field` names where it was typed, empty for none."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class Days:
    """Time off as a person says it: days, the first perhaps from midday, the last until midday."""

    first: dt.date
    last: dt.date
    from_midday: bool = False
    until_midday: bool = False


def zone_of(user: User) -> dt.tzinfo:
    """The zone a person reads times in."""
    return zoneinfo.ZoneInfo(user.zone_name() or "UTC")


def calendar_of(user: User) -> business_time.Calendar | None:
    """The hours a person works: their own in the team they joined first, else that team's."""
    found = Membership.objects.filter(user=user, active=True).order_by("pk")
    membership = found.select_related("calendar", "team__calendar").first()
    if membership is None:
        return None
    return (membership.calendar or membership.team.calendar).windows()


def zones_of(people: Iterable[User]) -> dict[int, dt.tzinfo]:
    """The zone in which each person's days are counted, by primary key: of the hours they work,
    else the one they read times in."""
    zones = {person.pk: zone_of(person) for person in people}
    found = Membership.objects.filter(user__in=zones, active=True).order_by("-pk")
    for one in found.select_related("calendar", "team__calendar"):
        zones[one.user_id] = zoneinfo.ZoneInfo((one.calendar or one.team.calendar).timezone)
    return zones


def span_of(
    days: Days, calendar: business_time.Calendar | None, zone: dt.tzinfo
) -> tuple[dt.datetime, dt.datetime]:
    """The moments between which somebody is away; `zone` counts the days where no calendar does.

    A morning ends when the afternoon's hours open; an afternoon begins when the morning's close.
    """
    if calendar is not None:
        zone = calendar.zone
    start = _midnight(days.first, zone)
    if days.from_midday:
        start = _midday(days.first, calendar, zone)[0]
    end = _midnight(days.last + dt.timedelta(days=1), zone)
    if days.until_midday:
        end = _midday(days.last, calendar, zone)[1]
    return start, end


def _midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _midday(
    day: dt.date, calendar: business_time.Calendar | None, zone: dt.tzinfo
) -> tuple[dt.datetime, dt.datetime]:
    """When the morning's work is over and when the afternoon's begins: the break nearest to the
    middle of the day's hours, else that middle; noon on a day without hours."""
    start, end = _midnight(day, zone), _midnight(day + dt.timedelta(days=1), zone)
    rows = business_time.laid_out(calendar, start, end) if calendar else ()
    open_ = [row for row in rows if row.minutes]
    if not open_:
        noon = dt.datetime.combine(day, NOON, zone).astimezone(dt.UTC)
        return noon, noon
    middle = open_[0].start + (open_[-1].end - open_[0].start) / 2
    breaks = [(one.end, two.start) for one, two in zip(open_, open_[1:], strict=False)]
    near = min(breaks, key=lambda gap: abs(gap[0] + (gap[1] - gap[0]) / 2 - middle), default=None)
    return near or (middle.replace(second=0, microsecond=0),) * 2


def said(absence: Absence, zone: dt.tzinfo) -> str:
    """When somebody is away, in words: “Mon 12 Oct”, “Mon 12 Oct to Wed 14 Oct”, with the times
    where it is not whole days."""
    start, end = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    begins = _day(start) + (f" {start:%H:%M}" if start.time() != MIDNIGHT else "")
    if end.time() == MIDNIGHT:
        ends = _day(end - dt.timedelta(days=1))
    else:
        ends = f"{_day(end)} {end:%H:%M}"
    if begins == ends:
        return begins
    if end.time() != MIDNIGHT and start.date() == end.date():
        return f"{begins} until {end:%H:%M}"
    if _day(start) == ends:
        return f"{_day(start)} from {start:%H:%M}"
    return f"{begins} to {ends}"


def _day(moment: dt.datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"


def pause_choices(
    calendar: business_time.Calendar | None, zone: dt.tzinfo, at: dt.datetime
) -> dict[str, dt.datetime]:
    """When a pause begun now may end, by the name of the choice."""
    zone = calendar.zone if calendar else zone
    choices = {
        "30": at + dt.timedelta(minutes=30),
        "60": at + dt.timedelta(minutes=60),
        "day": _midnight(at.astimezone(zone).date() + dt.timedelta(days=1), zone),
    }
    if calendar is not None:
        choices["opening"] = _opening_after_close(calendar, at)
    return choices


def _opening_after_close(calendar: business_time.Calendar, at: dt.datetime) -> dt.datetime:
    """The next time they begin to work, after the hours they are in now."""
    if calendar.is_open(at):
        rows = business_time.laid_out(calendar, at, at + dt.timedelta(days=8))
        at = rows[0].end
    return calendar.next_opening(at)


def moment_from(typed: dt.datetime) -> dt.datetime:
    """The moment somebody typed, in the zone of the request where they named none. Raises Refused
    for a time that the change of the clocks skips, or has twice, and for one that no zone knows."""
    if typed.tzinfo is not None:
        return typed
    zone = timezone.get_current_timezone()
    local = typed.replace(tzinfo=zone)
    try:
        back = local.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
    except OverflowError as error:
        raise Refused("until", "That is too far away. A pause lasts at most a week.") from error
    if back != typed:
        raise Refused("until", f"{typed:%H:%M} is skipped that day: the clocks go forward.")
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise Refused("until", f"{typed:%H:%M} is there twice that day: the clocks go back.")
    return local


def enter(user: User, days: Days, *, note: str = "", actor: User, at: dt.datetime) -> Absence:
    """Time off for a person. Raises Refused for what cannot be, or is said already."""
    calendar, zone = calendar_of(user), zone_of(user)
    today = at.astimezone(calendar.zone if calendar else zone).date()
    _sound(days, today)
    starts_at, ends_at = span_of(days, calendar, zone)
    if ends_at <= at:
        raise Refused("last", "That is over already.")
    with transaction.atomic():
        _lock(user)
        clash = _standing(user, Absence.Kind.TIME_OFF).between(starts_at, ends_at).first()
        if clash is not None:
            when = said(clash, calendar.zone if calendar else zone)
            raise Refused("first", f"{user} is away already: {when}. Cancel that first.")
        return Absence.objects.create(
            user=user,
            kind=Absence.Kind.TIME_OFF,
            starts_at=starts_at,
            ends_at=ends_at,
            note=note,
            entered_by=actor,
            entered_at=at,
        )


def _sound(days: Days, today: dt.date) -> None:
    if days.last < days.first:
        raise Refused("last", "The last day is before the first.")
    if days.first == days.last and days.from_midday and days.until_midday:
        raise Refused("last", "From midday until midday of one day is no time at all.")
    if days.first < today:
        raise Refused("first", "That day is past. Time off begins today or later.")
    if days.first - today > FURTHEST:
        raise Refused("first", "That is more than two years ahead. Check the days.")
    if days.last - days.first > LONGEST:
        raise Refused("last", "That is more than a year. Check the days.")


def pause(user: User, ends_at: dt.datetime, *, actor: User, at: dt.datetime) -> Absence:
    """No leads from now until `ends_at`; a pause that still runs ends with this one's start."""
    if ends_at <= at:
        raise Refused("until", "That moment is past. A pause ends later than now.")
    if ends_at - at > LONGEST_PAUSE:
        raise Refused("until", "A pause lasts at most a week. Enter time off for longer.")
    with transaction.atomic():
        _lock(user)
        for running in _standing(user, Absence.Kind.PAUSE).at(at):
            _end(running, actor=actor, at=at)
        return Absence.objects.create(
            user=user,
            kind=Absence.Kind.PAUSE,
            starts_at=at,
            ends_at=ends_at,
            entered_by=actor,
            entered_at=at,
        )


def end(absence: Absence, *, actor: User, at: dt.datetime) -> Absence:
    """Cancel what has not begun; end what runs now. Raises Refused for what is over."""
    with transaction.atomic():
        found = Absence.objects.select_for_update().select_related("user").get(pk=absence.pk)
        if found.cancelled_at is not None:
            raise Refused("", "It is cancelled already.")
        if found.ends_at <= at:
            raise Refused("", "It is over already.")
        _end(found, actor=actor, at=at)
        return found


def end_pause(user: User, *, actor: User, at: dt.datetime) -> bool:
    """Take leads again from now on; whether there was a pause to end."""
    with transaction.atomic():
        running = list(_standing(user, Absence.Kind.PAUSE).at(at).select_for_update())
        for one in running:
            _end(one, actor=actor, at=at)
    return bool(running)


def _end(absence: Absence, *, actor: User, at: dt.datetime) -> None:
    if absence.starts_at >= at:
        absence.cancelled_at, absence.cancelled_by = at, actor
        absence.save(update_fields=["cancelled_at", "cancelled_by"])
    else:
        absence.ends_at = at
        absence.save(update_fields=["ends_at"])


def _standing(user: User, kind: Absence.Kind) -> AbsenceQuerySet:
    return Absence.objects.standing().filter(user=user, kind=kind)


def _lock(user: User) -> None:
    """One entry at a time for a person, so that two at once cannot overlap."""
    found = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not found.is_active:
        raise Refused("person", f"{found} is not active any more.")
