"""The broker is gone for a while: leads are taken as ever, and what fell due meanwhile is done once
it is back, by itself and once."""

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from handoff import embedded
from leads.sending import letters
from leads.sending.schedule import HELD
from tests.faults.house import House, free_port, house, until
from tests.faults.ledger import Ledger
from tests.faults.posting import WHOLE_AGAIN, Killer, Post, Posters, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs a redis-server"),
]

POSTS = 60
GONE = 12.0
"""Seconds: more than worker and beat wait between any two tries to reach it."""

IN_HAND = 4 * letters.BATCH
"""Letters that the worker's threads may have sent and not yet noted."""

UNWRITTEN = (
    "SELECT 1 FROM leads_clock WHERE state = 'running' AND acts AND breached_at IS NULL"
    " AND due_at < now()"
)


MAKE_DUE = (
    "UPDATE leads_clock SET due_at = now() - interval '2 seconds'"
    " WHERE state = 'running' AND acts AND breached_at IS NULL"
)


class Redis:
    """A server of our own, which keeps nothing."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.port = directory, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        with open(self.directory / "redis.log", "ab") as log:
            self.server = subprocess.Popen(command, cwd=self.directory, stdout=log, stderr=log)

    def stop(self) -> None:
        self.server.kill()
        self.server.wait()

    def be_gone(self, one: House) -> None:
        self.stop()
        time.sleep(GONE)
        self.start()


def restart_the_database(one: House) -> None:
    """It is the broker too; the supervisor starts it again."""
    server = embedded.running(embedded.place(one.data_dir))
    assert server is not None
    server.send_signal(signal.SIGINT)
    server.wait(30)


@pytest.fixture(scope="module", params=["redis", "postgresql"])
def after(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Posters, Ledger]]:
    """What is left when leads came and deadlines passed before, meanwhile and afterwards."""
    directory = tmp_path_factory.mktemp("broker")
    with ExitStack() as stack:
        more, outage = {}, restart_the_database
        if request.param == "redis":
            broker = Redis(directory)
            stack.callback(broker.stop)
            more, outage = {"CELERY_BROKER_URL": broker.url}, broker.be_gone
        one = stack.enter_context(house(directory / "var", **more))
        one.start()
        yield _through(one, outage)


def _through(one: House, outage: Callable[[House], None]) -> tuple[Posters, Ledger]:
    ledger = Ledger(one.data_dir)
    made = one.command("api_key", "form", "--scope", "leads,read")
    assert made.returncode == 0, made.stderr
    posters = Posters(one, made.stdout.split()[-1], POSTS, clients=2)
    posters.start()
    sent = "SELECT 1 FROM leads_message WHERE channel = 'email' AND state = 'sent'"
    eventually(lambda: ledger.count(sent) > 0, "worker and beat at work", 60)
    ledger.do(MAKE_DUE)
    outage(one)
    began = time.monotonic()
    posters.finish(120)
    until(Killer(one, 0, random.Random(0)).is_whole, "the house whole again", WHOLE_AGAIN)
    ledger.do(MAKE_DUE)
    eventually(lambda: not ledger.count(UNWRITTEN), "every missed deadline written", WHOLE_AGAIN)
    eventually(ledger.settled, "everything judged and sent", HELD.total_seconds() + WHOLE_AGAIN)
    print(f"\nwhole again and nothing left to do after {time.monotonic() - began:.0f} s")
    return posters, ledger


def test_nothing_that_was_posted_is_lost_or_doubled(after: tuple[Posters, Ledger]) -> None:
    posters, ledger = after
    assert posters.refused == []
    assert len(posters.answers) == POSTS
    kept = [email for (email,) in ledger.ask("SELECT email FROM leads_lead")]
    assert sorted(kept) == sorted({Post(number).email for number in range(POSTS)})
    assert ledger.count("SELECT 1 FROM leads_delivery WHERE state = 'done'") == POSTS


def test_what_fell_due_meanwhile_is_written_once(after: tuple[Posters, Ledger]) -> None:
    _, ledger = after
    missed = "SELECT 1 FROM leads_clock WHERE breached_at IS NOT NULL AND kind <> 'handover'"
    told = "SELECT 1 FROM leads_event WHERE kind = 'breached' AND body->>'clock' <> 'handover'"
    assert ledger.count(told) == ledger.count(missed) > 0


def test_every_letter_is_sent_once_but_those_in_hand_when_the_database_went(
    request: pytest.FixtureRequest, after: tuple[Posters, Ledger]
) -> None:
    _, ledger = after
    posted = ledger.posted()
    assert posted.keys() == ledger.sent()
    twice = sum(posted.values()) - len(posted)
    with_database = request.node.callspec.params["after"] == "postgresql"
    assert twice <= (IN_HAND if with_database else 0)
