"""`manage.py up`: the whole house with one command."""

import fcntl
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from handoff import broker, embedded
from handoff.supervisor import Child, Supervisor, end_leftovers, marked

PLAYBOOK = Path("docs/examples/default.playbook.yaml")
ANSWER_SECONDS = 60.0
ROLES = ("rep", "sales_manager", "marketing_ops", "administrator")
DEMO_PASSWORD = "handoff-demo"


class AskedToStop(Exception):
    """Ctrl-C before everything was running."""


class Command(BaseCommand):
    """Database, migrations, playbook, demo, web, worker and beat; until Ctrl-C."""

    help = "Start everything: database, web, worker and beat. Ctrl-C stops all of it."
    requires_system_checks: list[str] = []
    supervisor: Supervisor

    def handle(self, *args: Any, **options: Any) -> None:
        house: Path = settings.DATA_DIR
        self.supervisor = Supervisor(house, [], settings.EMBEDDED, self.say)
        self.supervisor.listen()
        with ExitStack() as stack:
            stack.enter_context(self._alone())
            if left := end_leftovers(house):
                self.say(f"Ended {left} processes that an earlier start had left behind.")
            self._check_port()
            static = self._collect_static()
            if settings.EMBEDDED is not None:
                self.say("Starting the database.")
                stack.enter_context(_database(settings.EMBEDDED))
            try:
                self._furnish()
                if static is not None and static.wait() != 0:
                    raise CommandError(f"collectstatic failed; see {house / 'logs'}.")
                self.supervisor.children += _children()
                self._announce()
                self.supervisor.run()
            except AskedToStop:
                pass
            finally:
                if self.supervisor.stopping:
                    self.say("Stopping.")
                self.supervisor.stop()
        self.say("Stopped.")

    def say(self, text: str) -> None:
        """One line to whoever watches, if somebody still does."""
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except OSError:
            pass

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One `up` for one DATA_DIR. The lock goes with the process, however it ends."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with open(settings.DATA_DIR / "up.lock", "a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                who = json.loads(lock.read() or "{}")
                raise CommandError(
                    f"Handoff is already running on {settings.DATA_DIR}: {who.get('address')}, "
                    f"process {who.get('pid')}. Stop it first (Ctrl-C there), or start a second "
                    "house with another DATA_DIR and PORT.",
                ) from None
            lock.truncate(0)
            lock.write(json.dumps({"pid": os.getpid(), "address": settings.BASE_URL}))
            lock.flush()
            yield

    def _check_port(self) -> None:
        with socket.socket(socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except OSError as error:
                raise CommandError(
                    f"Port {settings.PORT} on {settings.HOST} cannot be used ({error.strerror}). "
                    f"Choose another, for example: PORT={settings.PORT + 1} make run"
                ) from error

    def _collect_static(self) -> subprocess.Popen[bytes] | None:
        """Gathering stylesheets and scripts, under way; None where nothing changed."""
        stamp = settings.STATIC_ROOT / ".digest"
        digest = _static_digest()
        if stamp.exists() and stamp.read_text() == digest:
            return None
        command = [*_manage("collectstatic"), "--noinput", "--clear", "--verbosity=0"]
        script = "import pathlib, subprocess, sys\n" + (
            "code = subprocess.call(sys.argv[3:])\n"
            "code or pathlib.Path(sys.argv[1]).write_text(sys.argv[2])\n"
            "sys.exit(code)"
        )
        return subprocess.Popen(
            [sys.executable, "-c", script, str(stamp), digest, *command],
            env=marked(settings.DATA_DIR),
            start_new_session=True,
        )

    def _furnish(self) -> None:
        """Tables, broker, agreement and demo, each where it is missing."""
        if _tables_are_behind():
            self.say("Migrating the database.")
            self._manage("migrate", "--noinput", "--verbosity=0")
            self._manage("createcachetable")
        if not settings.CELERY_BROKER_URL:
            broker.prepare()
        if not apps.get_model("handoff", "DefinitionVersion").objects.exists():
            self.say("Loading the default playbook.")
            self._manage("playbook", "load", str(settings.BASE_DIR / PLAYBOOK), "--publish")
        if settings.DEMO and not apps.get_model("leads", "Delivery").objects.exists():
            self.say("Filling in a demo company: today's queue first.")
            self._manage("demo", "fill", "--today")
        connection.close()

    def _manage(self, *words: str) -> None:
        """Run one command to its end; CommandError if it fails, AskedToStop if told to."""
        role = {"DATABASE_ROLE": "owner"} if words[0] in ("migrate", "createcachetable") else {}
        log = settings.DATA_DIR / "logs" / "setup.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "wb") as out:
            child = subprocess.Popen(
                _manage(*words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=marked(settings.DATA_DIR, **role),
                start_new_session=True,
            )
        while child.poll() is None and not self.supervisor.stopping:
            time.sleep(0.02)
        if self.supervisor.stopping:
            raise AskedToStop
        if child.returncode != 0:
            raise CommandError(f"`manage.py {' '.join(words)}` failed:\n{log.read_text()}")

    def _announce(self) -> None:
        """Say the address once somebody answers there."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while not self.supervisor.stopping and not _answers():
            self.supervisor.look()
            if time.monotonic() > deadline:
                self.say(f"No answer yet; the logs are in {settings.DATA_DIR / 'logs'}.")
                return
            time.sleep(0.1)
        if self.supervisor.stopping:
            return
        self.say(f"\nHandoff is at {settings.BASE_URL}")
        for line in _logins():
            self.say(line)
        self.say("Ctrl-C stops it; the data stays in " + str(settings.DATA_DIR) + "\n")


@contextmanager
def _database(where: embedded.Place) -> Iterator[None]:
    try:
        with embedded.held(where):
            yield
    except embedded.DatabaseError as error:
        raise CommandError(str(error)) from error


def _children() -> list[Child]:
    """Web, worker and beat; and the demo's older days where they are not there yet."""
    pool = {"DATABASE_POOL": str(max(settings.WEB_THREADS, settings.WORKER_THREADS) + 2)}
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app=handoff.celery"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    granian = [*python, "granian", "--interface=wsgi", "--no-ws", "--respawn-failed-workers"]
    size = [f"--workers={settings.WEB_WORKERS}", f"--blocking-threads={settings.WEB_THREADS}"]
    where = ["--workers-kill-timeout=10", f"--host={settings.HOST}", f"--port={settings.PORT}"]
    threads = ["--pool=threads", f"--concurrency={settings.WORKER_THREADS}"]
    children = [
        Child("web", [*granian, *where, *size, "handoff.wsgi:application"], env=pool),
        Child("worker", [*celery, "worker", *threads, "--loglevel=INFO", *quiet], env=pool),
        Child("beat", [*celery, "beat", "--loglevel=WARNING", "--pidfile="], env=pool),
    ]
    if settings.DEMO:
        children.append(Child("demo", _manage("demo", "fill", "--history"), once=True))
    return children


def _manage(*words: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]


def _tables_are_behind() -> bool:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return True
        return "handoff_cache" not in connection.introspection.table_names()
    except DatabaseError:
        return True


def _logins() -> list[str]:
    """Who can sign in to the demo, one line a role; empty without a demo."""
    people = apps.get_model("handoff", "User").objects.filter(is_demo=True, is_active=True)
    lines = []
    for role in ROLES:
        person = people.filter(groups__name=role).order_by("pk").first()
        if person is not None:
            lines.append(f"  {role.replace('_', ' '):<15} {person.email:<22} {DEMO_PASSWORD}")
    connection.close()
    return lines


def _static_digest() -> str:
    """Changes whenever a stylesheet, script or picture does, or a package that brings some."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for root in settings.STATICFILES_DIRS:
        for path in sorted(Path(root).rglob("*")):
            found = path.stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _answers() -> bool:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)
    web = http.client.HTTPConnection(reached, settings.PORT, timeout=2)
    try:
        web.request("GET", "/healthz", headers={"Host": "localhost"})
        return web.getresponse().status == 200
    except OSError:
        return False
    finally:
        web.close()
