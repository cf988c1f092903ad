"""A run whose worker dies half-way, for real: its connection is cut under it."""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from handoff import publishing
from reviews import backtesting, tasks
from reviews.backtesting import running
from reviews.backtesting.running import LOCK_SPACE
from reviews.models import Backtest, BacktestLead
from tests.leads.arriving import agreement, arrive
from tests.reviews.backtesting import UNTIL, ask, backtest_of, rows_of, stricter

pytestmark = pytest.mark.django_db(transaction=True)

LEADS = 12
WAITED = 20


class Worker(threading.Thread):
    """Runs a backtest on a connection of its own and keeps what it raised."""

    def __init__(self, backtest_id):
        super().__init__()
        self.backtest_id = backtest_id
        self.raised = None
        self.backend = None

    def run(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = cursor.fetchone()[0]
            backtesting.run(self.backtest_id, at=UNTIL, chunk=1)
        except Exception as error:
            self.raised = error
        finally:
            connection.close()


def test_a_run_cut_off_half_way_is_taken_up_and_ends_with_the_same_rows():
    agreement()
    for _ in range(LEADS):
        arrive()
    draft = stricter()
    whole = rows_of(backtest_of(draft, chunk=100))
    backtest = ask(draft)
    worker = Worker(backtest.pk)
    worker.start()
    deadline = time.monotonic() + WAITED
    while time.monotonic() < deadline:
        if Backtest.objects.get(pk=backtest.pk).looked_at >= 2:
            break
        time.sleep(0.005)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [worker.backend])
    worker.join(WAITED)
    backtest.refresh_from_db()
    assert isinstance(worker.raised, OperationalError)
    assert backtest.state == "running" and 2 <= backtest.looked_at < LEADS
    assert backtest.rows.count() == backtest.leads_count == backtest.looked_at
    assert tasks.run_backtests() == 1
    backtest.refresh_from_db()
    assert backtest.state == "done" and rows_of(backtest) == whole


def test_a_draft_thrown_away_under_a_run_takes_every_row_along():
    agreement()
    arrive()
    draft = stricter()
    backtest = ask(draft)
    Backtest.objects.update(state="running")
    judged, over = threading.Event(), threading.Event()

    def chunk():
        with transaction.atomic():
            running._next_chunk(backtest.pk, running._statement(backtest), 1)
            judged.set()
            over.wait(WAITED)
        connection.close()

    def discard():
        publishing.discard(draft)
        connection.close()

    threads = [threading.Thread(target=one) for one in (chunk, discard)]
    threads[0].start()
    assert judged.wait(WAITED)
    threads[1].start()
    deadline = time.monotonic() + WAITED
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                break
            time.sleep(0.01)
    over.set()
    for thread in threads:
        thread.join(WAITED)
    assert not Backtest.objects.exists() and not BacktestLead.objects.exists()
    assert backtesting.run(backtest.pk, at=UNTIL), "a run that is gone is no fault"


def test_two_workers_do_not_run_the_same_one():
    agreement()
    for _ in range(LEADS):
        arrive()
    backtest = ask(stricter())
    workers = [Worker(backtest.pk) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(WAITED)
    backtest.refresh_from_db()
    assert [worker.raised for worker in workers] == [None] * 3
    assert backtest.state == "done" and backtest.rows.count() == LEADS


def test_the_worker_runs_one_at_a_time():
    agreement()
    arrive()
    first, second = ask(stricter()), ask(stricter(), at=UNTIL.replace(year=2027))
    held = threading.Event()
    over = threading.Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, first.pk])
            held.set()
            over.wait(WAITED)
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, first.pk])
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(WAITED)
    assert tasks.run_backtests() == 0
    assert not second.rows.exists()
    over.set()
    holder.join(WAITED)
    assert tasks.run_backtests() == 2
    assert second.rows.exists()
