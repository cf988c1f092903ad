"""One command runs the house; killing any part of it leaves something that mends itself."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from handoff import embedded, premises
from tests.faults.house import House, house, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in a directory with a space in its name."""
    with house(tmp_path_factory.mktemp("with space") / "and ünicode") as one:
        one.start()
        yield one


def test_it_answers_and_every_part_runs(running: House) -> None:
    assert running.get("/healthz") == 200
    assert running.get("/accounts/login/") == 200
    commands = [" ".join(process.cmdline()) for process in running.processes()]
    for part in ("granian", "celery --app=handoff.celery worker", "beat", "postgres"):
        assert any(part in command for command in commands), part


def test_a_second_one_beside_it_says_so(running: House) -> None:
    second = running.command("up")
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert f":{running.port}" in second.stderr
    assert running.get("/healthz") == 200


def test_a_taken_port_is_named(running: House, tmp_path: Path) -> None:
    with house(tmp_path) as other:
        other.port = running.port
        done = other.command("up")
    assert done.returncode == 1
    assert f"Port {running.port}" in done.stderr
    assert "PORT=" in done.stderr


@pytest.mark.parametrize("part", ["granian", "worker", "beat", "postgres"])
def test_a_killed_part_comes_back(running: House, part: str) -> None:
    victim = running.child(part)
    assert victim is not None
    victim.kill()
    until(lambda: running.child(part) not in (None, victim), f"{part} to come back")
    until(lambda: running.get("/readyz") == 200, "the house to be ready again", 60)


def test_a_command_beside_it_uses_its_database_and_leaves_it_running(running: House) -> None:
    assert running.command("showmigrations", "leads").returncode == 0
    assert running.get("/readyz") == 200


def test_the_database_lets_in_nobody_else_and_history_stays(running: House) -> None:
    where = embedded.place(running.data_dir)
    assert not stat.S_IMODE(where.cluster.stat().st_mode) & 0o077
    with (
        psycopg.connect(where.conninfo(embedded.DATABASE, embedded.APP)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM leads_event")


def test_after_a_killed_supervisor_the_next_start_cleans_up(running: House) -> None:
    assert running.up is not None
    running.up.kill()
    running.up.wait()
    left = running.processes()
    assert left, "children outlive a killed supervisor"
    running.start()
    until(
        lambda: not any(process.is_running() and _is_child(process) for process in left),
        "the old children to be gone",
    )
    assert running.get("/healthz") == 200


def _is_child(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.name() != "postgres"
    except psutil.NoSuchProcess:
        return False


def test_ctrl_c_leaves_no_process_and_a_new_start_keeps_the_data(running: House) -> None:
    key = running.command("api_key", "kept", "--scope", "read")
    assert key.returncode == 0, key.stderr
    said = running.stop(signal.SIGINT)
    assert running.up is not None
    assert running.up.returncode == 0
    assert said.rstrip().endswith("Stopped.")
    assert running.processes() == []
    where = embedded.place(running.data_dir)
    with (
        embedded.held(where),
        psycopg.connect(where.conninfo(embedded.DATABASE, embedded.APP)) as connection,
    ):
        rows = connection.execute("SELECT name FROM handoff_apikey").fetchall()
    assert ("kept",) in rows


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has the problem")
def test_roots_closed_home_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    where = embedded.place(closed / "var")
    assert not where.home.is_relative_to(tmp_path)
    with (
        embedded.held(where, embedded.FOR_TESTS),
        psycopg.connect(where.conninfo(embedded.DATABASE, embedded.APP)) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    subprocess.run(["rm", "-rf", str(where.home)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has the problem")
def test_programs_in_roots_closed_home_run_from_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wheel's programs find their libraries beside them, in the copy too."""
    homes = Path(tempfile.mkdtemp(dir="/var/tmp"))
    homes.chmod(0o755)
    monkeypatch.setattr(premises, "OPEN_HOMES", (homes,))
    monkeypatch.setattr(premises, "_reachable", lambda path: path.is_relative_to(homes))
    where = embedded.place(tmp_path / "var")
    try:
        with (
            embedded.held(where, embedded.FOR_TESTS),
            psycopg.connect(where.conninfo(embedded.DATABASE, embedded.APP)) as connection,
        ):
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert premises.programs().is_relative_to(homes)
    finally:
        shutil.rmtree(homes)
