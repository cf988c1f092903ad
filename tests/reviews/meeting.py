"""A joint review for tests: Mara and Devon of marketing, Sam, Ines and Lena of sales."""

import datetime as dt

from reviews.meetings import planning, running
from reviews.models import Meeting, Series
from tests import factories as make
from tests.factories import MONDAY

TEN = dt.time(10)


def devon():
    """In marketing, and in no role."""
    return make.UserFactory(email="devon@northwind.example", name="Devon Blake")


def series(**columns):
    """Every two weeks, Thursdays at 10:00 in New York, Lena in the chair; not saved."""
    return Series(
        **{
            "name": "Marketing and sales",
            "weekday": 3,
            "local_time": TEN,
            "timezone": "America/New_York",
            "first_on": MONDAY.date(),
            "chair": make.lena(),
            **columns,
        }
    )


def seats():
    """Who takes part, and for which side."""
    sides = {make.mara: "marketing", devon: "marketing"}
    sides |= dict.fromkeys((make.sam, make.ines, make.lena), "sales")
    return {person().pk: side for person, side in sides.items()}


def planned(*, at=MONDAY, **columns):
    """The next meeting of a series that was made at `at`."""
    made = planning.keep_series(series(**columns), seats(), actor=make.mara(), at=at)
    assert made is not None
    return made


def begun(*, at=None, by=None):
    """A meeting that Mara has just begun; at its hour, unless `at` says otherwise."""
    meeting = planned()
    running.begin(meeting.pk, actor=by or make.mara(), at=at or meeting.starts_at)
    return Meeting.objects.get(pk=meeting.pk)
