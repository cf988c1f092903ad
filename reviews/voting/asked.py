"""What a meeting asks to be changed: by the votes on the leads it revealed, and by how sales
answered.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from reviews.meetings.shares import Kept
from reviews.models import Item, Meeting, Vote

from .clauses import named

MOST, MOST_LINES = 2, 4
"""So many of a kind, and so many in all, fit the screen; the minutes have the figures."""

REJECTIONS = {"reasons": "reason", "sources": "source"}
"""Which figures of item 2 a draft may answer, and by what."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A clause that votes name as what failed: on how many of the revealed leads, how often."""

    says: str
    leads: int
    votes: int


@dataclass(frozen=True, slots=True)
class Risen:
    """A kept row of item 2 that rose beyond chance; `key`: what of the rejections it is, reason or
    source."""

    key: str
    row: Kept


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sample and the trends ask for; `alerts`: those told since the last meeting."""

    failed: Sequence[Failed]
    risen: Sequence[Risen]
    alerts: Sequence[Kept]

    def __bool__(self) -> bool:
        return bool(self.failed or self.risen or self.alerts)


def asked_of(meeting: Meeting) -> Asked:
    """What stands on the screen of item 3; the trends as item 2 showed them."""
    shown = meeting.items.filter(item=Item.TRENDS).first()
    figures = shown.figures if shown else {}
    failed, risen = by_votes(meeting)[:MOST], _risen(figures)[:MOST]
    left = MOST_LINES - len(failed) - len(risen)
    return Asked(failed, risen, figures.get("alerts", ())[:left])


def by_votes(meeting: Meeting) -> list[Failed]:
    """The clauses that failed on most leads, in the round that counts of each; none of a hidden
    lead is read."""
    sample = meeting.sample.standing().exclude(revealed_at=None)
    votes = Vote.objects.filter(sampled__in=sample, round=F("sampled__round")).exclude(clause="")
    found: defaultdict[str, list[int]] = defaultdict(list)
    told = votes.order_by().values_list("sampled__handoff__version", "clause", "sampled")
    for version_id, clause, lead in told:
        found[named(version_id, clause)].append(lead)
    failed = [Failed(says, len(set(leads)), len(leads)) for says, leads in found.items()]
    return sorted(failed, key=lambda one: (-one.leads, -one.votes, one.says))


def _risen(figures: Kept) -> list[Risen]:
    """The rejections that rose beyond chance, those that rose most first."""
    risen = [
        Risen(key, row)
        for part, key in REJECTIONS.items()
        for row in figures.get(part, ())
        if row["sure"] and row["by"] > 0
    ]
    return sorted(risen, key=lambda one: -one.row["by"])
