"""The queue and the lead page: statements and server time, with few leads and with many."""

import gc
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.models import Handoff

from .reps import busiest
from .table import Figure, ms

ROUNDS = 120
PASSES = 4
SPARE = 5


@dataclass(frozen=True)
class Visit:
    """What a page took. `rows`: how many hand-overs wait behind the page."""

    name: str
    seconds: float
    statements: int
    rows: int


def visit() -> list[Visit]:
    """Open both pages as a rep with a full queue, in a process as tidy as one that only serves."""
    gc.collect()
    gc.freeze()
    rep = busiest()
    client = Client(HTTP_HOST="localhost")
    client.force_login(rep, backend="allauth.account.auth_backends.AuthenticationBackend")
    queue = Handoff.objects.working().filter(owner=rep)
    lead_ids = list(queue.by_due().values_list("lead", flat=True)[:ROUNDS])
    addresses = [reverse("leads:lead", args=[lead_id]) for lead_id in lead_ids]
    rows = queue.count()
    return [
        _visit("queue page", client, [reverse("leads:queue")] * ROUNDS, rows),
        _visit("lead page", client, addresses, rows),
    ]


def _visit(name: str, client: Client, addresses: list[str], rows: int) -> Visit:
    """The median of the calmest pass: a shared machine has slow seconds."""
    passes = [addresses[start::PASSES] for start in range(PASSES)]
    seconds = min(statistics.median(_pass(client, some)[SPARE:]) for some in passes)
    with CaptureQueriesContext(connection) as captured:
        client.get(addresses[-1])
    return Visit(name, seconds, len(captured), rows)


def _pass(client: Client, addresses: list[str]) -> list[float]:
    taken = []
    for address in addresses:
        started = time.perf_counter()
        answer = client.get(address)
        taken.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
    return taken


def compare(few: list[Visit], many: list[Visit], *, small: int, large: int) -> Iterator[Figure]:
    """The figures of this part."""
    for before, after in zip(few, many, strict=True):
        yield Figure(
            f"{after.name}, {large:,} leads, {after.rows} in the queue",
            ms(after.seconds),
            target="under 30 ms",
            ok=after.seconds < 0.030,
        )
        ratio = after.seconds / before.seconds
        yield Figure(
            f"  beside {small:,} leads",
            ms(before.seconds),
            ratio=f"{ratio:.2f}",
            target="at most 1.2 times",
            ok=ratio <= 1.2,
        )
        yield Figure(
            "  statements",
            str(after.statements),
            f"{before.statements} at {small:,}",
            target="at most 10, constant",
            ok=max(after.statements, before.statements) <= 10,
        )
