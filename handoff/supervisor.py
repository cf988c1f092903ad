"""Keeps a few processes and a database alive, and takes all of them down again.

Each child is the head of a session of its own, so that Ctrl-C in a terminal reaches the supervisor
alone; it then asks the children in turn and waits for them. Every process it starts carries a mark
in its environment, by which the next start finds what a killed supervisor left behind.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from handoff import embedded

MARK = "HANDOFF_HOUSE"
TICK = 0.2
"""Seconds between two looks at the children."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds before a dead child is started again; doubled each time."""

STEADY = 30.0
"""A child that lived so many seconds starts afresh with the short pause."""

PATIENCE = 20.0
"""Seconds that children have to finish what they do."""

BIGGEST_LOG = 20 * 2**20
"""Bytes after which a log is set aside at the next start."""

Say = Callable[[str], None]


@dataclass(slots=True)
class Child:
    """One process to keep running; with `once`, until it has succeeded."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    again_at: float = 0.0
    finished: bool = False


@dataclass(slots=True)
class Supervisor:
    """The children of one house, and its database if that is embedded."""

    data_dir: Path
    children: list[Child]
    database: embedded.Place | None
    say: Say
    stopping: bool = False
    _database_again_at: float = field(default=0.0)

    def listen(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal ask for an orderly end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def look(self) -> None:
        """Start what should be running and is not."""
        now = time.monotonic()
        if not self._database_runs(now):
            return
        for child in self.children:
            if not child.finished and not self.stopping:
                self._keep(child, now)

    def run(self) -> None:
        """Look again and again until asked to stop."""
        while not self.stopping:
            self.look()
            time.sleep(TICK)

    def stop(self) -> None:
        """Ask every child to finish, wait, end the ones that do not; nothing is left after."""
        running = [child for child in self.children if _alive(child)]
        for child in running:
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and any(map(_alive, running)):
            time.sleep(0.05)
        for child in running:
            if _alive(child):
                self.say(f"{child.name} does not finish; ending it.")
            _end_group(child)
        end_leftovers(self.data_dir)

    def _database_runs(self, now: float) -> bool:
        if self.database is None or embedded.running(self.database) is not None:
            return True
        if now < self._database_again_at:
            return False
        self.say("The database is gone; starting it again.")
        try:
            embedded.start(self.database)
        except embedded.DatabaseError as error:
            self.say(str(error))
            self._database_again_at = time.monotonic() + 5.0
            return False
        return True

    def _keep(self, child: Child, now: float) -> None:
        if child.process is not None and child.process.poll() is not None:
            code = child.process.returncode
            _end_group(child)
            child.process = None
            if child.once and code == 0:
                child.finished = True
                return
            if now - child.started > STEADY:
                child.pause = FIRST_PAUSE
            child.again_at = now + child.pause
            child.pause = min(child.pause * 2, LONGEST_PAUSE)
            self.say(f"{child.name} ended ({_how(code)}); starting it again.")
        if child.process is None and now >= child.again_at:
            self._start(child)

    def _start(self, child: Child) -> None:
        log = self.data_dir / "logs" / f"{child.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > BIGGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        with open(log, "ab") as out:
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=marked(self.data_dir, **child.env),
                start_new_session=True,
            )
        child.started = time.monotonic()


def marked(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment for a child of the house in `data_dir`."""
    return {**os.environ, **more, MARK: str(data_dir)}


def end_leftovers(data_dir: Path) -> int:
    """End every process that a supervisor of this house started and left; how many there were."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(data_dir):
                found.append(process)
    for process in found:
        with suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=5)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    return len(found)


def _alive(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _signal(child: Child, number: int) -> None:
    with suppress(ProcessLookupError):
        if child.process is not None:
            child.process.send_signal(number)


def _end_group(child: Child) -> None:
    """A dead head may leave members, on the same port for one."""
    with suppress(ProcessLookupError, PermissionError):
        if child.process is not None:
            os.killpg(child.process.pid, signal.SIGKILL)
    if child.process is not None:
        child.process.wait()


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
