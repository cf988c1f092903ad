"""What the worker does. Every task finds its work in the database, so it may run twice, be lost
with its broker, or die half-way; the next sweep finds the rest."""

import datetime as dt
import time

import structlog
from celery import shared_task
from celery.worker import state as worker_state
from django.db.models import Q
from django.utils import timezone

from leads import catching_up, sending
from leads.journey import (
    breaching,
    chasing,
    citing,
    digesting,
    importing,
    nurturing,
    pressing,
    relaying,
    reviewing,
    take_in,
    touches,
    undoing,
    waiting,
)
from leads.models import Delivery, IdempotentAnswer, ImportBatch, Message, Press, Undoable
from leads.wording.kinds import DIGESTS, GATHERED

log = structlog.get_logger(__name__)

SWEPT = 200
KEPT_ANSWERS = dt.timedelta(days=7)
FRESH = dt.timedelta(seconds=30)
KEPT_POSTS = dt.timedelta(days=30)
LONGEST_POSTING = 240.0
"""Seconds for which one task posts before it makes room for the next."""


@shared_task
def sweep_deliveries() -> int:
    """Take in leads and touchpoints that were stored and not judged, after a crash or a fault."""
    now = timezone.now()
    left_behind = Q(retry_at=None, received_at__lt=now - FRESH)
    due = Delivery.objects.filter(state=Delivery.State.STORED, kind=Delivery.Kind.LEAD)
    left = due.filter(Q(retry_at__lte=now) | left_behind).exclude(
        batch__state__in=(ImportBatch.State.STAGING, ImportBatch.State.RUNNING)
    )
    ids = list(left.order_by("pk").values_list("pk", flat=True)[:SWEPT])
    outcomes = take_in(ids, at=now)
    if outcomes:
        log.info("deliveries taken in", count=len(outcomes))
    return len(outcomes) + touches.judge_stored(at=now)


@shared_task
def sweep_clocks() -> tuple[int, int]:
    """Write reminders and breaches that are due."""
    return breaching.sweep(at=timezone.now())


@shared_task
def chase() -> int:
    """Ask for the next step of touched leads that owe one unseen."""
    return chasing.catch_up(at=timezone.now())


@shared_task
def send_messages() -> tuple[int, int]:
    """Post the outbox."""
    return sending.send_due(at=timezone.now())


@shared_task
def write_digests() -> int:
    """Write the summaries for which it is time."""
    return digesting.write_due(at=timezone.now())


@shared_task
def post_webhooks() -> tuple[int, int]:
    """Tell webhooks and chat channels, for as long as there is something to tell them; a worker
    that is asked to stop, or was at it for long, leaves the rest to the next sweep."""
    relaying.relay_publications()
    last = time.monotonic() + LONGEST_POSTING
    return sending.post_due(
        now=timezone.now,
        ends=lambda: time.monotonic() > last or worker_state.should_stop is not None,
    )


@shared_task
def give_out_waiting() -> int:
    """Give waiting hand-overs to those who can take them now, in the order they came."""
    return waiting.give_out_waiting(at=timezone.now())


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
def remind_of_reviews() -> int:
    """Remind the owners of areas whose review is due."""
    return reviewing.remind(at=timezone.now())


@shared_task
def tell_of_answers() -> int:
    """Tell those whose rejections a new version answers."""
    return citing.tell(at=timezone.now())


@shared_task
def housekeeping() -> int:
    """Drop what could be taken back, and presses, after their hour, kept answers after their seven
    days; after thirty what webhooks took, and what brought others together or summed them up."""
    now = timezone.now()
    old = IdempotentAnswer.objects.filter(created_at__lt=now - KEPT_ANSWERS)
    taken = Message.objects.filter(
        webhook__isnull=False,
        state__in=(Message.State.SENT, Message.State.GATHERED),
        written_at__lt=now - KEPT_POSTS,
    )
    summed = Message.objects.filter(
        kind__in=(*DIGESTS, GATHERED), state=Message.State.SENT, written_at__lt=now - KEPT_POSTS
    )
    over = Undoable.objects.filter(at__lt=now - undoing.KEPT)
    pressed = Press.objects.filter(at__lt=now - pressing.KEPT)
    return sum(rows.order_by().delete()[0] for rows in (over, pressed, old, taken, summed))


@shared_task
def measure_working_time() -> int:
    """Count the working time of what was made before its calendar was laid out."""
    return catching_up.measure()
