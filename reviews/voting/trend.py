"""Agreement from meeting to meeting, and the clauses over which people divide."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from handoff.models import User
from leads.models import Handoff
from reviews.agreement import Agreement, Ballot, among, between
from reviews.models import Meeting, Side, Vote

from .clauses import named
from .tallying import BLIND, MET

MEETINGS = 26
"""So many of the latest meetings: a year of one every two weeks."""


@dataclass(frozen=True, slots=True)
class OfMeeting:
    """One meeting: agreement of everybody, and of the two teams; `leads` were revealed."""

    meeting: Meeting
    everybody: Agreement
    teams: Agreement
    leads: int
    votes: int
    unsure: int


@dataclass(frozen=True, slots=True)
class Divided:
    """A clause that somebody says failed: how often each side named it, and on how many of these
    leads others said that the definition was met."""

    says: str
    by_side: dict[str, int]
    leads: int
    disputed: int

    @property
    def count(self) -> int:
        return sum(self.by_side.values())


def meetings_of(user: User) -> QuerySet[Meeting]:
    """The latest meetings with a reveal that a person may see, the latest first."""
    revealed = Meeting.objects.visible_to(user).filter(sample__revealed_at__isnull=False)
    return revealed.distinct().order_by("-number")[:MEETINGS]


def trend(meetings: Sequence[Meeting]) -> list[OfMeeting]:
    """Each meeting's agreement, in the order given. One statement for all."""
    by_meeting: dict[int, list[Ballot]] = {one.pk: [] for one in meetings}
    for vote in _blind(meetings):
        ballot = Ballot(vote.sampled_id, vote.participant.side, MET[Vote.Verdict(vote.verdict)])
        by_meeting[vote.sampled.meeting_id].append(ballot)
    return [_of(meeting, by_meeting[meeting.pk]) for meeting in meetings]


def _of(meeting: Meeting, ballots: list[Ballot]) -> OfMeeting:
    seed = str(meeting.seed)
    return OfMeeting(
        meeting=meeting,
        everybody=among(ballots, seed=seed),
        teams=between(ballots, seed=seed),
        leads=len({one.lead for one in ballots}),
        votes=len(ballots),
        unsure=sum(one.met is None for one in ballots),
    )


def overall(meetings: Sequence[Meeting]) -> tuple[Agreement, Agreement]:
    """Agreement over the leads of all these meetings."""
    ballots = [
        Ballot(one.sampled_id, one.participant.side, MET[Vote.Verdict(one.verdict)])
        for one in _blind(meetings)
    ]
    seed = ",".join(str(one.seed) for one in meetings)
    return among(ballots, seed=seed), between(ballots, seed=seed)


def divided(meetings: Sequence[Meeting]) -> list[Divided]:
    """Clauses by how often they were named, most first; those that read alike are one, whatever
    version they stand in."""
    votes = list(_blind(meetings))
    met = {one.sampled_id for one in votes if one.verdict == Vote.Verdict.YES}
    versions = _judged_by(votes)
    sides: dict[str, Counter[str]] = {}
    leads: dict[str, set[int]] = {}
    for one in votes:
        if one.clause:
            says = named(versions.get(one.sampled.handoff_id), one.clause)
            sides.setdefault(says, Counter())[one.participant.side] += 1
            leads.setdefault(says, set()).add(one.sampled_id)
    found = [
        Divided(
            says,
            {side: sides[says][side] for side in Side},
            len(leads[says]),
            len(leads[says] & met),
        )
        for says in sides
    ]
    return sorted(found, key=lambda one: (-one.count, one.says))


def _blind(meetings: Sequence[Meeting]) -> QuerySet[Vote]:
    """Blind votes on leads that are revealed; those of hidden ones stay where they are."""
    return (
        Vote.objects.filter(
            sampled__meeting__in=meetings,
            sampled__replaced_at=None,
            sampled__revealed_at__isnull=False,
            round=BLIND,
        )
        .select_related("participant", "sampled")
        .only(
            *("verdict", "clause", "participant__side", "sampled__meeting"),
            "sampled__handoff",
        )
        .order_by("sampled", "pk")
    )


def _judged_by(votes: Sequence[Vote]) -> dict[int, int]:
    """The version that judged each hand-over of the votes; none of those that were erased since."""
    asked = Handoff.objects.filter(pk__in={one.sampled.handoff_id for one in votes if one.clause})
    return dict(asked.values_list("pk", "version"))
