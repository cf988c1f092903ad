"""What the worker does for reviews. What there is to do stands in the database: a run may be lost
with its worker and is carried on by the next sweep."""

from celery import shared_task
from django.utils import timezone

from reviews import backtesting
from reviews.alerting import watching
from reviews.lifting import running as lifting
from reviews.lifting import tidying
from reviews.meetings import planning, remembering, running
from reviews.models import Backtest, LiftStudy
from reviews.voting import drawing

from . import demo, quarterly, weekly
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
def run_studies() -> int:
    """Carry on with studies of lift that wait or were left half-way, the first asked for first."""
    unfinished = LiftStudy.objects.unfinished().order_by("asked_at", "pk")
    done = 0
    for study_id in list(unfinished.values_list("pk", flat=True)):
        if not lifting.run(study_id, at=timezone.now()):
            break
        done += 1
    return done


@shared_task
def tidy_studies() -> int:
    """Let go of the leads behind old studies of lift."""
    return tidying.tidy(at=timezone.now())


@shared_task
def watch_trial() -> bool:
    """Stop the running trial where its stop rule holds."""
    return watch(at=timezone.now()) is not None


@shared_task
def tell_of_coverage() -> int:
    """Write the Monday letter to everybody whose Monday morning has come."""
    return weekly.tell(at=timezone.now())


@shared_task
def tell_of_quarter() -> int:
    """Write the quarter's letter to everybody whose quarter has just begun."""
    return quarterly.tell(at=timezone.now())


@shared_task
def watch_rejections() -> int:
    """Open and close the alerts between meetings."""
    return watching.watch(at=timezone.now())


@shared_task
def prepare_reviews() -> int:
    """Close joint reviews that nobody closed or began, plan the next with their invitations, draw
    the samples whose vote opens, and remind of votes and actions."""
    at = timezone.now()
    over = running.end_forgotten(at=at) + planning.call_off_missed(at=at)
    planned = planning.plan_ahead(at=at)
    return over + planned + drawing.draw_due(at=at) + remembering.remind(at=at)


@shared_task
def tell_demo() -> bool:
    """Tell the demo's joint reviews once its past is there, and end them once it is removed."""
    at = timezone.now()
    demo.withdraw(at=at)
    return demo.tell(at=at) is not None
