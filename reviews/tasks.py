"""What the worker does for reviews. What there is to do stands in the database: a run may be lost
with its worker and is carried on by the next sweep."""

from celery import shared_task
from django.utils import timezone

from reviews import backtesting
from reviews.models import Backtest

from . import weekly
from .trial_rule import watch


@shared_task
def run_backtests() -> int:
    """Carry on with backtests that wait or were left half-way, the first asked for first.

    One at a time: where another worker is at the first, this one leaves the rest to it.
    """
    ids = list(
        Backtest.objects.unfinished().order_by("asked_at", "pk").values_list("pk", flat=True)
    )
    done = 0
    for backtest_id in ids:
        if not backtesting.run(backtest_id, at=timezone.now()):
            break
        done += 1
    return done


@shared_task
def watch_trial() -> bool:
    """Stop the running trial where its stop rule holds."""
    return watch(at=timezone.now()) is not None


@shared_task
def tell_of_coverage() -> int:
    """Write the Monday letter to everybody whose Monday morning has come."""
    return weekly.tell(at=timezone.now())
