"""Quarters of the calendar, and the studies of them. Days are those of UTC, as a study's are."""

import datetime as dt
import re
from dataclasses import dataclass

from django.db import transaction

from handoff import statements
from handoff.models import DefinitionVersion, User
from reviews.models import LiftStudy

from .asking import start

KEY = re.compile(r"^(20\d\d)-Q([1-4])$")
STUDY_LOCK = 7_301_986
"""Advisory lock held by whoever begins the study of a quarter."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """One of the four of a year, 1 to 4."""

    year: int
    number: int

    @property
    def key(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def since(self) -> dt.datetime:
        return dt.datetime.combine(self.first_day, dt.time(), dt.UTC)

    @property
    def until(self) -> dt.datetime:
        return self.next.since

    def __str__(self) -> str:
        last = self.next.first_day - dt.timedelta(days=1)
        return f"{self.first_day:%B} to {last:%B %Y}"


def quarter_of(day: dt.date) -> Quarter:
    """The quarter a day is in."""
    return Quarter(day.year, (day.month + 2) // 3)


def last_full(day: dt.date) -> Quarter:
    """The quarter that was over last on a day."""
    here = quarter_of(day)
    return Quarter(here.year, here.number - 1) if here.number > 1 else Quarter(here.year - 1, 4)


def called(key: str) -> Quarter | None:
    """The quarter that an address names, as “2026-Q3”; None where it names none."""
    found = KEY.match(key)
    return Quarter(int(found[1]), int(found[2])) if found else None


def newest_study(quarter: Quarter) -> LiftStudy | None:
    """The latest study of what was handed over in a quarter, by any version, that neither failed
    nor was stopped."""
    asked = LiftStudy.objects.filter(since=quarter.since, until=quarter.until, only=None)
    live = (LiftStudy.State.WAITING, LiftStudy.State.RUNNING, LiftStudy.State.DONE)
    return asked.filter(state__in=live).select_related("version", "only").first()


def study_once(quarter: Quarter, *, at: dt.datetime) -> LiftStudy | None:
    """The study of a quarter, begun where there is none; None while no definition is live. Two at
    once begin one. Needs a transaction."""
    statements.fetch("SELECT pg_advisory_xact_lock(%s)", [STUDY_LOCK])
    found = newest_study(quarter)
    if found is not None or not DefinitionVersion.objects.live().exists():
        return found
    return start(since=quarter.since, until=quarter.until, actor=None, at=at)


def study_anew(quarter: Quarter, *, actor: User, at: dt.datetime) -> tuple[LiftStudy, bool]:
    """The study of a quarter that is under way, else one begun now; and whether it was begun. Two
    at once begin one. Raises NothingLive."""
    with transaction.atomic():
        statements.fetch("SELECT pg_advisory_xact_lock(%s)", [STUDY_LOCK])
        found = newest_study(quarter)
        if found is not None and found.is_unfinished:
            return found, False
        return start(since=quarter.since, until=quarter.until, actor=actor, at=at), True
