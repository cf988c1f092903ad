"""Four workers and two beats at once, some killed in the middle of a sweep: everything is done, and
done once. Runs on PostgreSQL 15 with Redis and with RabbitMQ too."""

import os
import time
from collections.abc import Iterator

import pytest

from tests.faults.crowd import THREADS, Crowd, crowd
from tests.faults.posting import eventually

pytestmark = [pytest.mark.service, pytest.mark.slow]

LEADS = int(os.environ.get("FAULT_CROWD", "0")) or (2000 if "DATABASE_URL" in os.environ else 300)
WORKERS = 4
SENT_AT_ONCE = 5
"""Letters that a worker has in hand, and that are sent again when it is killed."""

SOON = 240.0
STORE = """
import datetime as dt
from django.utils import timezone
from handoff.models import AreaOwner
from leads.journey.intake import store
from leads.management.commands.bench_data import envelopes
now = timezone.now()
a_minute_ago = now - dt.timedelta(minutes=1)
AreaOwner.objects.update(reviewed_at=now - dt.timedelta(days=400))
for first in range(0, {leads}, 500):
    many = min(500, {leads} - first)
    store(envelopes(first, many, 2, now=a_minute_ago, historical=False), at=a_minute_ago)
"""
EVERYTHING = """
from handoff.celery import app
for _ in range({times}):
    for row in app.conf.beat_schedule.values():
        if row["task"] in {tasks}:
            app.send_task(row["task"])
"""
NIGHTLY = ("leads.tasks.remind_of_reviews", "leads.tasks.nurture_due", "leads.tasks.housekeeping")


def hurry(one: Crowd, *tasks: str, times: int) -> None:
    """Send tasks at once, as many beats would."""
    one.script(EVERYTHING.format(times=times, tasks=tasks))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """What is left when all that was due is done, and two workers and a beat were killed."""
    with crowd(tmp_path_factory.mktemp("crowd") / "house") as one:
        one.script(STORE.format(leads=LEADS))
        workers = [one.worker() for _ in range(WORKERS)]
        beats = [one.beat() for _ in range(2)]
        began = time.monotonic()
        _take_in(one, workers[0], beats[0])
        taken_in = time.monotonic()
        _breach(one, workers[1])
        breached = time.monotonic()
        hurry(one, *NIGHTLY, times=3)
        _send(one)
        print(
            f"\n{LEADS} leads taken in within {taken_in - began:.0f} s, breached within"
            f" {breached - taken_in:.0f} s, told within {time.monotonic() - breached:.0f} s"
        )
        yield one


def _take_in(one: Crowd, worker: object, beat: object) -> None:
    waiting = "SELECT 1 FROM leads_delivery WHERE state = 'stored'"
    hurry(one, "leads.tasks.sweep_deliveries", times=LEADS // 100 + WORKERS)
    eventually(lambda: one.ledger.count(waiting) < LEADS, "a first sweep", SOON)
    one.kill(worker)  # type: ignore[arg-type]
    one.kill(beat)  # type: ignore[arg-type]
    one.worker()
    one.beat()
    hurry(one, "leads.tasks.sweep_deliveries", times=LEADS // 100 + WORKERS)
    eventually(lambda: not one.ledger.count(waiting), "everything judged", SOON)


def _breach(one: Crowd, worker: object) -> None:
    due = "state = 'running' AND acts AND breached_at IS NULL"
    one.ledger.do(f"UPDATE leads_clock SET due_at = now() - interval '2 s' WHERE {due}")
    late = f"SELECT 1 FROM leads_clock WHERE {due} AND due_at < now()"
    hurry(one, "leads.tasks.sweep_clocks", times=2 * WORKERS)
    time.sleep(0.5)
    one.kill(worker)  # type: ignore[arg-type]
    one.worker()
    eventually(lambda: not one.ledger.count(late), "every missed deadline written", SOON)


def _send(one: Crowd) -> None:
    """Until no letter waits. What a killed worker had in hand is held for two minutes, which are
    cut short once nobody else can have it in hand."""
    left = "SELECT 1 FROM leads_message WHERE state = 'waiting' AND channel = 'email'"
    claimed = f"{left} AND next_attempt_at > now() + interval '1 minute'"
    eventually(
        lambda: one.ledger.count(left) <= 2 * SENT_AT_ONCE * 2, "nearly every letter sent", 240
    )
    time.sleep(6)
    assert one.ledger.count(left) == one.ledger.count(claimed)
    one.ledger.do("UPDATE leads_message SET next_attempt_at = now() WHERE state = 'waiting'")
    eventually(lambda: not one.ledger.count(left), "every letter sent", SOON)


def test_every_delivery_is_judged_and_handed_over_once(after: Crowd) -> None:
    for question in (
        "SELECT 1 FROM leads_lead",
        "SELECT 1 FROM leads_delivery WHERE state = 'done'",
        "SELECT 1 FROM leads_submission",
        "SELECT 1 FROM leads_event WHERE kind = 'received'",
    ):
        assert after.ledger.count(question) == LEADS, question
    first = "SELECT lead_id FROM leads_handoff WHERE previous_id IS NULL"
    assert after.ledger.count(first) > LEADS // 10
    assert after.ledger.count(f"{first} GROUP BY lead_id HAVING count(*) > 1") == 0


def test_every_turn_is_charged_once(after: Crowd) -> None:
    off = (
        "SELECT m.id FROM handoff_membership m LEFT JOIN leads_turn t ON t.membership_id = m.id"
        " GROUP BY m.id HAVING coalesce(sum(t.amount), 0) <> m.served"
    )
    assert after.ledger.count(off) == 0
    unlike = (
        "SELECT handoff_id FROM leads_turn WHERE cause = 'turn'"
        " GROUP BY handoff_id HAVING count(*) <> (SELECT count(*) FROM leads_assignment a"
        "   WHERE a.handoff_id = leads_turn.handoff_id AND a.kind IN ('turn', 'breach')"
        "   AND a.owner_id IS NOT NULL AND NOT a.explanation ? 'stays')"
    )
    assert after.ledger.count(unlike) == 0


def test_every_missed_deadline_is_written_once(after: Crowd) -> None:
    missed = "SELECT handoff_id, kind, count(*) AS n FROM leads_clock" \
        " WHERE breached_at IS NOT NULL AND acts AND kind <> 'handover' GROUP BY 1, 2"  # fmt: skip
    told = "SELECT handoff_id, body->>'clock' AS kind, count(*) AS n FROM leads_event" \
        " WHERE kind = 'breached' AND body->>'clock' <> 'handover' GROUP BY 1, 2"  # fmt: skip
    assert after.ledger.count(missed) > LEADS // 10
    assert after.ledger.count(f"({missed}) EXCEPT ({told})") == 0
    assert after.ledger.count(f"({told}) EXCEPT ({missed})") == 0


def test_every_review_is_reminded_of_once(after: Crowd) -> None:
    areas = after.ledger.count("SELECT 1 FROM handoff_areaowner")
    letters = "SELECT 1 FROM leads_message WHERE kind = 'review_due' AND channel = 'in_app'"
    assert after.ledger.count(letters) == areas > 0


def test_every_letter_is_sent_once_but_those_in_a_killed_hand(after: Crowd) -> None:
    letters = after.ledger.sent()
    posted = after.ledger.posted()
    assert letters == posted.keys()
    twice = sum(posted.values()) - len(posted)
    print(f"\n{len(letters)} letters, {twice} of them sent again after a kill, under one id")
    assert twice <= 2 * SENT_AT_ONCE * THREADS


def test_who_was_not_killed_ran_on(after: Crowd) -> None:
    ended = [process for process in after.running if process.poll() is not None]
    assert len(ended) == 3
