"""Several workers and beats over one database and one broker, for tests that set them against each
other. On the services of the run where there are any, else on an embedded database of its own.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from handoff import embedded
from tests.faults.house import PATIENCE, ROOT
from tests.faults.ledger import Ledger

PLAYBOOK = "docs/examples/default.playbook.yaml"
THREADS = 2
"""Of each worker."""

QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass
class Crowd:
    """The processes that share a database, and what that says."""

    data_dir: Path
    ledger: Ledger
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def manage(self, *words: str, **more: str) -> None:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def script(self, *lines: str) -> None:
        """Run lines of Python as `manage.py shell` does."""
        self.manage("shell", "--verbosity=0", "-c", "\n".join(lines))

    def worker(self) -> subprocess.Popen[bytes]:
        name = f"worker{len(self.running)}"
        size = ("--pool=threads", f"--concurrency={THREADS}", f"--hostname={name}@%h")
        return self._start(name, "worker", *size, "--loglevel=WARNING", *QUIET)

    def beat(self) -> subprocess.Popen[bytes]:
        """A beat with a schedule of its own, as on a machine of its own."""
        name = f"beat{len(self.running)}"
        kept = f"--schedule={self.data_dir / name}"
        return self._start(name, "beat", kept, "--pidfile=", "--loglevel=WARNING")

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        with open(self.data_dir / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app=handoff.celery", *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """With SIGKILL, in the middle of whatever it does."""
        process.kill()
        process.wait()

    def end(self) -> None:
        for process in self.running:
            process.terminate()
        deadline = time.monotonic() + 15
        for process in self.running:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                self.kill(process)


@contextmanager
def crowd(data_dir: Path) -> Iterator[Crowd]:
    """An empty agreement in force, nobody at work yet; everybody is gone afterwards."""
    data_dir.mkdir(parents=True, exist_ok=True)
    ours = ("DATABASE", "CELERY", "DJANGO", "BASE_URL", "PYTEST", "COVERAGE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    kept |= {"DATA_DIR": str(data_dir), "DATABASE_POOL": str(THREADS + 2)}
    with ExitStack() as stack:
        url = os.environ.get("DATABASE_URL", "")
        made = _on_services(url, data_dir.name) if url else _embedded(data_dir)
        conninfo, more = stack.enter_context(made)
        ledger = Ledger(data_dir)
        ledger.conninfo = conninfo
        one = Crowd(data_dir, ledger, {**kept, **more})
        one.manage("migrate", "--verbosity=0", DATABASE_ROLE="owner")
        one.manage("createcachetable", DATABASE_ROLE="owner")
        one.manage("playbook", "load", str(ROOT / PLAYBOOK), "--publish")
        if "CELERY_BROKER_URL" not in more:
            one.script("from handoff import broker", "broker.prepare()")
        stack.callback(one.end)
        yield one


@contextmanager
def _embedded(data_dir: Path) -> Iterator[tuple[str, dict[str, str]]]:
    where = embedded.place(data_dir)
    with embedded.held(where, embedded.FOR_TESTS):
        yield where.conninfo(embedded.DATABASE, embedded.APP), {}


@contextmanager
def _on_services(url: str, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """A database of its own on the server of the run, and its broker, emptied."""
    database = f"handoff_{''.join(filter(str.isalnum, name))}_{os.getpid()}".lower()
    its_own = urlsplit(url)._replace(path=f"/{database}").geturl()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {database}")  # type: ignore[arg-type]
        try:
            broker = os.environ["CELERY_BROKER_URL"]
            more = {"DATABASE_URL": its_own, "CELERY_BROKER_URL": broker}
            empty = [sys.executable, "-m", "celery", "--app=handoff.celery", "purge", "--force"]
            subprocess.run(empty, cwd=ROOT, env={**os.environ, **more}, check=True, timeout=60)
            yield its_own, more
        finally:
            server.execute(f"DROP DATABASE {database} WITH (FORCE)")  # type: ignore[arg-type]
