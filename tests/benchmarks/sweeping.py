"""Clocks that fall due, swept beside a bare UPDATE of the same rows; and how soon after its
deadline a breach is written while leads are posted."""

import datetime as dt
import itertools
import random
import threading
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from handoff.models import ApiKey
from leads.journey import Envelope, breaching, receive
from leads.models import Clock, Event, Handoff, Lead, Message

from . import house, posting
from .table import Figure, ms, per_second

RUNNING = 100_000
FALLING_DUE = 10_000
SECONDS = 10.0
UNDER_LOAD = 400
POSTED = 24.0
EVERY = 2.0
"""So often the worker sweeps, in seconds; see `handoff.celery`."""

INSIDE = dt.datetime(2026, 10, 14, 15, 0, tzinfo=dt.UTC)
"""A Wednesday inside everybody's hours."""


def measure() -> Iterator[Figure]:
    """The figures of this part."""
    _fill()
    house.settle()
    yield from _swept()
    yield from _under_load()


def _fill() -> None:
    """RUNNING clocks, of which FALLING_DUE are due: copies of one hand-over the journey made."""
    demo = {"signal": "demo_request", "occurred_at": (INSIDE - dt.timedelta(hours=1)).isoformat()}
    payload = {
        "email": "sweep@bench.example",
        "first_name": "Ana",
        "company": "Sweep",
        "industry": "fintech",
        "employees": 400,
        "country": "US",
        "role": "CFO",
        "touchpoints": [demo],
    }
    (made,) = receive(
        [Envelope(source="bench", key="sweep", payload=payload, channel="api")], at=INSIDE
    )
    handoff = Handoff.objects.get(pk=made.handoff_id or 0)
    with transaction.atomic(), connection.cursor() as cursor:
        email = "'sweep-' || n || '@bench.example'"
        cursor.execute(_copies(Lead, {"email": email}), [handoff.lead_id, RUNNING])
        cursor.execute(
            _copies(Handoff, {"lead_id": "l.id"}, "JOIN leads_lead l ON l.email = " + email),
            [handoff.pk, RUNNING],
        )
        due = "CASE WHEN n <= %d THEN x.due_at ELSE x.due_at + interval '90 days' END"
        cursor.execute(
            _copies(
                Clock,
                {"handoff_id": "h.id", "due_at": due % FALLING_DUE, "reminded_at": "x.due_at"},
                f"JOIN leads_lead l ON l.email = {email} JOIN leads_handoff h ON h.lead_id = l.id",
            ),
            [handoff.clocks.get(kind="accept").pk, RUNNING],
        )
    handoff.clocks.all().delete()


def _copies(model: type[models.Model], other: dict[str, str], joins: str = "") -> str:
    """The statement that copies a row (first place) so many times (second place); `n` numbers the
    copies, `other` names what is different of them."""
    columns = [
        str(f.column) for f in model._meta.concrete_fields if not (f.primary_key or f.generated)
    ]
    values = [other.get(column, f'x."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f"INSERT INTO {model._meta.db_table} ({names}) SELECT {', '.join(values)}"
        f" FROM (SELECT * FROM {model._meta.db_table} WHERE id = %s) x"
        f" CROSS JOIN generate_series(1, %s) AS n {joins}"
    )


def _swept() -> Iterator[Figure]:
    at = INSIDE + dt.timedelta(hours=1)
    due = Clock.objects.to_breach(at=at)
    bare = _bare(list(due.values_list("pk", flat=True)), at)
    letters = Message.objects.count()
    started = time.perf_counter()
    _, breached = breaching.sweep(at=at)
    took = time.perf_counter() - started
    if breached != FALLING_DUE or Event.objects.filter(kind="breached").count() < FALLING_DUE:
        raise RuntimeError(f"{breached} breaches were written, not {FALLING_DUE}.")
    running = Clock.objects.running().count()
    yield Figure(
        f"{breached:,} of {running:,} clocks swept",
        f"{took:.1f} s",
        f"{bare:.2f} s, one UPDATE of the same rows",
        f"{took / bare:.0f}×",
        f"under {SECONDS:.0f} s",
        took < SECONDS,
    )
    written = Message.objects.count() - letters
    yield Figure("  breaches", per_second(breached / took), f"{written:,} letters written")


def _bare(ids: list[int], at: dt.datetime) -> float:
    """Seconds of one UPDATE of these rows and its commit; taken back afterwards."""
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute("UPDATE leads_clock SET breached_at = %s WHERE id = ANY(%s)", [at, ids])
        took = time.perf_counter() - started
        cursor.execute("UPDATE leads_clock SET breached_at = NULL WHERE id = ANY(%s)", [ids])
    return took


def _under_load() -> Iterator[Figure]:
    """Deadlines spread over the time in which two clients post."""
    _, key = ApiKey.make("sweep", ["leads"])
    numbers = itertools.count(posting.FIRST + 10_000_000)
    luck = random.Random(7)
    ids = list(
        Clock.objects.running().filter(breached_at=None, acts=True).values_list("pk", flat=True)
    )
    with house.web() as (host, port):
        posts = [posting.poster(host, port, key, numbers) for _ in range(2)]
        began = timezone.now()
        for pk in ids[:UNDER_LOAD]:
            due = began + dt.timedelta(seconds=luck.uniform(3, POSTED - EVERY))
            Clock.objects.filter(pk=pk).update(due_at=due)
        late: list[float] = []
        over = threading.Event()
        sweeper = threading.Thread(target=_sweep_until, args=[over, set(ids[:UNDER_LOAD]), late])
        sweeper.start()
        taken, took = posting.together(posts, POSTED + EVERY)
        over.set()
        sweeper.join()
    if len(late) != UNDER_LOAD:
        raise RuntimeError(f"{len(late)} of {UNDER_LOAD} breaches were written.")
    beside = f"beside {per_second(len(taken) / took)} POST /leads"
    worst, middle = max(late), sorted(late)[len(late) // 2]
    yield Figure("a breach after its deadline, at most", ms(worst), beside, "", "5 s", worst < 5)
    yield Figure("  median", ms(middle))


def _sweep_until(over: threading.Event, mine: set[int], late: list[float]) -> None:
    """Sweep as the worker does, noting how long after its deadline each breach was committed."""
    seen: set[Any] = set()
    while True:
        last = over.is_set()
        breaching.sweep(at=timezone.now())
        done = timezone.now()
        fresh = Clock.objects.filter(pk__in=mine - seen, breached_at__isnull=False)
        for pk, due_at in fresh.values_list("pk", "due_at"):
            seen.add(pk)
            late.append((done - due_at).total_seconds())
        if last:
            break
        over.wait(EVERY)
    connection.close()
