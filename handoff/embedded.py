"""The database that needs no installing: a PostgreSQL of our own, kept under DATA_DIR.

Used where `DATABASE_URL` is unset. It listens on a socket only, and only the user who started
Handoff may connect (`peer`). Whoever needs it holds it (`held`); the last to let go stops it.

Where that is, and as whom it runs, is in `premises.py`.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg

from handoff.premises import (
    MAJOR,
    PORT,
    DatabaseError,
    Place,
    as_user,
    own,
    place,
    programs,
    server_user,
)

__all__ = ["PORT", "DatabaseError", "Place", "held", "place", "running", "start", "stop"]

OWNER = "handoff_owner"
APP = "handoff_app"
DATABASE = "handoff"
BROKER = "handoff_broker"

START_SECONDS = 120.0
STOP_SECONDS = 30.0

TUNING: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "idle_in_transaction_session_timeout": "10min",
}
FOR_TESTS: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
"""On top of TUNING where the data is thrown away anyway."""


@contextmanager
def held(where: Place, extra: Mapping[str, str] | None = None) -> Iterator[Place]:
    """Have the database running while inside; started if it is not, stopped by whoever leaves last.

    `extra` are server settings on top of TUNING, used only if this call starts it.
    Raises DatabaseError.
    """
    where.data_dir.mkdir(parents=True, exist_ok=True)
    with open(where.data_dir / ".database.users", "a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        start(where, extra)
        try:
            yield where
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(where)


def start(where: Place, extra: Mapping[str, str] | None = None) -> None:
    """Make the database if there is none, start it if it is not running, wait until it answers.

    What a crash left behind is cleared away. Raises DatabaseError.
    """
    with _one_at_a_time(where):
        if running(where) is None:
            _make(where)
            _clear_leftovers(where)
            _launch(where, {**TUNING, **(extra or {})})
        _wait_until_ready(where)
        _ensure_roles_and_databases(where)


def stop(where: Place) -> None:
    """Stop the server, if it runs, without losing a commit; returns when it is gone."""
    with _one_at_a_time(where):
        server = running(where)
        if server is None:
            return
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, STOP_SECONDS)):
            with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                server.send_signal(number)
                server.wait(seconds)
            if running(where) is None:
                return
        with suppress(psutil.NoSuchProcess):
            server.kill()


def running(where: Place) -> psutil.Process | None:
    """The server's main process, if it is alive and serves this very directory."""
    for child in _started:
        child.poll()
    try:
        first, *_ = (where.cluster / "postmaster.pid").read_text().splitlines()
        server = psutil.Process(int(first))
        if server.status() == psutil.STATUS_ZOMBIE:
            return None
        return server if Path(server.cwd()) == where.cluster else None
    except (OSError, ValueError, psutil.Error):
        return None


_started: list[subprocess.Popen[bytes]] = []


@contextmanager
def _one_at_a_time(where: Place) -> Iterator[None]:
    with open(where.data_dir / ".database.starting", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(where: Place) -> None:
    """A new cluster, complete or not at all."""
    kept = where.cluster / "PG_VERSION"
    if kept.exists():
        if (found := kept.read_text().strip()) != MAJOR:
            raise DatabaseError(
                f"{where.cluster} was made by PostgreSQL {found}; this Handoff runs {MAJOR}. "
                "Dump it with the older release and load it here (docs/operations.md)."
            )
        return
    user = server_user()
    where.home.mkdir(parents=True, exist_ok=True, mode=0o755)
    fresh = where.home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(where.cluster, ignore_errors=True)
    own(fresh, user)
    _run(
        "initdb",
        f"--pgdata={fresh}",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--auth=peer",
        user=user,
    )
    fresh.rename(where.cluster)


def _clear_leftovers(where: Place) -> None:
    """A lock file whose process is another's by now would keep the server from starting."""
    lock = where.cluster / "postmaster.pid"
    lock.unlink(missing_ok=True)
    deadline = time.monotonic() + STOP_SECONDS
    while _backends(where.cluster) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in _backends(where.cluster):
        with suppress(psutil.Error):
            process.send_signal(signal.SIGQUIT)


def _backends(cluster: Path) -> list[psutil.Process]:
    """Processes of a server that was killed; they leave by themselves in a moment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.name() == "postgres" and Path(process.cwd()) == cluster:
                found.append(process)
    return found


def _launch(where: Place, tuning: Mapping[str, str]) -> None:
    user = server_user()
    own(where.socket_dir, user)
    me = pwd.getpwuid(os.geteuid()).pw_name
    (where.cluster / "pg_hba.conf").write_text("local all all peer map=handoff\n")
    (where.cluster / "pg_ident.conf").write_text(f'handoff "{me}" all\n')
    where.log.parent.mkdir(parents=True, exist_ok=True)
    options = [f"--{name}={value}" for name, value in tuning.items()]
    with open(where.log, "ab") as log:
        server = subprocess.Popen(
            [
                programs() / "postgres",
                "-D",
                where.cluster,
                f"--unix_socket_directories={_quoted(where.socket_dir)}",
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **as_user(user),
        )
    _started.append(server)


def _wait_until_ready(where: Place) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(where.conninfo("template1", "postgres"), connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            ended = bool(_started) and _started[-1].poll() is not None
            if time.monotonic() > deadline or (ended and running(where) is None):
                raise DatabaseError(
                    f"The embedded database does not start ({error}). Its log, {where.log}, "
                    f"ends:\n{_end_of(where.log)}"
                ) from error
        time.sleep(0.05)


def _ensure_roles_and_databases(where: Place) -> None:
    """Owner and application role, the rights between them, and the two databases."""
    with psycopg.connect(where.conninfo("template1", "postgres"), autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        if OWNER not in roles:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        if APP not in roles:
            connection.execute(f"CREATE ROLE {APP} LOGIN")
        databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        if {DATABASE, BROKER} <= databases:
            return
        for rights in (
            "SELECT, INSERT, UPDATE, DELETE ON TABLES",
            "USAGE, SELECT ON SEQUENCES",
        ):
            connection.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT {rights} TO {APP}")
    with psycopg.connect(where.conninfo("postgres", "postgres"), autocommit=True) as connection:
        for name, owner in ((DATABASE, OWNER), (BROKER, APP)):
            if name not in databases:
                connection.execute(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template1")


def _run(program: str, *arguments: str, user: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        [programs() / program, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        **as_user(user),
    )
    if done.returncode != 0:
        raise DatabaseError(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")


def _quoted(path: Path) -> str:
    """As PostgreSQL reads one entry of a list."""
    return '"' + str(path).replace('"', '""') + '"'


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""
