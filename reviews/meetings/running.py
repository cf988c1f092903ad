"""The one door of a meeting: begun, taken from item to item, taken over, ended.

`MOVES` is the whole table. Each move is one conditional update, so that of two people who press at
once one wins and the other gets a sentence; what it writes besides shares its transaction.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q

from handoff.models import SEERS, User
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.models import OPENING, Item, Line, Meeting, Participant, Shown, Side, Turn

from . import apart, changing, minutes, performance, trends
from .planning import since_of

State = Meeting.State
SEEN = dt.timedelta(seconds=20)
"""So seldom is it noted that somebody's page asked."""

HEADSTART = dt.timedelta(hours=1)
"""So long before its time anybody who takes part may begin a meeting."""
TOO_EARLY = "It can be begun from an hour before its time."

FORGOTTEN = dt.timedelta(hours=12)
"""A meeting that began so long ago is over, whether anybody said so or not."""


@dataclass(frozen=True)
class Move:
    """Where a meeting may be for it, and where it leads."""

    start: State
    leads_to: State
    too_late: str


MOVES = {
    "begin": Move(State.PLANNED, State.RUNNING, "Somebody began it a moment ago, or it is off."),
    "end": Move(State.RUNNING, State.ENDED, "It is not running any more."),
}


def may_take_part(meeting: Meeting, user: User) -> bool:
    """Present, note and vote: whoever takes part in it."""
    return meeting.participants.taking_part().filter(user=user).exists()


def may_join(meeting: Meeting, user: User) -> bool:
    """Come although not invited: those who see every lead."""
    return user.has_role(*SEERS)


def is_early(meeting: Meeting, *, at: dt.datetime) -> bool:
    """Whether it is so long before its time that beginning it would surprise those invited."""
    return at < meeting.starts_at - HEADSTART


def may_begin(meeting: Meeting, user: User, *, at: dt.datetime) -> bool:
    """From an hour before its time on anybody who takes part; earlier the chair alone."""
    if is_early(meeting, at=at) and user.pk != meeting.chair_id:
        return False
    return may_take_part(meeting, user)


def begin(meeting_id: int, *, actor: User, at: dt.datetime) -> Meeting:
    """Open the screen: from now on `actor` presents, and what each item shows is counted once, so
    that everybody looks at the same figures. Raises NotAllowed and Conflict."""
    meeting = Meeting.objects.select_related("series", "chair").get(pk=meeting_id)
    _only_participants(meeting, actor)
    if not may_begin(meeting, actor, at=at):
        raise NotAllowed(f"{TOO_EARLY} Until then only {meeting.chair} can, who chairs it.")
    meeting.since = min(since_of(meeting.series, before=at), at - dt.timedelta(minutes=1))
    meeting.until = at
    shown = _figures(meeting, at=at)
    with transaction.atomic():
        _move(
            meeting,
            "begin",
            since=meeting.since,
            until=at,
            began_at=at,
            presenter=actor,
            presenter_at=at,
            item=OPENING,
            item_at=at,
        )
        _only_participants(meeting, actor)
        for item, figures in shown.items():
            Shown.objects.create(meeting=meeting, item=item, figures=figures, figures_at=at)
        Turn.objects.create(meeting=meeting, item=OPENING, began_at=at, began_by=actor)
        meeting.participants.filter(user=actor, joined_at=None).update(joined_at=at)
    return meeting


def _figures(meeting: Meeting, *, at: dt.datetime) -> dict[Item, dict[str, Any]]:
    span = (meeting.since, meeting.until)
    return {
        Item.SLA: performance.figures(*span, at=at, zone=meeting.series.timezone),
        Item.TRENDS: trends.figures(*span, at=at),
        Item.CHANGES: changing.figures(at=at),
    }


def go_to(meeting_id: int, item: int, *, seen: int, actor: User, at: dt.datetime) -> Meeting:
    """Put an item on the screen; `seen` is the one that was there when `actor` pressed, so that
    pressing twice does not go two further. Raises NotAllowed, Invalid and Conflict."""
    if item not in (OPENING, *Item):
        raise Invalid("item", "There are three items.")
    meeting = _presented(meeting_id, actor)
    with transaction.atomic():
        running = Meeting.objects.filter(
            pk=meeting.pk, state=State.RUNNING, presenter=actor, item=seen
        ).exclude(item=item)
        if not running.update(item=item, item_at=at, revision=F("revision") + 1):
            raise Conflict("The screen has moved on meanwhile.")
        _close_turn(meeting, at=at)
        Turn.objects.create(meeting=meeting, item=item, began_at=at, began_by=actor)
    return Meeting.objects.get(pk=meeting.pk)


def take_over(meeting_id: int, *, actor: User, at: dt.datetime) -> Meeting:
    """Present instead of whoever does, or where nobody does any more; the minutes say so. Raises
    NotAllowed and Conflict."""
    meeting = Meeting.objects.select_related("presenter").get(pk=meeting_id)
    _only_participants(meeting, actor)
    before = meeting.presenter
    with transaction.atomic():
        held = Meeting.objects.filter(pk=meeting.pk, state=State.RUNNING, presenter=before)
        taken = {"presenter": actor, "presenter_at": at, "revision": F("revision") + 1}
        if before == actor:
            raise Conflict("You are presenting already.")
        if not held.update(**taken):
            raise Conflict("Somebody else took over a moment ago, or it is not running.")
        _only_participants(meeting, actor)
        Line.objects.create(
            meeting=meeting,
            item=meeting.item,
            kind=Line.Kind.PRESENTER,
            text=f"{actor} took over from {before}." if before else f"{actor} took over.",
            by=actor,
            at=at,
        )
        meeting.participants.filter(user=actor, joined_at=None).update(joined_at=at)
    return Meeting.objects.get(pk=meeting.pk)


def end(meeting_id: int, *, actor: User, at: dt.datetime) -> Meeting:
    """Close the meeting and mail its minutes. Raises NotAllowed and Conflict."""
    meeting = Meeting.objects.get(pk=meeting_id)
    _only_participants(meeting, actor)
    if actor.pk not in (meeting.presenter_id, meeting.chair_id):
        raise NotAllowed("Whoever presents ends it, or the chair.")
    return _ended(meeting, actor, ended_at=at, at=at)


def end_forgotten(*, at: dt.datetime) -> int:
    """End what nobody ended: meetings begun FORGOTTEN ago, as of when somebody was last there; how
    many."""

    def close(meeting: Meeting) -> int:
        seen = meeting.participants.aggregate(last=Max("seen_at"))["last"]
        began = meeting.item_at or meeting.began_at
        assert began is not None
        _ended(meeting, None, ended_at=max(seen or began, began), at=at)
        return 1

    forgotten = Meeting.objects.running().filter(began_at__lt=at - FORGOTTEN)
    return apart.each(list(forgotten.order_by("pk")), close, at=at)


def _ended(
    meeting: Meeting, actor: User | None, *, ended_at: dt.datetime, at: dt.datetime
) -> Meeting:
    with transaction.atomic():
        _move(meeting, "end", ended_at=ended_at, ended_by=actor)
        _close_turn(meeting, at=ended_at)
        last = Shown.objects.filter(meeting=meeting, item=Item.CHANGES)
        last.update(figures=changing.figures(at=at), figures_at=at)
        ended = Meeting.objects.select_related("series").get(pk=meeting.pk)
        minutes.post(ended, at=at)
    return ended


def join(meeting_id: int, side: str, *, actor: User, at: dt.datetime) -> Participant:
    """Say that one is there; `side` counts for who was not invited. Raises NotAllowed, Invalid and
    Conflict."""
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
        if not meeting.is_running:
            raise Conflict("It is not running.")
        found = meeting.participants.filter(user=actor).first()
        if found is None or found.removed_at is not None:
            if not may_join(meeting, actor):
                raise NotAllowed("Only who is invited can join.")
            if side not in Side.values:
                raise Invalid("side", "Say for which side you speak.")
            found = found or Participant(meeting=meeting, user=actor)
            found.side, found.removed_at = side, None
        if found.joined_at is None:
            found.joined_at = at
        found.seen_at = at
        found.save()
        Meeting.objects.filter(pk=meeting.pk).bump()
    return found


def see(meeting: Meeting, user: User, *, at: dt.datetime) -> bool:
    """Note that somebody's page asks, so that the room knows they are there; whether it was time to
    note it. Who was invited has joined by that."""
    stale = Q(seen_at=None) | Q(seen_at__lt=at - SEEN)
    mine = meeting.participants.taking_part().filter(stale, user=user)
    if not mine.update(seen_at=at):
        return False
    if meeting.participants.filter(user=user, joined_at=None).update(joined_at=at):
        Meeting.objects.filter(pk=meeting.pk).bump()
    return True


def _move(meeting: Meeting, verb: str, **columns: Any) -> None:
    """Take a meeting through the door, or raise Conflict."""
    move = MOVES[verb]
    found = Meeting.objects.filter(pk=meeting.pk, state=move.start)
    if not found.update(state=move.leads_to, revision=F("revision") + 1, **columns):
        raise Conflict(move.too_late)


def _close_turn(meeting: Meeting, *, at: dt.datetime) -> None:
    meeting.turns.filter(ended_at=None).update(ended_at=at)


def _only_participants(meeting: Meeting, user: User) -> None:
    """Raises NotAllowed for anybody else. Asked once more after a move, which has waited for who
    was taking people out."""
    if not may_take_part(meeting, user):
        raise NotAllowed("Only who takes part can do this: join first.")


def _presented(meeting_id: int, actor: User) -> Meeting:
    meeting = Meeting.objects.select_related("presenter").get(pk=meeting_id)
    _only_participants(meeting, actor)
    if not meeting.is_running:
        raise Conflict("It is not running.")
    if meeting.presenter_id != actor.pk:
        raise Conflict(f"{meeting.who_presents}. Take over first.")
    return meeting
