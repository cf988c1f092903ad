"""Bringing leads in by the thousand, beside bare COPY of the very same rows."""

import time
from collections.abc import Iterator

import psycopg
from django.utils import timezone

from leads.journey import receive
from leads.management.commands.bench_data import BATCH, envelopes, fill

from . import house
from .table import Figure, per_second

COUNT = 10_000
FIRST = 60_000_000

TABLES = (
    *("leads_account", "leads_accountdomain", "leads_lead", "leads_externalid", "leads_delivery"),
    *("leads_submission", "leads_touchpoint", "leads_judgement", "leads_approval"),
    *("leads_mergeproposal", "leads_handoff", "leads_assignment", "leads_turn", "leads_clock"),
    *("leads_event", "leads_message", "leads_leadhistory", "leads_accounthistory"),
)
"""Every table that an import writes to, what is referred to first."""


def measure() -> Iterator[Figure]:
    """The figures of this part. Leads of the past and of today are imported half and half."""
    house.snapshot(house.FLOOR)
    since = _now_in_transactions()
    now = timezone.now()
    batches = [
        envelopes(FIRST + start, BATCH, 5, now=now, historical=start < COUNT // 2)
        for start in range(0, COUNT, BATCH)
    ]
    started = time.perf_counter()
    for batch in batches:
        receive(batch, at=now)
    took = time.perf_counter() - started
    copied, rows = _copy(since)
    rate, floor = COUNT / took, COUNT / copied
    yield Figure(
        f"import, {COUNT:,} leads",
        per_second(rate),
        f"{per_second(floor)} COPY",
        f"1/{floor / rate:.1f}",
        "at least 1/3",
        rate >= floor / 3,
    )
    yield Figure("  rows of a lead", f"{rows / COUNT:.1f}")


def grow(leads: int) -> Iterator[Figure]:
    """Bring the house to the size asked for, which is itself an import."""
    started = time.perf_counter()
    for _ in fill(leads, 5, now=timezone.now()):
        pass
    took = time.perf_counter() - started
    house.settle()
    yield Figure(f"bench_data, {leads:,} leads", per_second(leads / took))


def _now_in_transactions() -> int:
    """The transaction from which on rows are new."""
    with house.administrator(house.DATABASE) as admin:
        found = admin.execute("SELECT pg_current_xact_id()::text").fetchone()
    return int(str(found[0])) if found else 0


def _copy(since: int) -> tuple[float, int]:
    """Write the rows of the import into the copy of the house; seconds, and rows."""
    kept: dict[str, tuple[str, list[bytes]]] = {}
    rows = 0
    with house.administrator(house.DATABASE) as source:
        for table in TABLES:
            names = ", ".join(f'"{name}"' for name in house.columns(source, table))
            new = f"SELECT {names} FROM {table} WHERE xmin::text::bigint >= {since}"
            with source.cursor().copy(f"COPY ({new}) TO STDOUT (FORMAT binary)") as out:
                kept[table] = (names, [bytes(part) for part in out])
            found = source.execute(f"SELECT count(*) FROM ({new}) AS new").fetchone()
            rows += int(str(found[0])) if found else 0
    with psycopg.connect(house.place().conninfo(house.FLOOR, "postgres")) as target:
        _warm(target)
        started = time.perf_counter()
        for table, (names, parts) in kept.items():
            with target.cursor().copy(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)") as into:
                for part in parts:
                    into.write(part)
        target.commit()
        return time.perf_counter() - started, rows


def _warm(target: psycopg.Connection[tuple[object, ...]]) -> None:
    """Read the copied tables once, as the others were read."""
    for table in TABLES:
        target.execute(f"SELECT count(*) FROM {table}")
    target.commit()
