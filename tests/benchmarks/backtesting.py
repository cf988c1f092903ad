"""A draft tried on the past: all leads judged again, and the sample behind a dragged threshold."""

import copy
import datetime as dt
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from handoff import versions
from handoff.models import DefinitionVersion
from leads.journey.law import law, law_of
from leads.models import Lead, Touchpoint
from reviews import backtesting
from reviews.backtesting.preview import preview
from reviews.models import Backtest

from . import house
from .table import Figure, ms

HUNDRED_THOUSAND, MILLION = 10.0, 90.0
"""Seconds allowed for so many leads with five touchpoints each."""

PREVIEWS = 7
PAGE = 4096
READS = (
    "SELECT count(*), sum(fit), sum(intent) FROM leads_judgement",
    "SELECT count(*), max(occurred_at) FROM leads_touchpoint",
    "SELECT count(*), max(last_seen_at) FROM leads_lead",
    "SELECT count(*), max(made_at) FROM leads_handoff",
)


def measure() -> Iterator[Figure]:
    """The figures of this part, in the house as it is."""
    draft = _draft()
    yield from _backtested(draft)
    yield from _previewed(draft)


def at_scale() -> Iterator[Figure]:
    """The backtest alone, in a house of copies."""
    yield from _backtested(_draft())


def _backtested(draft: DefinitionVersion) -> Iterator[Figure]:
    house.settle()
    now = timezone.now()
    read = min(_read() for _ in range(2))
    with memory() as grown:
        run = backtesting.start(
            draft, since=now - dt.timedelta(days=400), until=now, actor=None, at=now
        )
        started = time.perf_counter()
        backtesting.run(run.pk, at=now)
        took = time.perf_counter() - started
    run.refresh_from_db()
    if run.state != Backtest.State.DONE:
        raise RuntimeError(run.error)
    allowed = _allowed(max(Lead.objects.count(), 1000))
    yield Figure(
        f"backtest, {run.leads_count:,} leads, {Touchpoint.objects.count():,} touchpoints",
        f"{took:.2f} s",
        f"{read:.2f} s sequential read",
        f"{took / read:.1f}",
        f"under {allowed:.1f} s",
        took < allowed,
    )
    most = max(grown)
    yield Figure("  Python grew by", f"{most:.0f} MB", target="under 32 MB", ok=most < 32)


def _allowed(leads: int) -> float:
    if leads <= 100_000:
        return HUNDRED_THOUSAND * leads / 100_000
    return HUNDRED_THOUSAND + (MILLION - HUNDRED_THOUSAND) * (leads - 100_000) / 900_000


def _previewed(draft: DefinitionVersion) -> Iterator[Figure]:
    """The first of an hour draws the sample; the others find it drawn."""
    live = law(DefinitionVersion.objects.live().get().pk).definition
    taken = []
    for threshold in range(PREVIEWS):
        document = copy.deepcopy(draft.document())
        document["fit"][0]["points"] = 5.0 + threshold
        started = time.perf_counter()
        edited = law_of(document, version_id=0, number=0).definition
        found = preview(edited, live, at=timezone.now())
        taken.append(time.perf_counter() - started)
    yield Figure("first preview of an hour", ms(taken[0]), target="under 2 s", ok=taken[0] < 2)
    middle = statistics.median(taken[1:])
    yield Figure(f"preview on {found.n:,} leads", ms(middle), target="under 1 s", ok=middle < 1)


def _draft() -> DefinitionVersion:
    """The live version with another threshold in its first criterion and half the points."""
    live = DefinitionVersion.objects.live().with_rows().get()
    document: dict[str, Any] = copy.deepcopy(live.document())
    for row in document["fit"]:
        row["points"] = row["points"] / 2
    with transaction.atomic():
        versions.lock()
        return versions.make_draft(document, actor=None, cloned_from=live)


def _read() -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for sql in READS:
            cursor.execute(sql)
    return time.perf_counter() - started


@contextmanager
def memory() -> Iterator[list[float]]:
    """Megabytes by which this process is larger than at the beginning, every twentieth second."""
    grown: list[float] = [0.0]
    first, over = _resident(), threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            grown.append(_resident() - first)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield grown
    finally:
        over.set()
        watcher.join()


def _resident() -> float:
    """Megabytes of this process in memory; 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * PAGE / 1e6 if statm.exists() else 0.0
