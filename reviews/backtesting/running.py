"""A backtest from its asking to its end, in chunks of leads, each committed with its progress.

Whoever dies half-way leaves a run that the next sweep carries on from where it stood.
"""

import datetime as dt
import functools
import time
from contextlib import suppress
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Exists, Max, OuterRef

from handoff import segments, statements
from handoff.models import DefinitionVersion, User
from handoff.rules.definition import Definition, RouteRule
from handoff.rules.faults import Fault, Faulty
from leads.journey.law import law, law_of
from leads.models import Judgement, Lead
from reviews import failing
from reviews.models import Backtest, BacktestEvent

from . import summing
from .statement import WHOLE_JOINS, statement_of

log = structlog.get_logger(__name__)

CHUNK = 20_000
"""Leads looked at in one transaction."""

LOCK_SPACE = 0xBAC7
WORK_MEMORY = "96MB"
HELD = """SELECT v.id FROM handoff_definitionversion v
JOIN reviews_backtest b ON b.version_id = v.id WHERE b.id = %s FOR KEY SHARE OF v"""
State = Backtest.State
Kind = BacktestEvent.Kind


def start(
    version: DefinitionVersion,
    *,
    since: dt.datetime,
    until: dt.datetime,
    segment: Any = None,
    with_imported: bool = True,
    base: DefinitionVersion | None = None,
    actor: User | None,
    at: dt.datetime,
) -> Backtest:
    """Ask for a backtest of a version as it is now; `run` (or the worker) does the rest.

    Leads whose judgement is `since` or later and before `until`; `segment`: conditions as a
    playbook file writes them. Raises Faulty, where the version has faults or they cannot be read.
    """
    document = version.document()
    _readable(document)
    segments.read(segment or None, document)
    return Backtest.objects.create(
        version=version,
        revision=version.revision,
        document=document,
        base=base,
        since=since,
        until=until,
        segment=segment or None,
        with_imported=with_imported,
        asked_by=actor,
        asked_at=at,
    )


def faults_in(version: DefinitionVersion) -> list[Fault]:
    """What keeps a version from judging, and so from being tried on the past."""
    if not version.is_editable:
        return []
    try:
        _readable(version.document())
    except Faulty as error:
        return error.faults
    return []


def again(backtest: Backtest, *, actor: User | None, at: dt.datetime) -> Backtest:
    """The same question about the version as it is now. Raises Faulty."""
    version = DefinitionVersion.objects.with_rows().get(pk=backtest.version_id)
    return start(
        version,
        since=backtest.since,
        until=backtest.until,
        segment=backtest.segment,
        with_imported=backtest.with_imported,
        base=backtest.base,
        actor=actor,
        at=at,
    )


def cancel(backtest: Backtest, *, actor: User, at: dt.datetime) -> bool:
    """Stop a run where it stands; what it has so far is kept for resuming. False: it had ended."""
    with transaction.atomic():
        unfinished = Backtest.objects.unfinished().filter(pk=backtest.pk)
        if not unfinished.update(state=State.CANCELLED):
            return False
        backtest.events.create(kind=Kind.STOPPED, actor=actor, at=at)
        return True


def resume(backtest: Backtest, *, actor: User, at: dt.datetime) -> bool:
    """Let a run that was stopped or failed go on from where it stood. False: there is none."""
    with transaction.atomic():
        stopped = Backtest.objects.filter(pk=backtest.pk, state__in=(State.CANCELLED, State.FAILED))
        if not stopped.update(state=State.WAITING, error=""):
            return False
        backtest.events.create(kind=Kind.RESUMED, actor=actor, at=at)
        return True


def _fail(backtest_id: int, error: Exception, at: dt.datetime) -> None:
    document = Backtest.objects.values_list("document", flat=True).get(pk=backtest_id)
    said = failing.said(error, document, logged=f"backtest failed, {backtest_id}")
    with transaction.atomic():
        failed = Backtest.objects.unfinished().filter(pk=backtest_id)
        if failed.update(state=State.FAILED, error=said):
            BacktestEvent.objects.create(backtest_id=backtest_id, kind=Kind.FAILED, at=at)


def run(backtest_id: int, *, at: dt.datetime, chunk: int = CHUNK) -> bool:
    """Carry a run on to its end, from wherever it stands; `at` is now.

    False: somebody else is at it just now. What cannot be mended by trying again makes it failed.
    """
    if not statements.fetch("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, backtest_id])[0][0]:
        return False
    try:
        _carry_on(backtest_id, at, chunk)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("backtest failed", backtest=backtest_id)
        _fail(backtest_id, error, at)
    finally:
        statements.fetch("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, backtest_id])
    return True


def _carry_on(backtest_id: int, at: dt.datetime, chunk: int) -> None:
    started = time.monotonic()
    unfinished = Backtest.objects.unfinished().filter(pk=backtest_id)
    backtest = unfinished.select_related("base").first()
    if backtest is None:
        return
    unfinished.update(state=State.RUNNING, to_look_at=Lead.objects.count())
    sql = _statement(backtest)
    while _next_chunk(backtest_id, sql, chunk):
        pass
    with transaction.atomic():
        fresh = _to_write(backtest_id)
        if fresh is None:
            return
        fresh.result = summing.up(fresh)
        fresh.seconds = backtest.seconds + time.monotonic() - started
        fresh.state = State.DONE
        fresh.finished_at = at + dt.timedelta(seconds=time.monotonic() - started)
        fresh.save(update_fields=["result", "seconds", "state", "finished_at"])


def _next_chunk(backtest_id: int, sql: str, chunk: int) -> bool:
    """Judge the next leads again, in one transaction with the progress; whether there are more."""
    started = time.monotonic()
    with transaction.atomic():
        fresh = _to_write(backtest_id)
        if fresh is None:
            return False
        ahead = Lead.objects.filter(pk__gt=fresh.reached).order_by("pk")[:chunk]
        stretch = ahead.aggregate(last=Max("pk"), leads=Count("pk"))
        if stretch["last"] is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
            cursor.execute(WHOLE_JOINS)
            cursor.execute(sql, places(fresh, low=fresh.reached, high=stretch["last"]))
            fresh.leads_count += cursor.rowcount
        fresh.reached = stretch["last"]
        fresh.looked_at += stretch["leads"]
        fresh.seconds += time.monotonic() - started
        fresh.save(update_fields=["leads_count", "reached", "looked_at", "seconds"])
    return True


def _to_write(backtest_id: int) -> Backtest | None:
    """The run, nobody else's until the transaction ends; None where it is to go no further.

    Its rows name it without a foreign key, so the draft is held too: it is not thrown away before
    they are written, and they go with it.
    """
    statements.fetch(HELD, [backtest_id])
    running = Backtest.objects.select_for_update().filter(pk=backtest_id, state=State.RUNNING)
    return running.first()


def places(backtest: Backtest, *, low: int, high: int) -> dict[str, Any]:
    """What stands in the places of the statement."""
    return {
        "backtest": backtest.pk,
        "low": low,
        "high": high,
        "since": backtest.since,
        "until": backtest.until,
    }


def _statement(backtest: Backtest) -> str:
    base = law(backtest.base_id).definition if backtest.base_id else None
    return statement_of(
        tested(backtest),
        base=base,
        then=() if base else routes_of_the_past(),
        segment=segments.read(backtest.segment, backtest.document) if backtest.segment else None,
        with_imported=backtest.with_imported,
    )


def tested(backtest: Backtest) -> Definition:
    """The definition a backtest is of, as it was then."""
    return _tested(backtest.pk, statements.dumps(backtest.document))


@functools.lru_cache(maxsize=16)
def _tested(backtest_id: int, document: str) -> Definition:
    return _readable(statements.loads(document))


def _readable(document: dict[str, Any]) -> Definition:
    return law_of(document, version_id=0, number=0).definition


def routes_of_the_past() -> list[tuple[int, tuple[RouteRule, ...]]]:
    """The routing rules of every version that has judged; a draft may have, while on trial."""
    judged = Judgement.objects.filter(version=OuterRef("pk"))
    found: list[tuple[int, tuple[RouteRule, ...]]] = []
    for version in DefinitionVersion.objects.filter(Exists(judged)).order_by("pk"):
        if version.is_editable:
            with suppress(Faulty):
                found.append((version.pk, _readable(version.document()).route))
        else:
            found.append((version.pk, law(version.pk).definition.route))
    return found
