"""Handing over: a judged lead becomes a hand-over with an owner or a queue, and its clocks.

Source: contracts.md §3 "Re-entry" and "Routing", design.md §3. Works on a batch; the caller has
locked the leads and judged them. What is written: hand-overs, assignments, turns, clocks, letters;
the happenings are returned, to be recorded with those of the steps before.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff import statements
from handoff.checklists import FIRST_STEP
from leads.models import Clock, Event, Handoff
from leads.wording import subjects

from . import clocks, promising, rosters, unplaced
from .announcing import Letter, announce
from .clocks import Deadline
from .judging import Judged
from .law import tier_of
from .recording import Happening
from .routing import Asked, Placement, asked, explained, place_all

HANDOFF_COLUMNS = {
    "lead_id": "bigint",
    "step": "text",
    "version_id": "bigint",
    "judgement_id": "bigint",
    "status": "text",
    "tier": "text",
    "tier_rank": "smallint",
    "route": "text",
    "team_id": "bigint",
    "owner_id": "bigint",
    "state": "text",
    "historical": "boolean",
    "reentry": "boolean",
    "previous_id": "bigint",
    "context": "jsonb",
    "missing": "jsonb",
    "awaits_turn": "boolean",
    "fault": "text",
    "triggered_at": "timestamptz",
    "made_at": "timestamptz",
    "assigned_at": "timestamptz",
    "due_at": "timestamptz",
    "due_clock": "text",
    "how": "text",
    "channel": "text",
    "next_step": "text",
    "disposition": "text",
    "note": "text",
    "outcome": "text",
    "changed_in": "bigint",
}

ASSIGNMENT_COLUMNS = {
    "handoff_id": "bigint",
    "at": "timestamptz",
    "kind": "text",
    "owner_id": "bigint",
    "team_id": "bigint",
    "route": "text",
    "explanation": "jsonb",
    "reason_id": "bigint",
    "note": "text",
    "actor_id": "bigint",
}


@dataclass(frozen=True)
class Passage:
    """A lead about to be handed over. `at` is when; `triggered_at` starts marketing's clock, whose
    receipt tells of `notes`. `to`: with whom, where no rule is to decide; `says`: what the owner
    is told, where it is no new lead."""

    judged: Judged
    at: dt.datetime
    triggered_at: dt.datetime
    title: str
    historical: bool = False
    step: str = FIRST_STEP
    previous_id: int | None = None
    reentry: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    excluding: frozenset[int] = frozenset()
    asked: Asked | None = None
    actor_id: int | None = None
    tier: str | None = None
    status: str = ""
    notes: tuple[promising.Note, ...] = ()
    to: Placement | None = None
    says: str = ""

    @property
    def tier_key(self) -> str | None:
        return self.tier or self.judged.tier

    @property
    def starts_marketing_clock(self) -> bool:
        """Whether marketing handed it over just now, rather than sales passing it on."""
        return self.step == FIRST_STEP and (self.previous_id is None or self.reentry)

    @property
    def owes_context(self) -> int | None:
        """Within how many minutes marketing completes what is missing; None where it owes nothing,
        or promised nothing."""
        if not self.starts_marketing_clock or not self.judged.missing:
            return None
        return self.judged.law.definition.marketing.get("context")


@dataclass(frozen=True)
class Passed:
    """A hand-over as it was made."""

    handoff_id: int
    lead_id: int
    placement: Placement
    deadlines: tuple[Deadline, ...]
    reentry: bool

    @property
    def due(self) -> dict[str, dt.datetime]:
        """Deadlines of sales by clock."""
        return {one.kind: one.due_at for one in self.deadlines if one.kind in clocks.AT_START}


def hand_over(passages: Sequence[Passage]) -> tuple[list[Passed], list[Happening]]:
    """Route and hand over a batch, all historical or none of it, in a fixed number of statements.

    Returns the hand-overs in order, and what happened, to be recorded by the caller.
    """
    if not passages:
        return [], []
    historical = passages[0].historical
    batch = [
        one.asked or asked(one.judged, at=one.at, excluding=one.excluding)
        for one in passages
        if one.to is None
    ]
    placed_now, teams = place_all(batch, historical=historical) if batch else ([], ())
    routed = iter(placed_now)
    placements = [one.to or next(routed) for one in passages]
    known: Reckoned = {}
    office = promising.office() if any(one.owes_context is not None for one in passages) else None
    deadlines = [
        _deadlines(one, place, known, office)
        for one, place in zip(passages, placements, strict=True)
    ]
    ids = _insert(passages, placements, deadlines)
    rosters.write(teams, handoffs=dict(zip((p.lead_id for p in placements), ids, strict=True)))
    assign(ids, passages, placements)
    clocks.store(
        one.row(handoff_id, passage.judged.law.version_id, acts=not historical)
        for handoff_id, passage, ones in zip(ids, passages, deadlines, strict=True)
        for one in ones
    )
    if not historical:
        announce(_letters(ids, passages, placements, deadlines))
    passed = [
        Passed(handoff_id, place.lead_id, place, tuple(ones), passage.reentry)
        for handoff_id, passage, place, ones in zip(
            ids, passages, placements, deadlines, strict=True
        )
    ]
    return passed, _happenings(passed, passages)


Reckoned = dict[tuple[Any, ...], Deadline | None]
"""Deadlines of a batch: those who share tier, calendar and moment share the arithmetic."""


def _deadlines(
    passage: Passage, placement: Placement, known: Reckoned, office: promising.Office | None
) -> list[Deadline]:
    law = passage.judged.law
    made: list[Deadline | None] = [
        promising.marketing_deadline(
            law.definition.marketing.get("handover") if passage.starts_marketing_clock else None,
            triggered_at=passage.triggered_at,
            made_at=passage.at,
            notes=passage.notes,
        )
    ]
    tier = tier_of(law, passage.step, passage.tier_key)
    if office is not None and (owed := passage.owes_context) is not None:
        made.append(
            promising.in_working_time(
                Clock.Kind.CONTEXT, owed, started_at=passage.at, office=office, tier=tier
            )
        )
    roster = placement.roster or placement.hours_of
    if tier is not None and roster is not None:
        owner = placement.owner
        member = roster.member_of(owner.user_id) if owner else None
        calendar_id = member.calendar_id if member else roster.calendar_id
        for kind in clocks.AT_START:
            ended_at = passage.at if kind == Clock.Kind.ASSIGN and owner else None
            same = (law.version_id, passage.step, tier.key, kind, calendar_id, passage.at, ended_at)
            if same not in known:
                known[same] = clocks.deadline(
                    tier,
                    kind,
                    started_at=passage.at,
                    calendar=member.calendar if member else roster.calendar,
                    calendar_id=calendar_id,
                    ended_at=ended_at,
                )
            made.append(known[same])
    return [one for one in made if one is not None]


def _insert(
    passages: Sequence[Passage],
    placements: Sequence[Placement],
    deadlines: Sequence[Sequence[Deadline]],
) -> list[int]:
    rows = []
    for passage, place, ones in zip(passages, placements, deadlines, strict=True):
        judged = passage.judged
        due_at, due_clock = clocks.first_due(ones)
        rows.append(
            (
                judged.lead_id,
                passage.step,
                judged.law.version_id,
                judged.judgement_id,
                passage.status or judged.status,
                passage.tier_key,
                judged.law.rank(passage.tier_key),
                place.route,
                place.roster.team_id if place.roster else None,
                place.owner.user_id if place.owner else None,
                Handoff.State.WAITING.value,
                passage.historical,
                passage.reentry,
                passage.previous_id,
                statements.dumps(passage.context),
                statements.dumps(judged.missing),
                place.awaits_turn,
                place.fault,
                passage.triggered_at,
                passage.at,
                passage.at if place.owner else None,
                due_at,
                due_clock,
                "",
                "",
                "",
                "",
                "",
                "",
                0,
            )
        )
    made = statements.insert("leads_handoff", HANDOFF_COLUMNS, rows, returning="lead_id, id")
    by_lead = dict(made)
    return [by_lead[passage.judged.lead_id] for passage in passages]


def assign(
    ids: Sequence[int], passages: Sequence[Passage], placements: Sequence[Placement]
) -> None:
    """Keep who was given each hand-over, and what was weighed."""
    rows = [
        (
            handoff_id,
            passage.at,
            place.kind,
            place.owner.user_id if place.owner else None,
            place.roster.team_id if place.roster else None,
            place.route,
            explanation,
            None,
            "",
            passage.actor_id,
        )
        for handoff_id, passage, place, explanation in zip(
            ids, passages, placements, explained(placements), strict=True
        )
    ]
    statements.insert("leads_assignment", ASSIGNMENT_COLUMNS, rows)


def _letters(
    ids: Sequence[int],
    passages: Sequence[Passage],
    placements: Sequence[Placement],
    deadlines: Sequence[Sequence[Deadline]],
) -> Iterable[Letter]:
    """The owner is told of a new lead; others of one that could not be placed."""
    for handoff_id, passage, place, ones in zip(ids, passages, placements, deadlines, strict=True):
        due_at, due_clock = clocks.first_due(ones)
        body = {
            "title": passage.title,
            "why": rule_label(passage.judged),
            "due": due_at,
            "clock": due_clock,
            "fault": place.fault,
        }
        if place.owner is not None:
            yield Letter(
                "assigned",
                str(handoff_id),
                place.owner.user_id,
                passage.says or subjects.assigned(passage.title),
                passage.at,
                passage.judged.lead_id,
                handoff_id,
                body,
            )
        about = unplaced.About(
            handoff_id,
            passage.judged.lead_id,
            passage.title,
            passage.at,
            passage.judged.law.number,
        )
        yield from unplaced.letters(place, about, body)


def rule_label(judged: Judged) -> str:
    """The deciding rule, as people call it."""
    rule = judged.law.decide.get(judged.rule)
    return rule.label or rule.key if rule else judged.rule


def _happenings(passed: Sequence[Passed], passages: Sequence[Passage]) -> list[Happening]:
    happenings = []
    for one, passage in zip(passed, passages, strict=True):
        place = one.placement
        handed = {
            "version": passage.judged.law.number,
            "tier": passage.tier_key,
            "step": passage.step,
            "missing": list(passage.judged.missing),
            "reentry": passage.reentry,
        }
        happenings.append(
            Happening(one.lead_id, Event.Kind.HANDED_OVER, passage.at, one.handoff_id, body=handed)
        )
        happenings.append(
            Happening(
                one.lead_id, Event.Kind.ASSIGNED, passage.at, one.handoff_id, body=placed(place)
            )
        )
    return happenings


def placed(place: Placement) -> dict[str, Any]:
    """Where a lead went, as an event tells it."""
    rules = place.explanation.get("rules") or [{}]
    return {
        "owner": place.owner.email if place.owner else None,
        "owner_name": place.owner.name if place.owner else None,
        "team": place.roster.key if place.roster else None,
        "team_name": place.roster.name if place.roster else None,
        "kind": place.kind,
        "route": place.route,
        "route_label": rules[-1].get("label", ""),
        "why": rules[-1].get("why", ""),
        "awaits_turn": place.awaits_turn,
        "fault": place.fault,
    }
