"""Series and their next meetings: made ahead of time, moved, cancelled; everybody is told."""

import datetime as dt
import secrets
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from handoff.calendars import CalendarError
from handoff.models import User
from handoff.permissions import may_arrange_reviews
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.models import Meeting, Participant, Series, SeriesMember

from . import apart, invitations
from .dates import NeverOpen, due_days, moment_of

NUMBER_LOCK = 7_301_985
"""Advisory lock held by whoever gives a meeting its number."""

SCHEDULE = ("every_weeks", "weekday", "local_time", "timezone", "calendar", "first_on")
"""What decides when a series meets."""

CLOSED = "Its calendar is closed for a year to come. Choose another, or give it working hours."
SHOWN_DATES = 4
SEED_BITS = 48
"""How long what the sample of a meeting is drawn by is."""
MISSED = dt.timedelta(days=1)
FARTHEST = dt.timedelta(days=366)
"""No meeting is moved farther ahead than this."""


def may_arrange(series: Series, user: User) -> bool:
    """Change a series and its dates: its chair, and those who arrange reviews."""
    return series.chair_id == user.pk or may_arrange_reviews(user)


def next_dates(
    series: Series, *, at: dt.datetime, count: int = SHOWN_DATES
) -> list[tuple[dt.date, dt.datetime]]:
    """The next days that a series asks for, each with the moment its meeting begins; none where
    its calendar is closed for a year to come."""
    days = due_days(series.first_on, series.weekday, series.every_weeks)
    try:
        calendar = series.calendar.windows() if series.calendar else None
        moments = ((day, moment_of(day, series.local_time, series.zone, calendar)) for day in days)
        return list(islice(((day, moment) for day, moment in moments if moment > at), count))
    except (NeverOpen, CalendarError):
        return []


def keep_series(
    series: Series, seats: Mapping[int, str], *, actor: User, at: dt.datetime
) -> Meeting | None:
    """Save a new or changed series with its seats (side by person), and bring its next meeting in
    line with it; that meeting. Raises NotAllowed and Invalid."""
    if not (may_arrange_reviews(actor) if series._state.adding else may_arrange(series, actor)):
        raise NotAllowed("Its chair, managers and marketing operations arrange joint reviews.")
    if series.chair_id not in seats:
        raise Invalid("chair", "The chair takes part too: choose a side for them.")
    with transaction.atomic():
        before = Series.objects.select_for_update().filter(pk=series.pk).values(*SCHEDULE).first()
        if series._state.adding:
            series.made_by, series.made_at = actor, at
        series.save()
        after = Series.objects.values(*SCHEDULE).get(pk=series.pk)
        left = _keep_members(series, seats)
        for meeting in series.meetings.running().select_for_update():
            _take_out(meeting, left, at=at)
            _seat_too(meeting, seats)
            Meeting.objects.filter(pk=meeting.pk).bump()
        planned = series.meetings.planned().select_for_update().first()
        if planned is None:
            return None if series.meetings.ahead().exists() else _plan(series, at=at)
        was = _appointment(planned)
        if before != after:
            planned.due_on, planned.starts_at = _next_free(series, at=at, besides=planned)
            planned.since = since_of(series, before=planned.starts_at)
            planned.until = planned.starts_at
        return _in_line(planned, was, at=at)


def _keep_members(series: Series, seats: Mapping[int, str]) -> list[int]:
    """Give a series just these members; who is one no more."""
    gone = SeriesMember.objects.filter(series=series).exclude(user__in=list(seats))
    left = list(gone.values_list("user", flat=True))
    gone.delete()
    for user_id, side in seats.items():
        SeriesMember.objects.update_or_create(
            series=series, user_id=user_id, defaults={"side": side}
        )
    return left


def end_series(series_id: int, *, actor: User, at: dt.datetime) -> Series:
    """No more meetings; the planned one is cancelled. Raises NotAllowed and Conflict."""
    with transaction.atomic():
        series = Series.objects.select_for_update().get(pk=series_id)
        if not may_arrange(series, actor):
            raise NotAllowed("Its chair, managers and marketing operations end a series.")
        if series.ended_at is not None:
            raise Conflict("It has ended already.")
        series.ended_at, series.ended_by = at, actor
        series.save(update_fields=["ended_at", "ended_by"])
        for meeting in series.meetings.planned().select_for_update():
            _cancel(meeting, because="The series has ended.", at=at)
    return series


def plan_ahead(*, at: dt.datetime) -> int:
    """Give every series that goes on its next meeting, with invitations; how many were made. May
    run as often as one likes."""
    without = Series.objects.running().exclude(meetings__in=Meeting.objects.ahead())

    def plan(found: Series) -> int:
        series = Series.objects.select_for_update().get(pk=found.pk)
        if series.ended_at is not None or series.meetings.ahead().exists():
            return 0
        _plan(series, at=at)
        return 1

    return apart.each(list(without.order_by("pk")), plan, at=at)


def call_off_missed(*, at: dt.datetime) -> int:
    """Cancel what nobody began within a day, so that the next can be planned; how many."""
    missed = Meeting.objects.planned().filter(starts_at__lt=at - MISSED).order_by("pk")

    def call_off(found: Meeting) -> int:
        meeting = missed.select_for_update().filter(pk=found.pk).first()
        if meeting is None:
            return 0
        _cancel(meeting, because="Nobody began it.", at=at)
        return 1

    return apart.each(list(missed), call_off, at=at)


def move(meeting_id: int, to: dt.datetime, *, actor: User, at: dt.datetime) -> Meeting:
    """Hold one planned meeting at another time. Raises NotAllowed, Invalid and Conflict."""
    with transaction.atomic():
        meeting = _planned(meeting_id, actor)
        if to <= at:
            raise Invalid("to", "Choose a time that is still to come.")
        if to > at + FARTHEST:
            raise Invalid("to", "Choose a time within a year.")
        since = since_of(meeting.series, before=to)
        if to <= since:
            raise Invalid("to", "Choose a time after the meeting before.")
        if to != meeting.starts_at:
            meeting.since, meeting.starts_at, meeting.until = since, to, to
            _tell_again(meeting, at=at)
    return meeting


def cancel(meeting_id: int, *, because: str, actor: User, at: dt.datetime) -> Meeting:
    """Do not hold one planned meeting; the next of its series is planned, or where that fails the
    worker tells why. Raises NotAllowed, Invalid and Conflict."""
    if not because.strip():
        raise Invalid("because", "Say why, so that nobody wonders.")
    with transaction.atomic():
        meeting = _planned(meeting_id, actor)
        _cancel(meeting, because=because.strip(), at=at)
        if meeting.series.ended_at is None and next_dates(meeting.series, at=at):
            _plan(meeting.series, at=at)
    return meeting


def _planned(meeting_id: int, actor: User) -> Meeting:
    meeting = Meeting.objects.select_related("series").select_for_update(of=("self",))
    found = meeting.get(pk=meeting_id)
    if not may_arrange(found.series, actor):
        raise NotAllowed("Its chair, managers and marketing operations change a meeting.")
    if not found.is_planned:
        raise Conflict(f"It is {found.get_state_display().lower()} by now.")
    return found


def _cancel(meeting: Meeting, *, because: str, at: dt.datetime) -> None:
    meeting.state, meeting.cancelled_because = Meeting.State.CANCELLED, because
    meeting.sequence += 1
    meeting.revision += 1
    meeting.save(update_fields=["state", "cancelled_because", "sequence", "revision"])
    invitations.call_off(meeting, list(_people(meeting)), at=at)


def _plan(series: Series, *, at: dt.datetime) -> Meeting:
    """The next meeting of a series whose row the caller has locked."""
    due_on, starts_at = _next_free(series, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (NUMBER_LOCK,))
    last = Meeting.objects.aggregate(last=Max("number"))["last"] or 0
    meeting = Meeting.objects.create(
        series=series,
        number=last + 1,
        due_on=due_on,
        starts_at=starts_at,
        item_minutes=series.item_minutes,
        chair=series.chair,
        since=since_of(series, before=starts_at),
        until=starts_at,
        seed=secrets.randbits(SEED_BITS),
    )
    _seat(meeting, _seats(series))
    invitations.invite(meeting, list(_people(meeting)), at=at)
    return meeting


def since_of(series: Series, *, before: dt.datetime) -> dt.datetime:
    """From when a meeting of a series looks: since the one held before, else one cadence back."""
    held = series.meetings.over().first()
    return held.until if held else before - dt.timedelta(weeks=series.every_weeks)


def _next_free(
    series: Series, *, at: dt.datetime, besides: Meeting | None = None
) -> tuple[dt.date, dt.datetime]:
    """The next day a series asks for that no other meeting has, and when that begins. Raises
    Invalid where its calendar is closed."""
    others = series.meetings.exclude(pk=besides.pk) if besides else series.meetings.all()
    taken = set(others.values_list("due_on", flat=True))
    dates = next_dates(series, at=at, count=len(taken) + 1)
    free = ((day, moment) for day, moment in dates if day not in taken)
    found = next(free, None)
    if found is None:
        raise Invalid("calendar", CLOSED)
    return found


def _in_line(meeting: Meeting, was: tuple[Any, ...], *, at: dt.datetime) -> Meeting:
    """A planned meeting with the seats, chair and minutes of its series; whoever is invited hears
    of it where their calendar would say something else than it `was`."""
    series = meeting.series
    meeting.item_minutes, meeting.chair = series.item_minutes, series.chair
    left = _seat(meeting, _seats(series))
    if _appointment(meeting) == was:
        meeting.save()
    else:
        _tell_again(meeting, at=at)
        invitations.call_off(meeting, left, at=at)
    return meeting


def _appointment(meeting: Meeting) -> tuple[Any, ...]:
    """What stands in a calendar of it."""
    seats = meeting.participants.order_by("user").values_list("user", flat=True)
    return meeting.starts_at, meeting.item_minutes, meeting.chair_id, tuple(seats)


def _tell_again(meeting: Meeting, *, at: dt.datetime) -> None:
    meeting.sequence += 1
    meeting.revision += 1
    meeting.save()
    invitations.invite(meeting, list(_people(meeting)), at=at)


def _seats(series: Series) -> dict[int, str]:
    return dict(series.seats.values_list("user", "side"))


def _seat(meeting: Meeting, seats: Mapping[int, str]) -> list[User]:
    """Give a planned meeting just these participants; who is invited no more."""
    gone = meeting.participants.exclude(user__in=list(seats)).select_related("user")
    left = [one.user for one in gone]
    gone.delete()
    _seat_too(meeting, seats)
    return left


def _take_out(meeting: Meeting, left: Collection[int], *, at: dt.datetime) -> None:
    """From now on these people are in a running meeting no more, nor does any of them present."""
    meeting.participants.taking_part().filter(user__in=left).update(removed_at=at)
    led = Meeting.objects.filter(pk=meeting.pk, presenter__in=left)
    led.update(presenter=None, presenter_at=None)


def _seat_too(meeting: Meeting, seats: Mapping[int, str]) -> None:
    """Give these people a seat besides those who have one."""
    for user_id, side in seats.items():
        Participant.objects.update_or_create(
            meeting=meeting, user_id=user_id, defaults={"side": side, "removed_at": None}
        )


def _people(meeting: Meeting) -> list[User]:
    people = User.objects.filter(is_active=True, pk__in=meeting.participants.values("user"))
    return list(people.order_by("pk"))
