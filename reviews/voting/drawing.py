"""The sample of a meeting: drawn once before the voting opens, and drawn anew only for a reason.

The vote opens on the day before the meeting, at midnight of its series' zone. A draw is told by the
meeting's seed and what had been drawn before; every lead that was replaced stays with why.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction

from handoff import words
from handoff.models import User
from handoff.permissions import may_arrange_reviews
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.meetings import apart
from reviews.models import Item, Line, Meeting, Sampled
from reviews.sampling import Candidate, Place, draw

from .candidates import candidates

AHEAD = dt.timedelta(days=2)
"""No meeting opens its vote earlier than this before it begins."""

LONGEST = 300
"""Characters of why leads are drawn anew; the minutes say it in a line."""


def opens_at(meeting: Meeting) -> dt.datetime:
    """When the vote on its sample opens."""
    zone = meeting.series.zone
    before = meeting.starts_at.astimezone(zone).date() - dt.timedelta(days=1)
    return dt.datetime.combine(before, dt.time(), zone).astimezone(dt.UTC)


def may_redraw(meeting: Meeting, user: User) -> bool:
    """Have leads of the sample drawn anew: the chair, and those who arrange reviews."""
    return meeting.chair_id == user.pk or may_arrange_reviews(user)


def draw_due(*, at: dt.datetime) -> int:
    """Draw for every meeting whose vote is open and which has no sample; how many leads. May run as
    often as one likes."""
    near = Meeting.objects.ahead().filter(drawn_at=None, starts_at__lt=at + AHEAD)

    def draw(meeting: Meeting) -> int:
        return len(draw_for(meeting.pk, at=at)) if opens_at(meeting) <= at else 0

    return apart.each(list(near.select_related("series")), draw, at=at)


def draw_for(meeting_id: int, *, at: dt.datetime) -> list[Sampled]:
    """The first sample of a meeting that is not over, where it has none; nothing while there is no
    lead to draw."""
    with transaction.atomic():
        meeting = _locked(meeting_id)
        if meeting.drawn_at is not None or not meeting.is_ahead:
            return []
        places = _drawn(meeting, meeting.series.sample_size, at=at)
        if not places:
            return []
        made = _kept(meeting, range(1, len(places) + 1), places, at=at)
        Meeting.objects.filter(pk=meeting_id).update(drawn_at=at)
        Meeting.objects.filter(pk=meeting_id).bump()
        return made


def redraw(sampled_id: int, *, because: str, actor: User, at: dt.datetime) -> Sampled:
    """Another lead in the place of one that never was revealed. Raises NotAllowed, Invalid and
    Conflict."""
    with transaction.atomic():
        meeting = _locked(Sampled.objects.values_list("meeting", flat=True).get(pk=sampled_id))
        (fresh,) = _replaced(meeting, [sampled_id], because, actor, at)
        _note(meeting, f"Lead {fresh.place} drawn again: {because.strip()}", actor, at)
    return fresh


def redraw_all(meeting_id: int, *, because: str, actor: User, at: dt.datetime) -> list[Sampled]:
    """Other leads in the places of all that nobody has revealed; where there are fewer, the sample
    is shorter. Raises NotAllowed, Invalid, Conflict."""
    with transaction.atomic():
        meeting = _locked(meeting_id)
        unseen = meeting.sample.standing().never_revealed().values_list("pk", flat=True)
        fresh = _replaced(meeting, list(unseen), because, actor, at)
        _note(meeting, f"All leads not yet revealed drawn again: {because.strip()}", actor, at)
    return fresh


def _locked(meeting_id: int) -> Meeting:
    """The meeting, held, so that two draws come one after the other."""
    found = Meeting.objects.select_related("series").select_for_update(of=("self",))
    return found.get(pk=meeting_id)


def _replaced(
    meeting: Meeting, gone: Sequence[int], because: str, actor: User, at: dt.datetime
) -> list[Sampled]:
    if not may_redraw(meeting, actor):
        raise NotAllowed("The chair has leads drawn again.")
    if not because.strip():
        raise Invalid("because", "Say why, so that nobody wonders.")
    if wrong := words.not_kept(because, longest=LONGEST):
        raise Invalid("because", wrong)
    if not meeting.is_ahead:
        raise Conflict("The meeting is over; its sample stands.")
    old = list(meeting.sample.standing().filter(pk__in=gone).select_for_update())
    if not old or any(one.was_revealed for one in old):
        raise Conflict("What was revealed, or replaced already, is not drawn again.")
    Sampled.objects.filter(pk__in=gone).update(replaced_at=at, replaced_because=because.strip())
    places = _drawn(meeting, meeting.sample.standing().count() + len(old), at=at)
    if not places:
        raise Conflict("No other lead is left to draw.")
    fresh = _kept(meeting, [one.place for one in old], places, at=at)
    for before, after in zip(old, fresh, strict=False):
        Sampled.objects.filter(pk=before.pk).update(replaced_by=after)
    Meeting.objects.filter(pk=meeting.pk).bump()
    return fresh


def _drawn(meeting: Meeting, size: int, *, at: dt.datetime) -> Sequence[Place]:
    """New leads for a sample of so many; what was drawn before does not come again."""
    found = list(candidates(meeting, at=at))
    known = {one.handoff: one for one in found}
    earlier = list(meeting.sample.all())
    standing = [one for one in earlier if one.replaced_at is None]
    return draw(
        found,
        seed=str(meeting.seed),
        size=size,
        reviewers=set(meeting.participants.taking_part().values_list("user", flat=True)),
        kept=[_as_drawn(one, known) for one in standing],
        excluded=[one.handoff_id for one in earlier],
    ).places


def _as_drawn(one: Sampled, known: dict[int, Candidate]) -> Candidate:
    now = known.get(one.handoff_id)
    source, rep = (now.source, now.rep) if now else ("", None)
    return Candidate(one.handoff_id, one.stratum, source, rep)


def _kept(
    meeting: Meeting, numbers: Iterable[int], places: Sequence[Place], *, at: dt.datetime
) -> list[Sampled]:
    return Sampled.objects.bulk_create(
        Sampled(
            meeting=meeting,
            handoff_id=place.candidate.handoff,
            place=number,
            stratum=place.candidate.stratum,
            because=place.why,
            drawn_at=at,
        )
        for number, place in zip(numbers, places, strict=False)
    )


def _note(meeting: Meeting, text: str, actor: User, at: dt.datetime) -> None:
    Line.objects.create(
        meeting=meeting, item=Item.CHANGES, kind=Line.Kind.REDRAWN, text=text, by=actor, at=at
    )
