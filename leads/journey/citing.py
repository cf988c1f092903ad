"""Citing rejections as what a version answers, and telling those who rejected once it is the law.

The rejections offered for a reason are those of the last half-year that no version answered yet. A
citation keeps them row by row, so that counts are of links and not of a memory.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from handoff import statements, versions
from handoff.models import DefinitionVersion, Reason, User
from handoff.permissions import may_edit_agreement
from leads.models import CitedRejection, Evidence, Handoff
from leads.wording import subjects

from .announcing import Letter, announce
from .states import Conflict, NotAllowed

KIND = "answered"
LOOKED_BACK = dt.timedelta(weeks=26)
OPEN = (DefinitionVersion.State.DRAFT, DefinitionVersion.State.TRIAL)

OFFERED = """
    SELECT h.id, h.reason_id, h.answered_by_id, h.ended_at
    FROM leads_handoff h
    WHERE h.state = 'rejected' AND h.ended_at >= %s AND h.ended_at < %s
        AND NOT EXISTS (
            SELECT FROM leads_citedrejection c
            JOIN leads_evidence e ON e.id = c.evidence_id
            JOIN handoff_definitionversion v ON v.id = e.version_id
            WHERE c.handoff_id = h.id AND e.reason_id = h.reason_id
                AND v.published_at IS NOT NULL)"""

COUNTED = f"""
SELECT o.reason_id, count(*), count(DISTINCT o.answered_by_id), min(o.ended_at),
    count(*) FILTER (WHERE c.id IS NOT NULL)
FROM ({OFFERED}) o
LEFT JOIN leads_evidence e ON e.reason_id = o.reason_id AND e.version_id = %s
LEFT JOIN leads_citedrejection c ON c.evidence_id = e.id AND c.handoff_id = o.id
GROUP BY o.reason_id"""

CITE = f"""
INSERT INTO leads_citedrejection (evidence_id, handoff_id)
SELECT %s, o.id FROM ({OFFERED}) o WHERE o.reason_id = %s ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A reason whose rejections no version answered yet: how many, by how many people, since when,
    and how many of them the version asked about `cited` already."""

    reason: Reason
    rejections: int
    people: int
    since: dt.datetime
    cited: int


def offers(version: DefinitionVersion | None, *, at: dt.datetime) -> list[Offer]:
    """What a version may answer, most rejections first."""
    version_id = version.pk if version else None
    rows = statements.fetch(COUNTED, [at - LOOKED_BACK, at, version_id])
    reasons = Reason.objects.in_bulk([row[0] for row in rows])
    found = [Offer(reasons[reason_id], *counts) for reason_id, *counts in rows]
    return sorted(found, key=lambda one: (-one.rejections, one.reason.label))


def cite(
    version: DefinitionVersion,
    reasons: Collection[str],
    *,
    actor: User,
    at: dt.datetime,
) -> list[Evidence]:
    """Say which reasons (by key) a version answers; those not named are no longer cited. What is
    offered by now joins what was cited before.

    Raises NotAllowed; Conflict where the version is the law by now, or was.
    """
    if not may_edit_agreement(actor):
        raise NotAllowed("Marketing operations says what a version answers.")
    with transaction.atomic():
        versions.lock()
        _refuse_settled(version)
        version.evidence.exclude(reason__key__in=reasons).delete()
        for reason in Reason.objects.filter(key__in=reasons).order_by("pk"):
            one = _evidence(version, reason, actor=actor, at=at)
            statements.execute(CITE, [one.pk, at - LOOKED_BACK, at, reason.pk])
        return list(version.evidence.select_related("reason"))


def cite_example(
    version: DefinitionVersion, handoff: Handoff, *, actor: User, at: dt.datetime
) -> None:
    """A rejected lead that becomes an example is evidence for its reason by that."""
    if handoff.state == Handoff.State.REJECTED and handoff.reason is not None:
        one = _evidence(version, handoff.reason, actor=actor, at=at)
        CitedRejection.objects.get_or_create(evidence=one, handoff=handoff)


def _evidence(
    version: DefinitionVersion, reason: Reason, *, actor: User, at: dt.datetime
) -> Evidence:
    given = {"cited_by": actor, "cited_at": at}
    one, _ = Evidence.objects.get_or_create(version=version, reason=reason, defaults=given)
    return one


def _refuse_settled(version: DefinitionVersion) -> None:
    """Raises Conflict where it is too late to say what a version answers."""
    fresh = DefinitionVersion.objects.filter(pk=version.pk).first()
    if fresh is None:
        raise Conflict(f"{version} is not there any more.")
    if fresh.state not in OPEN or fresh.published_at is not None:
        state = fresh.get_state_display().lower()
        raise Conflict(f"{fresh} is {state} by now: what it answers was said before, and stands.")


def tell(*, at: dt.datetime) -> int:
    """Tell everybody whose rejections a live version answers, once a person and version; to how
    many. May run as often as one likes."""
    with transaction.atomic():
        untold = Evidence.objects.untold().select_for_update(of=("self",), skip_locked=True)
        found = list(untold.select_related("version", "reason"))
        letters = list(_letters(found, at))
        announce(letters)
        Evidence.objects.filter(pk__in=[one.pk for one in found]).update(told_at=at)
    return len(letters)


def _letters(found: list[Evidence], at: dt.datetime) -> Iterable[Letter]:
    by_version: dict[DefinitionVersion, list[Evidence]] = {}
    for one in found:
        by_version.setdefault(one.version, []).append(one)
    for version, cited in by_version.items():
        people = (
            CitedRejection.objects.filter(evidence__in=cited, handoff__answered_by__is_active=True)
            .values_list("handoff__answered_by", "evidence__reason__label")
            .order_by("handoff__answered_by", "evidence__reason__label")
            .distinct()
        )
        told: dict[int, list[str]] = {}
        for person, label in people:
            told.setdefault(person, []).append(label)
        for person, labels in told.items():
            yield Letter(
                kind=KIND,
                about=str(version),
                recipient_id=person,
                subject=subjects.answered(version, reasons=labels, people=len(told)),
                at=at,
                body={"path": f"{reverse('reviews:own')}#{version}"},
            )
