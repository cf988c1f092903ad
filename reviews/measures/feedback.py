"""What rejections led to: which version answers them, and whether such rejections became fewer.

Everything is counted from links: the rejections that a version cites (`leads.models.Evidence`),
what it changed against the version before (`handoff.publications`), and how sales answered in the
weeks before and after (`effects`).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from handoff.models import DefinitionVersion, User
from handoff.publications import Change, changes, publications
from leads.models import CitedRejection, Evidence, Handoff

from .effects import Effect, Moved, effects_of


@dataclass(frozen=True)
class Answered:
    """One reason that a version answers: how often it was given, by how many people, and how often
    by the person who reads."""

    evidence: Evidence
    rejections: int
    people: int
    mine: int

    @property
    def version(self) -> DefinitionVersion:
        return self.evidence.version

    @property
    def others(self) -> int:
        """How many others said so too."""
        return self.people - bool(self.mine)


@dataclass(frozen=True)
class Story(Answered):
    """With what came of it. Of a version that was never published there is no `change`, and of the
    first one no `moved`; `span` says which times were compared."""

    change: Change | None
    moved: Moved | None
    span: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the version changed about whom it lets through."""
        return self.change.rules if self.change else ()


def stories(
    chosen: Collection[Evidence], reader: User, *, at: dt.datetime, with_past: bool = False
) -> list[Story]:
    """The stories of some evidence, the newest version first, in a constant number of
    statements."""
    log = publications()
    first = {one.version_id: one for one in log}
    wanted = [first[pk] for pk in {one.version_id for one in chosen} & set(first)]
    done = effects_of(wanted, log, at=at, with_past=with_past)
    told = {one.publication: one for one in changes(wanted)}
    counts = _counts(chosen, reader)
    found = []
    for one in sorted(chosen, key=lambda one: (-one.version.number, one.reason.label)):
        publication = first.get(one.version_id)
        effect = done.get(publication) if publication else None
        looked_at = sum(other.version_id == one.version_id for other in chosen)
        found.append(
            Story(
                one,
                *counts.get(one.pk, (0, 0, 0)),
                change=told[publication] if publication else None,
                moved=effect.of_reason(one.reason.key, looked_at=looked_at) if effect else None,
                span=_span(effect) if effect else "",
            )
        )
    return found


def of_person(
    person: User, reader: User, *, at: dt.datetime, with_past: bool = False
) -> list[Story]:
    """The stories that rejections of a person are part of, drafts' too."""
    return stories(_told(Evidence.objects.by(person)), reader, at=at, with_past=with_past)


def of_versions(version_ids: Collection[int], reader: User, *, at: dt.datetime) -> list[Story]:
    """The stories of some versions."""
    chosen = _told(Evidence.objects.filter(version__in=version_ids))
    return stories(chosen, reader, at=at)


def answered(version_ids: Collection[int], reader: User) -> dict[int, list[Answered]]:
    """What each of some versions answers, by its key."""
    chosen = _told(Evidence.objects.filter(version__in=version_ids))
    counts = _counts(chosen, reader)
    found: dict[int, list[Answered]] = {}
    for one in chosen:
        line = Answered(one, *counts.get(one.pk, (0, 0, 0)))
        found.setdefault(one.version_id, []).append(line)
    return found


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Rejections of one person for one reason that no published version answers."""

    label: str
    count: int


def unanswered(
    person: User, *, since: dt.datetime, until: dt.datetime, with_past: bool = False
) -> list[Unanswered]:
    """What a person rejected in these days and nothing answers yet, most first. `with_past`:
    imported hand-overs count too."""
    cited = CitedRejection.objects.filter(evidence__in=Evidence.objects.published())
    counting = Handoff.objects.all() if with_past else Handoff.objects.filter(historical=False)
    rows = counting.filter(
        state=Handoff.State.REJECTED,
        answered_by=person,
        ended_at__gte=since,
        ended_at__lt=until,
    ).exclude(pk__in=cited.filter(handoff__answered_by=person).values("handoff"))
    counted = rows.order_by().values_list("reason__label").annotate(count=Count("pk"))
    return [Unanswered(*row) for row in counted.order_by("-count", "reason__label")]


def _told(rows: QuerySet[Evidence]) -> Sequence[Evidence]:
    return list(rows.select_related("version", "reason"))


def _counts(chosen: Collection[Evidence], reader: User) -> dict[int, tuple[int, int, int]]:
    """By evidence: rejections, people, and rejections of the reader."""
    rows = (
        CitedRejection.objects.filter(evidence__in=[one.pk for one in chosen])
        .order_by()
        .values_list("evidence")
        .annotate(
            all=Count("handoff__pk"),
            people=Count("handoff__answered_by", distinct=True),
            mine=Count("handoff__pk", filter=Q(handoff__answered_by=reader)),
        )
    )
    return {evidence: (count, people, mine) for evidence, count, people, mine in rows}


def _span(effect: Effect) -> str:
    """The times compared: “8 weeks under v7, then 5 weeks under v8”."""
    before, after = effect.sides
    return f"{before.span} under v{before.number}, then {after.span} under v{after.number}"
