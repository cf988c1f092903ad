"""The page of both halves of the agreement: server time, over all that was ever handed over."""

import statistics
import time
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoff.models import User
from leads.models import Handoff

from . import house
from .table import Figure, ms

ROUNDS = 7
QUERIES = ("past=1", "past=1&period=90&compare=1")


def measure() -> Iterator[Figure]:
    """The figures of this part; the imported past counts too, since most here is of it."""
    house.settle()
    viewer, _ = User.objects.get_or_create(email="reader@bench.example", is_superuser=True)
    client = Client(HTTP_HOST="localhost")
    client.force_login(viewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    handed = Handoff.objects.count()
    for query in QUERIES:
        address = f"{reverse('reviews:sla')}?{query}"
        taken, floor = _beside_a_scan(client, address)
        yield Figure(
            f"both halves, {handed:,} hand-overs, {query}",
            ms(taken),
            f"{ms(floor)} scan",
            f"{taken / floor:.1f}",
            "under 300 ms",
            taken < 0.3,
        )
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("reviews:sla"))
    yield Figure("  statements", str(len(captured)), target="at most 20", ok=len(captured) <= 20)


def _beside_a_scan(client: Client, address: str) -> tuple[float, float]:
    """The page, and between its visits a bare scan of every hand-over, so that both meet the same
    machine."""
    pages, scans = [], []
    for _ in range(ROUNDS):
        pages.append(_visit(client, address))
        scans.append(_scan())
    return statistics.median(pages), statistics.median(scans)


def _scan() -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(first_touch_at) FROM leads_handoff")
        cursor.fetchall()
    return time.perf_counter() - started


def _visit(client: Client, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return time.perf_counter() - started
