"""When which version became the law, read from what the database kept of every change."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .differences import Difference, differences
from .models import DefinitionVersion, User

Pair = tuple[int, int]
SAID_ONLY = ("summary", "examples")
"""Sections by which no lead is judged."""

_said: dict[Pair, tuple[Difference, ...]] = {}
"""What changed from one published version to another, by their ids. Neither ever changes again, so
what was told once is kept for the life of the process."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One version becoming the law; `former` is the number of the one it took over from and
    `former_id` its key, both None for the first. `went_back`: it had been the law before."""

    version_id: int
    number: int
    at: dt.datetime
    by: User | None
    reason: str
    former_id: int | None
    former: int | None
    went_back: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A publication as the change log tells it: the summary of its version, and what it says
    otherwise than the one before; of the first nothing."""

    publication: Publication
    summary: str
    differences: tuple[Difference, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The differences, a sentence each."""
        return tuple(map(str, self.differences))

    @property
    def rules(self) -> tuple[str, ...]:
        """The sentences that are about leads: not the summary, and not the examples."""
        return tuple(str(one) for one in self.differences if one.section not in SAID_ONLY)


def publications() -> list[Publication]:
    """Every publication and every going back, newest first."""
    history: Any = DefinitionVersion._meta.get_field("history").related_model
    rows = history.objects.filter(state=DefinitionVersion.State.LIVE).exclude(published_at=None)
    kept = rows.order_by("pgh_id").values_list(
        "pgh_obj_id", "number", "published_at", "published_by_id", "reason"
    )
    told: list[Publication] = []
    seen: set[tuple[int, dt.datetime]] = set()
    people = User.objects.in_bulk({row[3] for row in kept if row[3]})
    for version_id, number, at, by, reason in kept:
        if (version_id, at) in seen:
            continue
        told.append(
            Publication(
                version_id=version_id,
                number=number,
                at=at,
                by=people.get(by),
                reason=reason,
                former_id=told[-1].version_id if told else None,
                former=told[-1].number if told else None,
                went_back=any(one.version_id == version_id for one in told),
            )
        )
        seen.add((version_id, at))
    return told[::-1]


def changes(log: Sequence[Publication]) -> list[Change]:
    """These publications with what each changed, in a constant number of statements."""
    pairs = {one: (one.former_id, one.version_id) for one in log if one.former_id is not None}
    _read([pair for pair in pairs.values() if pair not in _said])
    wanted = {one.version_id for one in log}
    summaries = dict(DefinitionVersion.objects.filter(pk__in=wanted).values_list("pk", "summary"))
    return [
        Change(one, summaries.get(one.version_id, ""), _said[pairs[one]] if one in pairs else ())
        for one in log
    ]


def _read(pairs: Sequence[Pair]) -> None:
    if not pairs:
        return
    wanted = {version_id for pair in pairs for version_id in pair}
    versions = DefinitionVersion.objects.with_rows().in_bulk(wanted)
    documents = {version_id: one.document() for version_id, one in versions.items()}
    for old, new in pairs:
        _said[old, new] = tuple(differences(documents[old], documents[new]))
