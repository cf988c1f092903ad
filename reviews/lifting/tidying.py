"""Old studies: what they found stays, the leads behind it go.

There is a row for each lead of each study, so they are kept where somebody still looks: of the last
studies of each person, and of those that a draft names as its evidence.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from handoff import statements
from reviews.models import LiftStudy

KEPT = 5
"""So many studies of each person, and of Handoff's own, keep their leads."""

GIVEN_UP = dt.timedelta(days=30)
"""So long can a study that was stopped or failed be taken up."""

State = LiftStudy.State
DROP = "DELETE FROM reviews_liftlead WHERE study_id = %s"


def tidy(*, at: dt.datetime) -> int:
    """Let go of the leads of old studies, and of studies that nobody took up; how many studies."""
    gone = 0
    for study in [*_old(), *_given_up(at)]:
        with transaction.atomic():
            held = LiftStudy.objects.select_for_update(skip_locked=True)
            fresh = held.filter(pk=study.pk, state=study.state).first()
            if fresh is None:
                continue
            statements.execute(DROP, [fresh.pk])
            if fresh.state == State.DONE:
                fresh.leads_gone_at = at
                fresh.save(update_fields=["leads_gone_at"])
            else:
                fresh.delete()
            gone += 1
    return gone


def _old() -> list[LiftStudy]:
    newest = Window(
        RowNumber(), partition_by=F("asked_by"), order_by=(F("asked_at").desc(), F("pk").desc())
    )
    ranked = LiftStudy.objects.done().defer("result").annotate(place=newest)
    old = ranked.filter(place__gt=KEPT).order_by("pk")
    drafted = set(LiftStudy.objects.exclude(drafts=None).values_list("pk", flat=True))
    return [one for one in old if one.leads_gone_at is None and one.pk not in drafted]


def _given_up(at: dt.datetime) -> list[LiftStudy]:
    stopped = LiftStudy.objects.filter(state__in=(State.CANCELLED, State.FAILED))
    return list(stopped.filter(asked_at__lt=at - GIVEN_UP).order_by("pk"))
