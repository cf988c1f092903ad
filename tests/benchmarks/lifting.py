"""A study of lift over all that was ever handed over: how long the worker is at it, and how much
memory it takes. Its pages read what was found."""

import datetime as dt
import time
from collections.abc import Iterator

from django.utils import timezone

from reviews import lifting
from reviews.lifting import running
from reviews.models import LiftStudy

from .backtesting import memory
from .table import Figure

MOST = 400


def measure(since: dt.date, until: dt.date) -> Iterator[Figure]:
    """The figures of this part, in the house as it is."""
    at = timezone.now()
    begins, ends = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (since, until))
    study = lifting.start(since=begins, until=ends + dt.timedelta(days=1), actor=None, at=at)
    with memory() as grown:
        started = time.perf_counter()
        running.run(study.pk, at=at)
        took = time.perf_counter() - started
    study.refresh_from_db()
    if study.state != LiftStudy.State.DONE:
        raise RuntimeError(study.error)
    yield Figure(f"study of lift, {study.leads_count:,} hand-overs", f"{took:,.1f} s")
    most = max(grown)
    yield Figure("  Python grew by", f"{most:.0f} MB", target=f"under {MOST} MB", ok=most < MOST)
