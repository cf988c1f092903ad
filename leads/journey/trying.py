"""Trying one lead under a version: decision, routing and deadlines with all their reasons.

Nothing is saved, locked or charged. A lead is made up (as a file to try writes it) or stored; a
stored one is asked about as its latest judgement saw it, or as it is now.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from handoff import statements
from handoff.models import DefinitionVersion
from handoff.rules.judge import taker
from handoff.rules.whole import Whole, explain, explain_known
from leads.models import Judgement, Lead, Touchpoint

from . import clocks
from .clocks import Deadline
from .judging import FACT_COLUMNS, FACTS, WANTED
from .law import Law, law, law_of
from .routing import Asked, Placement, foresee
from .serving import Wanted

NOBODY = 0
"""The id of a lead that is not stored; no row has it."""


@dataclass(frozen=True)
class Tried:
    """What a version makes of one lead. `placement` is None where it is not handed over; of a
    made-up lead with an owner nothing more is known than that the owner gets it."""

    law: Law
    whole: Whole
    placement: Placement | None = None
    deadlines: list[Deadline] = field(default_factory=list)


@dataclass(frozen=True)
class Subject:
    """A stored lead as it is asked about."""

    lead: Lead
    facts: Mapping[str, Any]
    touches: list[tuple[str, dt.datetime]]
    as_of: dt.datetime
    excluding: frozenset[int] = frozenset()


@contextmanager
def reading_only() -> Iterator[None]:
    """Inside, the database itself refuses to write or to lock a row."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def law_to_try(version: DefinitionVersion) -> Law:
    """The law of a version in any state. Raises Faulty where it cannot judge."""
    if not version.is_editable:
        return law(version.pk)
    return law_of(version.document(), version_id=version.pk, number=version.number)


def try_row(row: Mapping[str, Any], version: DefinitionVersion, *, at: dt.datetime) -> Tried:
    """A made-up lead. Raises Faulty, and Unreadable where the row cannot be judged."""
    by = law_to_try(version)
    with reading_only():
        return _tried(by, explain(row, by.definition, at), NOBODY, at)


def try_stored(subject: Subject, version: DefinitionVersion, *, at: dt.datetime) -> Tried:
    """A stored lead; whose turn it is, and when answers are due, is told as of `at`. Raises
    Faulty."""
    by = law_to_try(version)
    with reading_only():
        whole = explain_known(subject.facts, subject.touches, by.definition, subject.as_of)
        return _tried(by, whole, subject.lead.pk, at)


def as_judged(lead: Lead, judgement: Judgement) -> Subject:
    """A lead as a judgement saw it: the facts it keeps, and what was done, and told, by then."""
    facts = {name: getattr(judgement, name) for name in FACT_COLUMNS}
    touches = _touches(lead, judgement.as_of, told_by=judgement.judged_at)
    return Subject(lead, _known(facts), touches, judgement.as_of)


def as_it_is(lead: Lead, *, at: dt.datetime) -> Subject:
    """A lead as it would be judged now."""
    ((_, _, *values),) = statements.fetch(FACTS, [[lead.pk], [at]])
    facts = dict(zip(FACT_COLUMNS, values, strict=True))
    return Subject(lead, _known(facts), _touches(lead, at, told_by=at), at)


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _touches(
    lead: Lead, until: dt.datetime, *, told_by: dt.datetime
) -> list[tuple[str, dt.datetime]]:
    done = Touchpoint.objects.filter(lead=lead, occurred_at__lte=until, recorded_at__lte=told_by)
    return list(done.order_by("occurred_at", "pk").values_list("signal", "occurred_at"))


def _tried(by: Law, whole: Whole, lead_id: int, at: dt.datetime) -> Tried:
    decision = whole.decision
    if not decision.is_handed_over:
        return Tried(by, whole)
    route, _ = taker(by.definition, decision.routes, whole.facts)
    if lead_id == NOBODY and route is not None and by.routes[route].to_kind == "owner_of":
        return Tried(by, whole)
    held = tuple(by.routes[key] for key in decision.routes)
    facts = {name: whole.facts.get(name) for name in WANTED}
    wanted = Wanted(**facts, motion=decision.motion)
    (placement,) = foresee([Asked(lead_id, held, at, by.definition.route, wanted=wanted)])
    return Tried(by, whole, placement, _deadlines(by, decision.tier, placement, at))


def _deadlines(by: Law, key: str | None, placement: Placement, at: dt.datetime) -> list[Deadline]:
    tier, roster = by.tier(key), placement.roster or placement.hours_of
    if tier is None or roster is None:
        return []
    member = roster.member_of(placement.owner.user_id) if placement.owner else None
    made = [
        clocks.deadline(
            tier,
            kind,
            started_at=at,
            calendar=member.calendar if member else roster.calendar,
            calendar_id=member.calendar_id if member else roster.calendar_id,
        )
        for kind in clocks.AT_START
    ]
    return [one for one in made if one is not None]
