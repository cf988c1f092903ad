"""A whole house started as a newcomer starts it, for tests that hurt it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from handoff import embedded
from handoff.supervisor import MARK

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until `holds()` is true; fail with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


@dataclass(slots=True)
class House:
    """One DATA_DIR and port, and the `up` that runs there."""

    data_dir: Path
    port: int
    more: dict[str, str] = field(default_factory=dict)
    up: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        ours = ("DATABASE", "CELERY", "DJANGO", "SECRET_KEY", "BASE_URL", "PYTEST")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        data_dir, port = str(self.data_dir), str(self.port)
        house = {"DATA_DIR": data_dir, "PORT": port, "DEMO": "0", "WEB_WORKERS": "1"}
        return {**kept, **house, **self.more}

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def start(self) -> None:
        """Start `up` and wait for the address."""
        with open(self.said, "w") as out:
            self.up = up = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "up"],
                env=self.environment(),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(lambda: "Handoff is at" in self.said.read_text() or up.poll() is not None, "a start")
        assert up.poll() is None, self.said.read_text()

    @property
    def said(self) -> Path:
        return self.data_dir.with_suffix(".said")

    def stop(self, number: int = signal.SIGINT) -> str:
        """Signal `up`, wait for its end, and return what it said."""
        assert self.up is not None
        self.up.send_signal(number)
        self.up.wait(PATIENCE)
        return self.said.read_text()

    def get(self, path: str) -> int | None:
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            web.request("GET", path)
            return web.getresponse().status
        except OSError:
            return None
        finally:
            web.close()

    def processes(self) -> list[psutil.Process]:
        """All that belong to this house: children by their mark, the database by its directory."""
        found = []
        cluster = embedded.place(self.data_dir).cluster
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                marked = process.environ().get(MARK) == str(self.data_dir.resolve())
                if marked or Path(process.cwd()) == cluster:
                    found.append(process)
        return found

    def child(self, word: str) -> psutil.Process | None:
        """The head of the processes of the house whose command line has `word`."""
        found = {process.pid: process for process in self.processes()}
        for process in found.values():
            with suppress(psutil.Error):
                if word in " ".join(process.cmdline()) and process.ppid() not in found:
                    return process
        return None


@contextmanager
def house(data_dir: Path, **more: str) -> Iterator[House]:
    """A house that is gone afterwards, whatever happened to it; `more` is in its environment."""
    data_dir.mkdir(parents=True, exist_ok=True)
    one = House(data_dir.resolve(), free_port(), more)
    try:
        yield one
    finally:
        if one.up is not None and one.up.poll() is None:
            one.up.kill()
            one.up.wait()
        for process in one.processes():
            with suppress(psutil.Error):
                process.kill()
