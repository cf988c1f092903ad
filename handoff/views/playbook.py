"""The playbook: one page, always true because it is drawn from live data."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from handoff import rules
from handoff.checklists import Item, items_of
from handoff.in_words import Spelled
from handoff.labels import document_of, humanise
from handoff.models import (
    AreaOwner,
    Calendar,
    DecideRule,
    DefinitionVersion,
    Reason,
    Stage,
    Step,
    Team,
    Track,
)
from handoff.permissions import may_edit_agreement
from handoff.publications import changes, publications
from handoff.reviewing import may_review
from handoff.rules import Decision, Definition
from handoff.views.signed_in import SignedIn
from handoff.words import week_in_words

STATUSES = dict(DecideRule.Status.choices)
MOMENTS = {
    Reason.For.REJECT: "rejected",
    Reason.For.RETURN: "returned",
    Reason.For.REASSIGN: "reassigned",
    Reason.For.DISPOSE: "disposed of",
    Reason.For.DISQUALIFY: "disqualified",
    Reason.For.NO_RESPONSE: "closed without a response",
    Reason.For.BAD_FIT: "closed as a bad fit",
    Reason.For.NURTURE: "sent to nurture after work",
    Reason.For.DUPLICATE: "closed as a duplicate",
    Reason.For.RECYCLED: "recycled",
}
TOLD = 30
"""The newest changes that the page tells."""


@dataclass(frozen=True)
class StepLine:
    """A hand-over in words; `spelled` are the routing and tiers of a further one. `asked`: what
    must be known before it, and what whoever takes it confirms. `reasons`: given only there."""

    name: str
    comes_from: str
    spelled: Spelled | None
    has_tiers: bool
    asked: list[tuple[str, tuple[Item, ...]]]
    reasons: list[Reason]


@login_required
@require_safe
@never_cache
def playbook(request: SignedIn) -> HttpResponse:
    """Everything both teams agreed on, in sentences; made for reading and printing."""
    at = timezone.now()
    live = DefinitionVersion.objects.live().select_related("published_by").first()
    teams = list(_teams())
    reasons, tracks = list(Reason.objects.all()), list(Track.objects.select_related("owner"))
    names = {
        "statuses": STATUSES,
        "teams": {team.key: team.name for team in teams},
        "reasons": {reason.key: reason.label for reason in reasons},
        "tracks": {track.key: track.label for track in tracks},
    }
    definition = _definition(live.pk) if live else None
    context = {
        "section": "playbook",
        "version": live,
        "told": Spelled(definition, **names) if definition else None,
        "nobody": _nobody(live.pk) if live and definition else None,
        "teams": teams,
        "calendars": [
            (one, week_in_words(one.windows().windows)) for one in Calendar.objects.all()
        ],
        "reasons": [(reason, _moments(reason)) for reason in reasons if reason.active],
        "tracks": tracks,
        "stages": Stage.objects.all(),
        "steps": _steps(definition, names, reasons),
        "may_edit": may_edit_agreement(request.user),
        "areas": _areas(request, at),
        "changes": changes(publications()[:TOLD]),
        "now": at,
    }
    return render(request, "handoff/playbook.html", context)


def _teams() -> Any:
    return Team.objects.select_related("calendar", "responsible").prefetch_related(
        "memberships__user"
    )


@lru_cache(maxsize=8)
def _definition(version_id: int) -> Definition | None:
    """A published version, read; it never changes."""
    document = document_of(version_id)
    return rules.parse(document, teams=None, reasons=None, tracks=None).definition


@lru_cache(maxsize=8)
def _nobody(version_id: int) -> tuple[str, str, str] | None:
    """Where somebody of whom nothing at all is known ends: status, rule's key, rule's name."""
    definition = _definition(version_id)
    if definition is None:
        return None
    decision: Decision = rules.judge([{}], definition, dt.datetime(2020, 1, 1, tzinfo=dt.UTC))[0]
    label = next((one.label for one in definition.decide if one.key == decision.rule), "")
    return STATUSES[decision.status], decision.rule, label or humanise(decision.rule)


def _steps(
    definition: Definition | None, names: dict[str, Any], reasons: list[Reason]
) -> list[StepLine]:
    steps = Step.objects.select_related("checklist", "confirms")
    return [
        StepLine(
            name=_step_name(step.key),
            comes_from=_step_name(step.comes_from) if step.comes_from else "Marketing",
            spelled=_spelled(step, definition, names),
            has_tiers=bool(step.tiers),
            asked=[
                (one.label, items_of(one.items))
                for one in (step.checklist, step.confirms)
                if one and one.active
            ],
            reasons=[reason for reason in reasons if reason.active and step.key in reason.steps],
        )
        for step in sorted(steps, key=lambda step: (step.comes_from != "", step.key))
    ]


def _spelled(step: Step, definition: Definition | None, names: dict[str, Any]) -> Spelled | None:
    """The routing and tiers of a further step in words; the first has the definition's."""
    if not step.comes_from:
        return None
    read = rules.parse_step(definition, step.route, step.tiers, teams=None, place="step")
    return Spelled(read.definition, **names) if read.definition else None


def _step_name(key: str) -> str:
    return humanise(key) if len(key) > 3 else key.upper()


def _areas(request: SignedIn, at: dt.datetime) -> list[tuple[AreaOwner, bool, bool]]:
    """Each area, whether its review is overdue, and whether this person may mark it reviewed."""
    areas = AreaOwner.objects.with_due().select_related("owner")
    return [(one, one.is_overdue(at=at), may_review(one, request.user)) for one in areas]


def _moments(reason: Reason) -> str:
    return ", ".join(MOMENTS[Reason.For(one)] for one in reason.applies_to)
