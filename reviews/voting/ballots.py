"""Votes on the leads of a sample: given and changed by their voter until the reveal.

Nobody else learns of a vote before; who has voted is no secret. A vote and the reveal of its lead
wait for each other, so that no vote comes after.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from handoff import words
from handoff.models import User
from leads.journey.states import Conflict, Invalid
from leads.models import Handoff
from reviews.models import Meeting, Participant, Sampled, Vote

from .clauses import clauses_of
from .drawing import opens_at

LONGEST = Vote._meta.get_field("comment").max_length or 0
ERASED = "The lead was erased since, on somebody’s request. Go on to the next one."
LATE = "It was revealed before your vote arrived. Votes count only while they are blind."


@dataclass(frozen=True, slots=True)
class Voter:
    """A participant as the room sees them before a reveal: whether they voted, never how."""

    participant: Participant
    has_voted: bool


@dataclass(frozen=True, slots=True)
class Ballot:
    """Of so many leads that are not revealed, somebody voted on so many."""

    of: int
    voted: int


def cast(
    sampled_id: int,
    participant: Participant,
    *,
    verdict: str,
    clause: str | None = None,
    comment: str | None = None,
    at: dt.datetime,
) -> Vote:
    """Give or change a vote. What failed, and the comment, stay as they were where they are None;
    whoever no longer says no has named nothing that failed. Raises Invalid, and Conflict where the
    vote is not open, or not any more."""
    if verdict not in Vote.Verdict.values:
        raise Invalid("verdict", "Say whether it met the definition.")
    if comment is not None and (wrong := words.not_kept(comment, longest=LONGEST)):
        raise Invalid("comment", wrong)
    with transaction.atomic():
        sampled = _open(sampled_id, participant.meeting_id, at=at)
        one = Vote(sampled=sampled, participant=participant, round=sampled.round)
        one = sampled.votes.filter(participant=participant, round=sampled.round).first() or one
        one.verdict, one.at = verdict, at
        one.comment = one.comment if comment is None else comment.strip()
        one.clause = "" if verdict != Vote.Verdict.NO else one.clause if clause is None else clause
        _refuse_unknown(sampled, one.clause)
        one.save()
        Meeting.objects.filter(pk=participant.meeting_id).bump()
    return one


def _open(sampled_id: int, meeting_id: int, *, at: dt.datetime) -> Sampled:
    """The lead, its meeting held first, as whoever reveals it does. Raises Conflict."""
    held = Meeting.objects.select_related("series").select_for_update(of=("self",))
    meeting = held.get(pk=meeting_id)
    found = Sampled.objects.get(pk=sampled_id, meeting=meeting_id)
    if not meeting.is_ahead:
        raise Conflict("The meeting is over, and with it the vote.")
    if found.replaced_at is not None:
        raise Conflict("Another lead was drawn in its place.")
    if found.revealed_at is not None:
        raise Conflict(LATE)
    if at < opens_at(meeting) and meeting.is_planned:
        raise Conflict("The vote opens on the day before the meeting.")
    handoff = Handoff.objects.select_related("judgement").filter(pk=found.handoff_id).first()
    if handoff is None:
        raise Conflict(ERASED)
    found.handoff = handoff
    return found


def _refuse_unknown(sampled: Sampled, clause: str) -> None:
    known = {one.key for one in clauses_of(sampled.handoff.judgement)}
    if clause and clause not in known:
        raise Invalid("clause", "Choose one of the clauses of the definition.")


def own_votes(sample: Iterable[Sampled], participant: Participant) -> dict[int, Vote]:
    """A participant's own votes of the present round, by sampled lead."""
    rounds = {one.pk: one.round for one in sample}
    found = Vote.objects.filter(participant=participant, sampled__in=rounds)
    return {one.sampled_id: one for one in found if one.round == rounds[one.sampled_id]}


def voters(sampled: Sampled) -> list[Voter]:
    """Everybody who may vote on a lead or has, by side and name, and whether they have."""
    voted = set(sampled.votes.filter(round=sampled.round).values_list("participant", flat=True))
    people = sampled.meeting.participants.select_related("user")
    asked = people.filter(Q(removed_at=None) | Q(pk__in=voted))
    return [Voter(one, one.pk in voted) for one in asked]


def ballot_of(meeting: Meeting, user: User, *, at: dt.datetime) -> Ballot | None:
    """How far somebody has come with their votes; None where they have none to give."""
    if not (meeting.is_running or (meeting.is_planned and opens_at(meeting) <= at)):
        return None
    mine = Vote.objects.filter(
        sampled=OuterRef("pk"), round=OuterRef("round"), participant__user=user
    )
    hidden = meeting.sample.standing().hidden().present().order_by()
    counts = hidden.aggregate(of=Count("pk"), voted=Count("pk", filter=Exists(mine)))
    return Ballot(**counts) if counts["of"] else None


def participant_of(meeting: Meeting, user: User) -> Participant | None:
    """Who somebody is in a meeting; None where they take no part."""
    return meeting.participants.taking_part().select_related("user").filter(user=user).first()
