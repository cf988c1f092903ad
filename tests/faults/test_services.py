"""The broker over a real connection: PostgreSQL's own queue, Redis or RabbitMQ."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from handoff import broker
from handoff.celery import app
from handoff.tasks import clear_sessions

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def worker(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One worker for all: a second in the same process would wait for ever, should the first be
    slow to leave, which is no concern of these tests."""
    if not settings.CELERY_BROKER_URL:
        with django_db_blocker.unblock():
            broker.prepare()
    with app.connection_for_write() as link:
        link.ensure_connection(max_retries=3, timeout=10)
        app.amqp.queues["handoff"](link.default_channel).declare()
        app.amqp.queues["handoff"](link.default_channel).purge()
    with (
        suppress(RuntimeError),
        start_worker(app, pool="threads", concurrency=2, perform_ping_check=False),
    ):
        yield


def test_a_task_sent_is_a_task_done(worker: None) -> None:
    long_ago = timezone.now() - dt.timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=long_ago)
    Session.objects.create(
        session_key="new", session_data="", expire_date=timezone.now() + dt.timedelta(days=1)
    )
    clear_sessions.delay()
    deadline = time.monotonic() + 20
    while Session.objects.filter(session_key="old").exists():
        assert time.monotonic() < deadline, "the worker did nothing"
        time.sleep(0.05)
    assert Session.objects.get().session_key == "new"


def test_what_expired_is_not_done(worker: None) -> None:
    long_ago = timezone.now() - dt.timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=long_ago)
    clear_sessions.apply_async(expires=timezone.now() - dt.timedelta(minutes=1))
    time.sleep(2)
    assert Session.objects.count() == 1


def test_the_database_is_one_we_support() -> None:
    assert connection.pg_version >= 150000
