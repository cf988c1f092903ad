"""A study from its asking to its end, in chunks of leads, each committed with its progress.

Whoever dies half-way leaves a study that the next sweep carries on from where it stood; what is
summed up is summed up anew.
"""

import datetime as dt
import time
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Max

from handoff import statements
from leads.models import Lead
from reviews import failing
from reviews.backtesting.statement import WHOLE_JOINS
from reviews.models import LiftStudy

from . import summing
from .clauses import clauses_of, counting
from .statement import statement_of

log = structlog.get_logger(__name__)

CHUNK = 20_000
"""Leads looked at in one transaction."""

LOCK_SPACE = 0x11F7
WORK_MEMORY = "96MB"
State = LiftStudy.State


def run(study_id: int, *, at: dt.datetime, chunk: int = CHUNK) -> bool:
    """Carry a study on to its end, from wherever it stands; `at` is now.

    False: somebody else is at it just now. What cannot be mended by trying again makes it failed.
    """
    if not statements.fetch("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, study_id])[0][0]:
        return False
    try:
        _carry_on(study_id, at, chunk)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("study failed", study=study_id)
        _fail(study_id, error)
    finally:
        statements.fetch("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, study_id])
    return True


def _fail(study_id: int, error: Exception) -> None:
    unfinished = LiftStudy.objects.unfinished().filter(pk=study_id)
    document = LiftStudy.objects.select_related("version").get(pk=study_id).version.document()
    said = failing.said(error, document, logged=f"study failed, {study_id}")
    unfinished.update(state=State.FAILED, error=said)


def _carry_on(study_id: int, at: dt.datetime, chunk: int) -> None:
    started = time.monotonic()
    unfinished = LiftStudy.objects.unfinished().filter(pk=study_id)
    study = unfinished.select_related("version").first()
    if study is None:
        return
    unfinished.update(state=State.RUNNING, to_look_at=Lead.objects.count())
    clauses = clauses_of(study.version)
    sql = statement_of(clauses, *counting(study.version.document()))
    while _next_chunk(study_id, sql, chunk):
        pass
    result = summing.up(study, clauses)
    with transaction.atomic():
        fresh = _to_write(study_id)
        if fresh is None:
            return
        fresh.result = result
        fresh.state = State.DONE
        fresh.seconds = study.seconds + time.monotonic() - started
        fresh.finished_at = at + dt.timedelta(seconds=time.monotonic() - started)
        fresh.save(update_fields=["result", "state", "seconds", "finished_at"])


def _next_chunk(study_id: int, sql: str, chunk: int) -> bool:
    """Gather the next leads, in one transaction with the progress; whether there are more."""
    started = time.monotonic()
    with transaction.atomic():
        fresh = _to_write(study_id)
        if fresh is None:
            return False
        ahead = Lead.objects.filter(pk__gt=fresh.reached).order_by("pk")[:chunk]
        stretch = ahead.aggregate(last=Max("pk"), leads=Count("pk"))
        if stretch["last"] is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
            cursor.execute(WHOLE_JOINS)
            cursor.execute(sql, _places(fresh, last=stretch["last"]))
            fresh.leads_count += cursor.rowcount
        fresh.reached = stretch["last"]
        fresh.looked_at += stretch["leads"]
        fresh.seconds += time.monotonic() - started
        fresh.save(update_fields=["leads_count", "reached", "looked_at", "seconds"])
    return True


def _to_write(study_id: int) -> LiftStudy | None:
    """The study, nobody else's until the transaction ends; None where it is to go no further."""
    running = LiftStudy.objects.select_for_update().filter(pk=study_id, state=State.RUNNING)
    return running.first()


def _places(study: LiftStudy, *, last: int) -> dict[str, Any]:
    """What stands in the places of the statement."""
    return {
        "study": study.pk,
        "low": study.reached,
        "high": last,
        "since": study.since,
        "until": study.until,
        "only": study.only_id,
        "with_imported": study.with_imported,
    }
