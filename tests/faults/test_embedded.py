"""The embedded database: held together, stopped by the last, whole after a crash."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from handoff import embedded, premises


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Place]:
    place = embedded.place(tmp_path_factory.mktemp("embedded"))
    yield place
    embedded.stop(place)


def ask(where: embedded.Place, question: str, user: str = embedded.APP) -> object:
    with psycopg.connect(where.conninfo(embedded.DATABASE, user)) as connection:
        return connection.execute(question).fetchone()[0]  # type: ignore[index]


def test_the_last_to_let_go_stops_it(where: embedded.Place) -> None:
    with embedded.held(where):
        with embedded.held(where):
            first = embedded.running(where)
            assert first is not None
        assert embedded.running(where) == first
        assert ask(where, "SELECT 1") == 1
    assert embedded.running(where) is None


def test_it_speaks_utf8_whatever_the_locale(where: embedded.Place) -> None:
    with embedded.held(where):
        assert ask(where, "SHOW server_encoding") == "UTF8"
        assert ask(where, "SELECT lower('ÉCOLE Ω')") == "école ω"
        assert ask(where, "SHOW timezone") == "UTC"
        assert ask(where, "SHOW jit") == "off"
        assert ask(where, "SHOW synchronous_commit") == "on"


def test_roles_own_and_use(where: embedded.Place) -> None:
    with embedded.held(where):
        assert ask(where, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(where, "CREATE TABLE mine (x int)")


def test_a_killed_server_comes_back_with_what_was_committed(where: embedded.Place) -> None:
    with embedded.held(where):
        owner = where.conninfo(embedded.DATABASE, embedded.OWNER)
        with psycopg.connect(owner) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
        server = embedded.running(where)
        assert server is not None
        server.send_signal(signal.SIGKILL)
        server.wait(10)
        embedded.start(where)
        assert ask(where, "SELECT seven FROM kept") == 7


def test_a_lock_file_of_a_process_that_is_another_is_no_obstacle(where: embedded.Place) -> None:
    with embedded.held(where):
        pass
    lock = where.cluster / "postmaster.pid"
    lock.write_text(f"{os.getppid()}\n{where.cluster}\n")
    with embedded.held(where):
        assert ask(where, "SELECT 1") == 1
    assert psutil.pid_exists(os.getppid())


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-name"] * 6)
    found = embedded.place(deep)
    assert len(os.fsencode(found.socket_dir)) < premises.LONGEST_SOCKET
    with embedded.held(found, embedded.FOR_TESTS):
        assert ask(found, "SELECT 1") == 1
    found.socket_dir.rmdir()


def test_another_release_s_data_is_refused_in_words(tmp_path: Path) -> None:
    found = embedded.place(tmp_path)
    found.cluster.mkdir(parents=True)
    (found.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(embedded.DatabaseError, match="PostgreSQL 15"), embedded.held(found):
        pass
