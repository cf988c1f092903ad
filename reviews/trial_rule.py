"""The stop rule of a trial: surely too many rejections take it back, once, and those concerned are
told with the figures."""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from handoff import trials
from handoff.models import DECIDERS, Trial
from handoff.permissions import people_with
from leads.journey.announcing import Letter, announce
from leads.wording import subjects

from .measures.intervals import Share
from .trial import is_too_bad, rejected


def watch(*, at: dt.datetime) -> Trial | None:
    """Stop the running trial where its rule holds; the trial that was stopped, by this call."""
    running = Trial.objects.running().exclude(stop_above=None).select_related("version")
    trial = running.first()
    if trial is None:
        return None
    found = rejected(trial, at=at)
    if not is_too_bad(trial, found):
        return None
    why = said(trial, found)
    with transaction.atomic():
        try:
            stopped = trials.stop(trial, actor=None, at=at, why=why, ending=Trial.Ending.RULE)
        except trials.Refused:
            return None
        _tell(stopped, why, at)
    return stopped


def said(trial: Trial, found: Share) -> str:
    """The figures of the stop rule in a sentence."""
    return (
        f"Sales rejected {found.count} of {found.n} answered leads, surely more than"
        f" {found.low:.0%}; the rule allows {trial.stop_above or 0:.0%}."
    )


def _tell(trial: Trial, why: str, at: dt.datetime) -> None:
    starter = trial.started_by
    people = set(people_with(*DECIDERS).values_list("pk", flat=True))
    people |= {starter.pk} if starter is not None and starter.is_active else set()
    subject = subjects.trial_stopped(trial.version)
    path = reverse("reviews:trial", args=[trial.version.number])
    announce(
        Letter("trial_stopped", str(trial.pk), person, subject, at, body={"why": why, "path": path})
        for person in sorted(people)
    )
