"""What the worker does. Every task finds its work in the database, so it may run twice, be lost
with its broker, or die half-way; the next sweep finds the rest."""

import datetime as dt

import structlog
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from leads import sending
from leads.journey import breaching, importing, nurturing, owning, take_in, touches
from leads.models import Delivery, Handoff, IdempotentAnswer, ImportBatch

log = structlog.get_logger(__name__)

SWEPT = 200
WAITING = 5000
KEPT_ANSWERS = dt.timedelta(days=7)
FRESH = dt.timedelta(seconds=30)


@shared_task
def sweep_deliveries() -> int:
    """Take in leads and touchpoints that were stored and not judged, after a crash or a fault."""
    now = timezone.now()
    left_behind = Q(retry_at=None, received_at__lt=now - FRESH)
    due = Delivery.objects.filter(state=Delivery.State.STORED, kind=Delivery.Kind.LEAD)
    waiting = due.filter(Q(retry_at__lte=now) | left_behind).exclude(
        batch__state__in=(ImportBatch.State.STAGING, ImportBatch.State.RUNNING)
    )
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:SWEPT])
    outcomes = take_in(ids, at=now)
    if outcomes:
        log.info("deliveries taken in", count=len(outcomes))
    return len(outcomes) + touches.judge_stored(at=now)


@shared_task
def sweep_clocks() -> tuple[int, int]:
    """Write reminders and breaches that are due."""
    return breaching.sweep(at=timezone.now())


@shared_task
def send_messages() -> tuple[int, int]:
    """Post the outbox."""
    return sending.send_due(at=timezone.now())


@shared_task
def give_out_waiting() -> int:
    """Give waiting hand-overs to those who can take them now, in the order they came."""
    now, given, stuck = timezone.now(), 0, set()
    waiting = Handoff.objects.working().filter(awaits_turn=True).order_by("made_at", "pk")
    for handoff_id, team_id in waiting.values_list("pk", "team")[:WAITING]:
        if team_id in stuck:
            continue
        if owning.give_out(handoff_id, at=now) is None:
            stuck.add(team_id)
        else:
            given += 1
    return given


@shared_task
def rescore() -> int:
    """Judge every lead again, as its intent fades."""
    return nurturing.rescore_all(at=timezone.now())


@shared_task
def nurture_due() -> int:
    """Decide anew about leads whose nurture date is reached."""
    return nurturing.come_back(at=timezone.now())


@shared_task
def run_imports() -> int:
    """Carry on with imports that are under way or wait to begin."""
    states = (ImportBatch.State.STAGING, ImportBatch.State.RUNNING)
    ids = list(ImportBatch.objects.filter(state__in=states).values_list("pk", flat=True))
    for batch_id in ids:
        importing.run(batch_id, at=timezone.now())
    return len(ids)


@shared_task
def housekeeping() -> int:
    """Drop kept answers after their seven days."""
    old = IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_ANSWERS)
    return old.delete()[0]
