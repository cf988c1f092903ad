"""A house of its own for the run: an empty database, an agreement, a web server."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

from handoff import embedded

PLAYBOOK = Path(__file__).with_name("playbook.yaml")
DATABASE = embedded.DATABASE
FLOOR = "handoff_floor"
"""A copy of the database as it was before, into which bare PostgreSQL writes the same rows."""
SMALLER = "handoff_smaller"
"""A copy of the database while it held few leads, beside which the same pages are opened later."""


def place() -> embedded.Place:
    if settings.EMBEDDED is None:
        raise RuntimeError("The benchmarks run on an embedded database of their own.")
    return settings.EMBEDDED


@contextmanager
def house() -> Iterator[None]:
    """An empty house with an agreement in force, for as long as it is held."""
    where = place()
    with embedded.held(where):
        let_go()
        with administrator() as admin:
            for name in (FLOOR, SMALLER, DATABASE):
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {DATABASE} OWNER {embedded.OWNER}")
        manage("migrate", "--verbosity=0", role="owner")
        manage("createcachetable", role="owner")
        manage("collectstatic", "--noinput", "--verbosity=0")
        manage("playbook", "load", str(PLAYBOOK), "--publish")
        yield
        let_go()


def administrator(database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the server's own superuser, each statement for itself."""
    return psycopg.connect(place().conninfo(database, "postgres"), autocommit=True)


def columns(connection: psycopg.Connection[tuple[object, ...]], table: str) -> list[str]:
    """The names of the columns that a row of a table is written with."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = 'public' AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    names = [str(name) for (name,) in found]
    if not names:
        raise RuntimeError(f"There is no table {table}.")
    return names


def let_go() -> None:
    """Close Django's connections, so that the database may be copied."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


@contextmanager
def doors(*names: str) -> Iterator[list[Callable[[], None]]]:
    """For each database of the house, what lets Django work in it; the connections stay open until
    Django works in its own again."""
    own = connections[DEFAULT_DB_ALIAS]
    opened = [own.copy() for _ in names]
    for name, one in zip(names, opened, strict=True):
        one.settings_dict["NAME"] = name
        one.settings_dict["OPTIONS"].pop("pool", None)
    try:
        yield [partial(connections.__setitem__, DEFAULT_DB_ALIAS, one) for one in opened]
    finally:
        for one in opened:
            one.close()
        connections[DEFAULT_DB_ALIAS] = own


def snapshot(name: str) -> None:
    """Copy the database as it is now to one of this name."""
    let_go()
    with administrator() as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE} OWNER {embedded.OWNER}")


def settle(name: str = DATABASE) -> None:
    """Statistics and visibility as autovacuum would leave them, and no checkpoint in between."""
    with administrator(name) as admin:
        admin.execute("VACUUM (ANALYZE)")
        admin.execute("CHECKPOINT")


def manage(*words: str, role: str = "app") -> None:
    """Run a command to its end. Raises CalledProcessError."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    environment = {**os.environ, "DATABASE_ROLE": role}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


@contextmanager
def web(workers: int = 2) -> Iterator[tuple[str, int]]:
    """The web server as `manage.py up` starts it, answering at the address given."""
    host, port = "127.0.0.1", settings.PORT
    threads = getattr(settings, "WEB_THREADS", 4)
    command = [
        *(sys.executable, "-m", "granian", "--interface=wsgi", "--no-ws", "--log-level=error"),
        *(f"--host={host}", f"--port={port}", f"--workers={workers}"),
        *(f"--blocking-threads={threads}", "handoff.wsgi:application"),
    ]
    server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=dict(os.environ))
    try:
        _wait(host, port, server)
        yield host, port
    finally:
        server.terminate()
        server.wait(20)


def _wait(host: str, port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            client = http.client.HTTPConnection(host, port, timeout=5)
            client.request("GET", "/healthz")
            if client.getresponse().status == 200:
                return
        except OSError:
            pass
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("The web server does not answer.")
        time.sleep(0.1)
