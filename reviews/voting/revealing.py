"""The reveal of a lead on the room's screen, another round, and the agreed verdict.

Each is one conditional update: of two people who press at once, one is heard and the other told.
Only the first round of a lead is blind; what the room votes after a reveal is kept beside it.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Exists, F, OuterRef, Q

from handoff.models import User
from leads.journey.states import Conflict, Invalid
from reviews.meetings import noting
from reviews.meetings.noting import About
from reviews.models import Item, Line, Meeting, Sampled, Vote

from .ballots import ERASED

SAID = {
    Sampled.Verdict.YES: "it met the definition",
    Sampled.Verdict.NO: "it did not meet the definition",
    Sampled.Verdict.PARKED: "parked, to be looked at again",
}


def reveal(sampled_id: int, *, actor: User, at: dt.datetime) -> Sampled:
    """Show what everybody voted. Raises NotAllowed, and Conflict where it is revealed already,
    where item 3 is not on, and where nobody besides the lead's owner has voted."""
    cast = Vote.objects.filter(sampled=OuterRef("pk"), round=OuterRef("round"))
    by_owner = Q(participant__user=OuterRef("handoff__owner"))
    with _presenting(sampled_id, actor):
        hidden = Sampled.objects.filter(pk=sampled_id, replaced_at=None, revealed_at=None)
        judged = hidden.filter(
            Q(handoff__owner=None) & Exists(cast) | Exists(cast.exclude(by_owner))
        )
        if not judged.update(revealed_at=at, revealed_by=actor):
            raise Conflict(_why_not(sampled_id))
    return Sampled.objects.get(pk=sampled_id)


def _why_not(sampled_id: int) -> str:
    found = Sampled.objects.select_related("revealed_by").get(pk=sampled_id)
    if found.revealed_at is not None:
        return f"{found.revealed_by} was quicker: it is revealed."
    if found.replaced_at is not None:
        return "Another lead was drawn in its place."
    if not Sampled.objects.present().filter(pk=sampled_id).exists():
        return ERASED
    if found.votes.filter(round=found.round).exists():
        return "Only its owner has voted. Wait for another vote, or skip it."
    return "Nobody has voted on it yet."


def vote_again(sampled_id: int, *, actor: User, at: dt.datetime) -> Sampled:
    """Hide a lead again and ask everybody anew; it is logged, and what was agreed falls. Raises
    NotAllowed, and Conflict where it is hidden."""
    with _presenting(sampled_id, actor) as (meeting, found):
        revealed = Sampled.objects.revealed().filter(pk=sampled_id, replaced_at=None)
        cleared = {"agreed": "", "agreed_at": None, "agreed_by": None}
        hidden = {"revealed_at": None, "revealed_by": None, "round": F("round") + 1}
        if not revealed.update(**hidden, **cleared):
            raise Conflict("Its votes are hidden already.")
        _fall(sampled_id, actor, at)
        text = f"Lead {found.place}: the room votes again"
        kind, about = Line.Kind.VOTED_AGAIN, About(sampled=found)
        noting.write(meeting, kind, text, actor=actor, at=at, about=about)
    return Sampled.objects.get(pk=sampled_id)


def agree(sampled_id: int, verdict: str, *, actor: User, at: dt.datetime) -> Sampled:
    """Keep what the room agreed on; it may agree otherwise until the meeting ends. Raises
    NotAllowed, Invalid, and Conflict where the votes are hidden or just that was agreed."""
    if verdict not in SAID:
        raise Invalid("verdict", "Choose met, did not meet, or parked.")
    with _presenting(sampled_id, actor) as (meeting, found):
        revealed = Sampled.objects.revealed().filter(pk=sampled_id).exclude(agreed=verdict)
        if not revealed.update(agreed=verdict, agreed_at=at, agreed_by=actor):
            hidden = found.revealed_at is None
            raise Conflict("Reveal the votes first." if hidden else "That is agreed already.")
        _fall(sampled_id, actor, at)
        text = f"Lead {found.place}: {SAID[Sampled.Verdict(verdict)]}"
        kind, about = Line.Kind.VERDICT, About(sampled=found)
        noting.write(meeting, kind, text, actor=actor, at=at, about=about)
    return Sampled.objects.get(pk=sampled_id)


def show(sampled_id: int, *, actor: User) -> Sampled:
    """Put a lead of the sample on the screen. Raises NotAllowed and Conflict."""
    with _presenting(sampled_id, actor) as (meeting, found):
        if found.replaced_at is not None:
            raise Conflict("Another lead was drawn in its place.")
        Meeting.objects.filter(pk=meeting.pk).update(shown=found)
    return found


def look_over(meeting_id: int, *, actor: User) -> None:
    """Take the lead off the screen and show the sample as a whole. Raises NotAllowed, Conflict."""
    with _item_three(meeting_id, actor) as meeting:
        Meeting.objects.filter(pk=meeting.pk).update(shown=None)


@contextmanager
def _presenting(sampled_id: int, actor: User) -> Iterator[tuple[Meeting, Sampled]]:
    """The meeting, held, and the lead, while `actor` presents item 3. Raises NotAllowed and
    Conflict."""
    found = Sampled.objects.get(pk=sampled_id)
    with _item_three(found.meeting_id, actor) as meeting:
        found.refresh_from_db()
        yield meeting, found


@contextmanager
def _item_three(meeting_id: int, actor: User) -> Iterator[Meeting]:
    with noting.running(meeting_id, actor) as meeting:
        if meeting.presenter_id != actor.pk:
            raise Conflict(f"{meeting.who_presents}. Take over first.")
        if meeting.item != Item.CHANGES:
            raise Conflict("The sample belongs to item 3. Go there first.")
        yield meeting


def _fall(sampled_id: int, actor: User, at: dt.datetime) -> None:
    """What was agreed before is taken back in the minutes, not rewritten."""
    agreed = Line.objects.standing().filter(sampled=sampled_id, kind=Line.Kind.VERDICT)
    agreed.update(taken_back_at=at, taken_back_by=actor)
