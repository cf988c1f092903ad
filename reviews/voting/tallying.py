"""What the room said of one lead, once it is revealed: by side, what failed, and in a sentence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reviews.agreement import Agreement, Ballot, among, between
from reviews.models import Meeting, Sampled, Side, Vote

from .clauses import named

MET = {Vote.Verdict.YES: True, Vote.Verdict.NO: False, Vote.Verdict.CANNOT_TELL: None}
BLIND = 1
"""The round in which nobody had seen the others' votes."""


@dataclass(frozen=True, slots=True)
class SideSaid:
    """The votes of one side, by name."""

    side: Side
    votes: tuple[Vote, ...]

    def count(self, verdict: str) -> int:
        return sum(one.verdict == verdict for one in self.votes)

    @property
    def named(self) -> tuple[str, int] | None:
        """The clause most of its no-votes name, and how many do."""
        named = Counter(one.clause for one in self.votes if one.clause)
        return min(named.items(), key=lambda one: (-one[1], one[0])) if named else None


@dataclass(frozen=True, slots=True)
class Tally:
    """One revealed lead. `comments`: what was written, with who wrote it."""

    sides: tuple[SideSaid, ...]
    version_id: int

    def count(self, verdict: str) -> int:
        return sum(one.count(verdict) for one in self.sides)

    @property
    def votes(self) -> list[Vote]:
        return [vote for one in self.sides for vote in one.votes]

    @property
    def title(self) -> str:
        """“Did not meet, 5 to 3”."""
        yes, no = self.count(Vote.Verdict.YES), self.count(Vote.Verdict.NO)
        if yes == no:
            return f"Split, {yes} to {no}" if yes else "Nobody could tell"
        said = "Met it" if yes > no else "Did not meet"
        return f"{said}, {max(yes, no)} to {min(yes, no)}"

    @property
    def unsure(self) -> str:
        """“2 could not tell.”; nothing where nobody said so."""
        count = self.count(Vote.Verdict.CANNOT_TELL)
        return f"{count} could not tell." if count else ""

    @property
    def comments(self) -> list[Vote]:
        return [one for one in self.votes if one.comment]

    @property
    def most_named(self) -> str:
        """The clause that most people name; nothing where nobody named one."""
        named = Counter(one.clause for one in self.votes if one.clause)
        return min(named, key=lambda key: (-named[key], key)) if named else ""

    @property
    def failed(self) -> str:
        """Which clauses the sides name, in a sentence; nothing where nobody named one."""
        told = [
            (one.side.label.lower(), one.named, one.count(Vote.Verdict.NO)) for one in self.sides
        ]
        said = [(side, *clause, of) for side, clause, of in told if clause is not None]
        if not said:
            return ""
        same = len({key for _, key, _, _ in said}) == 1
        if same and len(said) > 1:
            count, of = sum(one[2] for one in said), sum(one[3] for one in said)
            sides = " and ".join(one[0] for one in said)
            clause = named(self.version_id, said[0][1])
            return _start(f"{sides} name the same: “{clause}” ({count} of {of} who said no).")
        parts = [
            f"{side} names “{named(self.version_id, key)}” ({count} of {of} who said no)"
            for side, key, count, of in said
        ]
        return _start(f"{'; '.join(parts)}.")


def tally(sampled: Sampled, version_id: int) -> Tally:
    """What was voted in the present round of a lead that is revealed. Raises ValueError before: a
    vote leaves the table only after its reveal."""
    if sampled.revealed_at is None:
        raise ValueError(f"{sampled} is not revealed.")
    cast = sampled.votes.filter(round=sampled.round).select_related("participant__user")
    by_side: dict[str, list[Vote]] = {side: [] for side in Side}
    for one in cast.order_by("participant__user__name", "pk"):
        by_side[one.participant.side].append(one)
    sides = (SideSaid(Side(side), tuple(votes)) for side, votes in by_side.items() if votes)
    return Tally(tuple(sides), version_id)


def blind_ballots(sample: Sequence[Sampled]) -> list[Ballot]:
    """The blind votes on leads that are revealed. A vote of a second round is not blind."""
    revealed = [one.pk for one in sample if one.revealed_at is not None]
    votes = Vote.objects.filter(sampled__in=revealed, round=BLIND)
    told = votes.order_by("sampled", "pk").values_list("sampled", "participant__side", "verdict")
    return [Ballot(lead, side, MET[Vote.Verdict(verdict)]) for lead, side, verdict in told]


def so_far(meeting: Meeting) -> tuple[Agreement, Agreement]:
    """Agreement over the leads of a meeting that are revealed: of everybody, and of the teams."""
    ballots = blind_ballots(list(meeting.sample.standing()))
    return among(ballots, seed=str(meeting.seed)), between(ballots, seed=str(meeting.seed))


def _start(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}"
