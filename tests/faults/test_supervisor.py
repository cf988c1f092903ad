"""Children are kept, and none is left."""

import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from handoff import supervisor
from handoff.supervisor import Child, Supervisor, end_leftovers
from tests.faults.house import until

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = (
    "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def keeper(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Supervisor]:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    one = Supervisor(tmp_path, [], None, said.append)
    yield one
    one.stop()


def running(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def test_a_dead_child_is_started_again(keeper: Supervisor, said: list[str]) -> None:
    child = Child("sleeper", SLEEP, pause=0.01)
    keeper.children.append(child)
    keeper.look()
    assert child.process is not None
    first = child.process.pid
    child.process.kill()
    child.process.wait()
    until(lambda: keeper.look() or (running(child) and child.process.pid != first), "a new one", 5)
    assert said == ["sleeper ended (SIGKILL); starting it again."]


def test_pauses_grow_and_shrink_again(keeper: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child("failing", [sys.executable, "-c", "raise SystemExit(3)"], pause=0.01)
    keeper.children.append(child)
    until(lambda: keeper.look() or child.pause >= 0.08, "longer pauses", 10)
    monkeypatch.setattr(supervisor, "STEADY", 0.0)
    until(lambda: keeper.look() or child.pause <= 0.02, "a short pause", 10)


def test_what_is_to_succeed_once_is_not_repeated(keeper: Supervisor) -> None:
    child = Child("once", [sys.executable, "-c", ""], once=True)
    keeper.children.append(child)
    until(lambda: keeper.look() or child.finished, "its end", 10)
    keeper.look()
    assert child.process is None


def test_the_stubborn_are_ended(
    keeper: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 0.5)
    deaf = tmp_path / "deaf"
    child = Child("stubborn", [sys.executable, "-c", STUBBORN, str(deaf)])
    keeper.children.append(child)
    keeper.look()
    until(deaf.exists, "a child that hears nothing", 30)
    keeper.stop()
    assert not running(child)
    assert said == ["stubborn does not finish; ending it."]


def test_a_child_of_a_child_is_found_by_its_mark(keeper: Supervisor, tmp_path: Path) -> None:
    family = f"import subprocess, sys, time; subprocess.Popen({SLEEP!r}); time.sleep(60)"
    child = Child("parent", [sys.executable, "-c", family])
    keeper.children.append(child)
    keeper.look()
    assert child.process is not None
    head = psutil.Process(child.process.pid)
    until(head.children, "a grandchild", 10)
    [grandchild] = head.children()
    head.kill()
    assert end_leftovers(tmp_path) >= 1
    assert not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE


def test_a_log_that_has_grown_is_set_aside(
    keeper: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "BIGGEST_LOG", 3)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "sleeper.log").write_text("long")
    keeper.children.append(Child("sleeper", SLEEP))
    keeper.look()
    assert (tmp_path / "logs" / "sleeper.log.1").read_text() == "long"


def test_run_ends_when_asked(keeper: Supervisor) -> None:
    keeper._asked_to_stop(2, None)
    keeper.run()
    assert keeper.stopping
