"""Summaries of the day and week: who wants one, when it is time, and that each is written once.

The row in `Digest` is what is written first, under its unique key; where there is nothing to say it
stays alone, so that the day is dealt with.
"""

import datetime as dt
import logging
from collections.abc import Collection, Iterable

from django.db import Error as DatabaseError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from handoff import absences, business_time
from handoff.models import OVERSEERS, Absence, User
from leads.models import Digest, Preference
from leads.wording import subjects

from . import summarising
from .announcing import Letter, announce
from .hearing import gets_summaries

log = logging.getLogger(__name__)

FAULTS = (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError)
DAY = dt.timedelta(days=1)
INTROS = {
    Digest.Kind.DAILY: "What your day begins with.",
    Digest.Kind.WEEKLY: "The week behind you, and what stands now.",
}


def write_due(*, at: dt.datetime) -> int:
    """Write every summary for which it is time, once a person and day; how many there were to
    say something in. One that cannot be written stops no other; it is tried again."""
    recent = Digest.objects.filter(day__gte=at.date() - 7 * DAY)
    done = set(recent.values_list("user", "kind", "day"))
    written = 0
    for reader in _readers():
        try:
            written += _write_for(reader, done, at=at)
        except FAULTS:
            log.exception("the summary of person %s could not be written", reader.pk)
    return written


def _write_for(reader: User, done: Collection[tuple[int, str, dt.date]], *, at: dt.datetime) -> int:
    zone, written = absences.zone_of(reader), 0
    for kind, day in _due(reader, at.astimezone(zone), at=at):
        if (reader.pk, kind.value, day) not in done:
            with timezone.override(zone):
                written += write(reader, kind, day, at=at)
    return written


def write(reader: User, kind: Digest.Kind, day: dt.date, *, at: dt.datetime) -> bool:
    """Write one summary, in the current zone; whether it was not dealt with and has a line."""
    with transaction.atomic():
        row, made = Digest.objects.get_or_create(
            user=reader, kind=kind, day=day, defaults={"written_at": at}
        )
        if not made:
            return False
        is_daily = kind == Digest.Kind.DAILY
        parts = (summarising.of_day if is_daily else summarising.of_week)(reader, at=at)
        row.lines = sum(part["number"] for part in parts)
        row.save(update_fields=["lines"])
        if parts:
            announce([letter(reader, kind, day, parts, at=at)])
    return bool(parts)


def letter(
    reader: User, kind: Digest.Kind, day: dt.date, parts: list[summarising.Part], *, at: dt.datetime
) -> Letter:
    """A summary as a letter."""
    subject = subjects.daily(day) if kind == Digest.Kind.DAILY else subjects.weekly(day)
    said = f"{subject}: {parts[0]['title']}" if parts else subject
    body = {"intro": INTROS[kind], "parts": parts, "path": summarising.scope_of(reader).path}
    return Letter(f"digest_{kind.value}", day.isoformat(), reader.pk, said, at, body=body)


def _readers() -> Iterable[User]:
    """Who wants a summary, by choice or by what they look after."""
    unsaid = Q(message_preference=None) | Q(message_preference__daily=None)
    looks_after = (
        Q(groups__name__in=OVERSEERS)
        | Q(responsible_for__isnull=False)
        | Q(tracks__isnull=False)
        | Q(is_superuser=True)
    )
    chose = Q(message_preference__daily=True) | Q(message_preference__weekly=True)
    people = User.objects.filter(chose | (unsaid & looks_after), is_active=True)
    return people.select_related("message_preference").order_by("pk").distinct()


def _due(
    reader: User, local: dt.datetime, *, at: dt.datetime
) -> Iterable[tuple[Digest.Kind, dt.date]]:
    """The summaries of today for which it is time in the reader's zone: on days they work."""
    choice = getattr(reader, "message_preference", None) or Preference(user=reader)
    if local.time() < choice.daily_at:
        return
    calendar, today = absences.calendar_of(reader), local.date()
    away = Absence.objects.at(at).filter(user=reader, kind=Absence.Kind.TIME_OFF)
    if not _works(calendar, today, local.tzinfo) or away.exists():
        return
    if choice.daily is not False and (choice.daily or gets_summaries(reader)):
        yield Digest.Kind.DAILY, today
    chosen = today - (local.weekday() - choice.weekly_on) % 7 * DAY
    days = (chosen + n * DAY for n in range((today - chosen).days))
    if choice.weekly and not any(_works(calendar, day, local.tzinfo) for day in days):
        yield Digest.Kind.WEEKLY, chosen


def _works(calendar: business_time.Calendar | None, day: dt.date, zone: dt.tzinfo | None) -> bool:
    """Whether a local day has working time; Monday to Friday where no calendar says, none where it
    never opens again."""
    if calendar is None:
        return day.weekday() < 5
    start = dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
    try:
        return calendar.next_opening(start) < start + DAY
    except ValueError:
        return False
