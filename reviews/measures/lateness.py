"""What is late at this moment, on both sides."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from handoff.permissions import may_approve_leads
from leads.models import Approval, Clock, Handoff, Lead
from leads.models.clock import OF_MARKETING

from .dimensions import DIMENSIONS, NONE
from .promises import Question

SHOWN = 500
"""So many at most are told; who has more late leads need not count them."""


@dataclass(frozen=True)
class Late:
    """One promise whose deadline has passed: of whom, which, and since when."""

    lead: Lead
    clock: str
    who: str
    due_at: dt.datetime
    is_marketing: bool
    tier: str = ""


def late_now(question: Question, *, at: dt.datetime) -> list[Late]:
    """Everything that is late at `at`, the longest first; the days of the question do not matter,
    and the imported past is never late."""
    found = [*_clocks(question, at), *_approvals(question, at)]
    return sorted(found, key=lambda one: (one.due_at, one.lead.pk))


def _clocks(question: Question, at: dt.datetime) -> list[Late]:
    running = Clock.objects.running().filter(
        due_at__lt=at, acts=True, handoff__in=_working(question)
    )
    related = ("handoff__lead", "handoff__owner", "handoff__team")
    return [
        Late(
            clock.handoff.lead,
            clock.get_kind_display(),
            "Marketing" if is_marketing(clock.kind) else str(clock.handoff.owner or "Nobody yet"),
            clock.due_at,
            is_marketing(clock.kind),
            clock.tier or "",
        )
        for clock in running.select_related(*related).order_by("due_at", "pk")[:SHOWN]
    ]


def is_marketing(kind: str) -> bool:
    """Whether a clock of this kind is marketing's to meet."""
    return kind in OF_MARKETING


def _working(question: Question) -> QuerySet[Handoff]:
    rows = Handoff.objects.visible_to(question.viewer).working()
    for field, asked in (
        ("team__key", question.team),
        ("tier", question.tier),
        ("step", question.step),
        ("owner__email", question.rep),
        ("version__number", question.version),
    ):
        if asked == NONE:
            rows = rows.filter(**{f"{field}__isnull": True})
        elif asked:
            rows = rows.filter(**{field: asked})
    return _seen(rows, question)


Judged = TypeVar("Judged", Handoff, Approval)


def _seen(rows: QuerySet[Judged], question: Question) -> QuerySet[Judged]:
    """Those whose judgement saw what the question names."""
    for key, asked in question.narrowed.items():
        if DIMENSIONS[key].seen:
            condition, values = DIMENSIONS[key].narrowing(asked)
            text = f"SELECT p.id FROM leads_judgement p WHERE {condition}"
            rows = rows.filter(judgement__in=RawSQL(text, values))
    return rows


def _approvals(question: Question, at: dt.datetime) -> list[Late]:
    """Leads that wait too long for marketing's yes; they have no team, owner or tier yet."""
    is_narrowed = any((question.team, question.tier, question.rep, question.version, question.step))
    if is_narrowed or not may_approve_leads(question.viewer):
        return []
    waiting = Approval.objects.filter(
        state=Approval.State.WAITING, historical=False, due_at__lt=at
    ).select_related("lead")
    return [
        Late(one.lead, "Approval", "Marketing", one.due_at, is_marketing=True)
        for one in _seen(waiting, question).order_by("due_at", "pk")[:SHOWN]
        if one.due_at is not None
    ]
