"""What tests of lift need: hand-overs with outcomes, and a study of them."""

import datetime as dt
from typing import Any

from leads.models import Handoff
from reviews import lifting
from reviews.lifting import running
from reviews.models import LiftStudy
from tests import factories as make

SINCE = make.MONDAY - dt.timedelta(days=400)
UNTIL = make.MONDAY + dt.timedelta(days=1)
NOW = make.MONDAY + dt.timedelta(days=200)

FINTECH = {"industry": "fintech", "employees": 400.0}
"""What holds both criteria of DEFINITION."""


def handed(days: float = 0, *, answer: str = "accepted", deal: str = "", **facts: Any) -> Handoff:
    """A hand-over made so many days before MONDAY, answered after one and, where there is a
    `deal`, with one that was opened after ten days and closed after thirty."""
    at = make.MONDAY - dt.timedelta(days=days)
    known = {**FINTECH, **facts}
    lead = make.LeadFactory(**known, first_seen_at=at)
    judgement = make.JudgementFactory(lead=lead, as_of=at, **known)
    shape: dict[str, Any] = {
        "accepted": {"state": "accepted", "accepted_at": at + dt.timedelta(days=1)},
        "rejected": {"rejected": True},
        "waiting": {},
    }[answer]
    handoff = make.HandoffFactory(
        lead=lead, judgement=judgement, triggered_at=at, due_at=None, due_clock="", **shape
    )
    if deal:
        closed = None if deal == "open" else at + dt.timedelta(days=30)
        opened = at + dt.timedelta(days=10)
        make.OpportunityFactory(
            lead=lead, account=None, stage=deal, opened_at=opened, closed_at=closed
        )
    return handoff


def planted(number: int = 480) -> None:
    """Hand-overs of which, of eight, one wins with neither of the criteria, three with the size,
    five with the industry and seven with both; made by statements, since they are many."""
    first = handed()
    template = first.judgement
    leads = make.LeadFactory._meta.model.objects.bulk_create(
        make.LeadFactory.build(email=f"p{n}@planted.example", first_seen_at=_at(n))
        for n in range(number)
    )
    judgements = type(template).objects.bulk_create(
        make.JudgementFactory.build(
            lead=lead,
            version=template.version,
            as_of=_at(n),
            industry="fintech" if n // 4 % 2 else "retail",
            employees=400.0 if n % 2 else 20.0,
        )
        for n, lead in enumerate(leads)
    )
    Handoff.objects.bulk_create(
        Handoff(
            lead=one.lead,
            judgement=one,
            version=one.version,
            status=one.status,
            triggered_at=one.as_of,
            made_at=one.as_of,
            owner=first.owner,
            state="accepted",
            accepted_at=one.as_of,
            outcome="won" if _wins(n) else "",
            outcome_at=one.as_of + dt.timedelta(days=20) if _wins(n) else None,
        )
        for n, one in enumerate(judgements)
    )
    first.lead.handoffs.all().delete()


def _at(place: int) -> dt.datetime:
    return make.MONDAY - dt.timedelta(days=300) + dt.timedelta(hours=12 * place)


def _wins(place: int) -> bool:
    of_eight = 1 + 2 * (place % 2) + 4 * (place // 4 % 2)
    return place // 8 % 8 < of_eight


def ask(**changes: Any) -> LiftStudy:
    given = {"since": SINCE, "until": UNTIL, "actor": make.mara(), "at": NOW} | changes
    return lifting.start(**given)


def study_of(chunk: int = 1000, **changes: Any) -> LiftStudy:
    """A study that has come to its end."""
    study = ask(**changes)
    assert running.run(study.pk, at=NOW, chunk=chunk)
    study.refresh_from_db()
    assert study.state == "done", study.error
    return study
