"""POST /api/v1/leads from four clients at once, beside bare INSERT and COMMIT of one row."""

import itertools
import json
import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
from django.utils import timezone

from handoff import embedded
from handoff.models import ApiKey
from leads.management.commands.bench_data import payload

from . import house
from .table import Figure, ms, per_second

CLIENTS = 4
SECONDS = 12.0
FLOOR_SECONDS = 4.0
WARM = 2.0
FIRST = 50_000_000
"""Numbers of leads from here on are the posted ones'."""

PREPARED = 5000
"""Leads of one client, more than it can post in the time."""

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
Work = Callable[[], None]


def measure() -> Iterator[Figure]:
    """The figures of this part."""
    numbers = itertools.count(FIRST)
    _, key = ApiKey.make("bench", ["leads", "handoffs", "read"])
    before, wide_before = _floor(1), _floor(CLIENTS)
    with house.web() as (host, port):
        posts = [poster(host, port, key, numbers) for _ in range(CLIENTS)]
        together(posts, WARM)
        taken, took = together(posts, SECONDS)
    wide_after, after = _floor(CLIENTS), _floor(1)
    floor, wide = (before + after) / 2, (wide_before + wide_after) / 2
    rate = len(taken) / took
    yield Figure(
        "POST /leads, 4 clients",
        per_second(rate),
        f"{per_second(floor)} INSERT+COMMIT, one connection",
        f"1/{floor / rate:.1f}",
        "at least 1/20",
        rate >= floor / 20,
    )
    beside = f"{per_second(wide)} on {CLIENTS} connections"
    yield Figure("  beside the same, side by side", "", beside, f"1/{wide / rate:.1f}")
    middle = statistics.median(taken)
    late = statistics.quantiles(taken, n=100)[98]
    yield Figure("  median", ms(middle), target="under 20 ms", ok=middle < 0.020)
    yield Figure("  p99", ms(late), target="under 100 ms", ok=late < 0.100)


def poster(host: str, port: int, key: str, numbers: Iterator[int]) -> Work:
    """Posts one prepared lead after the other over one connection, costing hardly any time itself.

    The work raises RuntimeError for an answer other than 201.
    """
    now = timezone.now()
    head = (
        f"POST /api/v1/leads HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
    bodies = [json.dumps(payload(next(numbers), 5, now=now, spread=0.5)) for _ in range(PREPARED)]
    letters = (f"{head}{len(body.encode())}\r\n\r\n{body}".encode() for body in bodies)
    line = socket.create_connection((host, port), timeout=30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post() -> None:
        line.sendall(next(letters))
        said = line.recv(65536)
        while (ends := said.find(b"\r\n\r\n")) < 0:
            said += line.recv(65536)
        (length,) = LENGTH.findall(said[:ends])
        while len(said) < ends + 4 + int(length):
            said += line.recv(65536)
        if not said.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(repr(said[:500]))

    return post


def _floor(width: int) -> float:
    """Rows a second of bare INSERT and COMMIT of one row with the same payload, same clients."""
    with house.administrator(house.DATABASE) as admin:
        admin.execute("DROP TABLE IF EXISTS bench_floor")
        admin.execute(
            "CREATE TABLE bench_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " payload jsonb NOT NULL)"
        )
        admin.execute(f"GRANT INSERT ON bench_floor TO {embedded.APP}")
    text = json.dumps(payload(FIRST, 5, now=timezone.now()))
    conninfo = house.place().conninfo(house.DATABASE, embedded.APP)
    connections = [psycopg.connect(conninfo, autocommit=True) for _ in range(width)]

    def inserter(connection: psycopg.Connection[tuple[object, ...]]) -> Work:
        sql = "INSERT INTO bench_floor (payload) VALUES (%s::jsonb)"

        def insert() -> None:
            connection.execute(sql, [text], prepare=True)

        return insert

    taken, took = together([inserter(one) for one in connections], FLOOR_SECONDS)
    for one in connections:
        one.close()
    return len(taken) / took


def together(works: list[Work], seconds: float) -> tuple[list[float], float]:
    """Repeat each work in a thread of its own for a time; how long each took, and all together.

    Raises what a work raised.
    """
    taken: list[float] = []
    failures: list[BaseException] = []
    started = time.perf_counter()

    def repeat(work: Work) -> None:
        mine = []
        try:
            while (begun := time.perf_counter()) - started < seconds:
                work()
                mine.append(time.perf_counter() - begun)
        except BaseException as error:
            failures.append(error)
        taken.extend(mine)

    threads = [threading.Thread(target=repeat, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return taken, time.perf_counter() - started
