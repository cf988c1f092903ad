"""What a meeting decides, written as it goes: decisions, actions, the notes of the chair."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse

from handoff.models import DefinitionVersion, User
from handoff.permissions import may_arrange_reviews
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.models import Action, Item, Line, Meeting, Sampled, Shown

from .running import may_take_part

FURTHEST = dt.timedelta(days=366)
"""After a slip of a digit an action would stay open for centuries, and never be overdue."""


@dataclass(frozen=True)
class About:
    """What a line of the minutes hangs on: a page, a lead of the sample, a version."""

    path: str = ""
    sampled: Sampled | None = None
    version: DefinitionVersion | None = None

    def columns(self) -> dict[str, Any]:
        return {"path": self.path, "sampled": self.sampled, "version": self.version}


NOTHING = About()


def on_screen(meeting: Meeting) -> About:
    """The lead of the sample that is on the screen, to hang an action on; with its page once it is
    revealed, since the page names it."""
    if meeting.item != Item.CHANGES or meeting.shown_id is None:
        return NOTHING
    shown = Sampled.objects.present().filter(pk=meeting.shown_id, replaced_at=None)
    lead = shown.select_related("handoff").first()
    if lead is None:
        return NOTHING
    path = reverse("leads:lead", args=[lead.handoff.lead_id]) if lead.revealed_at else ""
    return About(path, lead)


@contextmanager
def running(meeting_id: int, actor: User) -> Iterator[Meeting]:
    """The meeting, held so that nobody ends it meanwhile; its screens look again afterwards.

    Raises NotAllowed for who takes no part, and Conflict where it is not running.
    """
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
        if not may_take_part(meeting, actor):
            raise NotAllowed("Only who takes part can do this: join first.")
        if not meeting.is_running:
            raise Conflict("It is not running: what was decided stands in its minutes.")
        yield meeting
        Meeting.objects.filter(pk=meeting.pk).bump()


def decide(
    meeting_id: int,
    text: str,
    *,
    actor: User,
    at: dt.datetime,
    kind: Line.Kind = Line.Kind.DECISION,
    about: About = NOTHING,
) -> Line:
    """Write a line into the minutes, under the item on the screen. Raises NotAllowed, Invalid and
    Conflict."""
    if not text.strip():
        raise Invalid("text", "Say what was decided.")
    with running(meeting_id, actor) as meeting:
        return write(meeting, kind, text.strip(), actor=actor, at=at, about=about)


def write(
    meeting: Meeting,
    kind: Line.Kind,
    text: str,
    *,
    actor: User,
    at: dt.datetime,
    about: About = NOTHING,
    action: Action | None = None,
) -> Line:
    """A line of the minutes, inside `running`."""
    return Line.objects.create(
        meeting=meeting,
        item=meeting.item,
        kind=kind,
        text=text,
        action=action,
        by=actor,
        at=at,
        **about.columns(),
    )


@dataclass(frozen=True)
class Asked:
    """An action as somebody asks for it."""

    text: str
    owner: User
    due_on: dt.date

    def check(self, *, at: dt.datetime) -> None:
        """Raises Invalid."""
        if not self.text.strip():
            raise Invalid("text", "Say what is to be done.")
        if not self.owner.is_active:
            raise Invalid("owner", f"{self.owner} is not active any more.")
        if self.due_on < at.date() - dt.timedelta(days=1):
            raise Invalid("due_on", "Choose a day that is still to come.")
        if self.due_on > at.date() + FURTHEST:
            raise Invalid("due_on", "Choose a day within a year.")


def ask_for(
    meeting_id: int, asked: Asked, *, actor: User, at: dt.datetime, about: About = NOTHING
) -> Action:
    """Give somebody an action, with its line in the minutes. Raises NotAllowed, Invalid and
    Conflict."""
    asked.check(at=at)
    with running(meeting_id, actor) as meeting:
        action = Action.objects.create(
            meeting=meeting,
            item=meeting.item,
            text=asked.text.strip(),
            owner=asked.owner,
            due_on=asked.due_on,
            made_by=actor,
            made_at=at,
            **about.columns(),
        )
        said = f"{action.owner}, by {action.due_on.day} {action.due_on:%b}: {action.text}"
        write(meeting, Line.Kind.ACTION, said, actor=actor, at=at, about=about, action=action)
    return action


def take_back(line_id: int, *, actor: User, at: dt.datetime) -> Line:
    """Take a line back while its meeting runs; its action goes with it. The minutes keep that it
    was said. Raises NotAllowed, and Conflict, also for a line that tells what happened."""
    line = Line.objects.select_related("meeting").get(pk=line_id)
    with running(line.meeting_id, actor):
        if not line.is_decided:
            raise Conflict("That happened, so it stays in the minutes.")
        standing = Line.objects.standing().filter(pk=line.pk)
        if not standing.update(taken_back_at=at, taken_back_by=actor):
            raise Conflict("It was taken back already.")
        if line.action_id:
            open_ = Action.objects.open().filter(pk=line.action_id)
            open_.update(dropped_at=at, dropped_by=actor)
    return Line.objects.get(pk=line.pk)


def may_note(meeting: Meeting, user: User) -> bool:
    """Write the notes of the items: the chair, and whoever presents."""
    return user.pk in (meeting.chair_id, meeting.presenter_id)


def note(meeting_id: int, item: int, text: str, *, actor: User, at: dt.datetime) -> Shown:
    """Write what is to be remembered of an item, also afterwards; what it said before is kept.
    Raises NotAllowed and Conflict."""
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
        if not may_note(meeting, actor):
            raise NotAllowed("The chair writes the notes, and whoever presents.")
        shown = meeting.items.filter(item=item).first()
        if shown is None:
            raise Conflict("Notes are written once it has begun.")
        shown.note, shown.noted_by, shown.noted_at = text.strip(), actor, at
        shown.save(update_fields=["note", "noted_by", "noted_at"])
        Meeting.objects.filter(pk=meeting.pk).bump()
    return shown


def may_change(action: Action, user: User) -> bool:
    """Its owner, the chair of its meeting, and those who arrange reviews."""
    return user.pk in (action.owner_id, action.meeting.chair_id) or may_arrange_reviews(user)


def change(action_id: int, asked: Asked, *, actor: User, at: dt.datetime) -> Action:
    """Another text, owner or day; what it said before is kept. Raises NotAllowed, Invalid and
    Conflict."""
    asked.check(at=at)
    with transaction.atomic():
        action = _held(action_id, actor)
        if not action.is_open:
            raise Conflict("It is not open any more.")
        action.text, action.owner = asked.text.strip(), asked.owner
        action.due_on = asked.due_on
        action.save(update_fields=["text", "owner", "due_on"])
        _tell_screens(action)
    return action


def done(action_id: int, *, actor: User, at: dt.datetime) -> Action:
    """Raises NotAllowed and Conflict."""
    with transaction.atomic():
        action = _held(action_id, actor)
        if not action.is_open:
            raise Conflict("It is not open any more.")
        return _marked(action, at, actor)


def not_done(action_id: int, *, actor: User) -> Action:
    """Open it again. Raises NotAllowed and Conflict."""
    with transaction.atomic():
        action = _held(action_id, actor)
        if action.done_at is None:
            raise Conflict("It is not done.")
        return _marked(action, None, None)


def _marked(action: Action, at: dt.datetime | None, actor: User | None) -> Action:
    action.done_at, action.done_by = at, actor
    action.save(update_fields=["done_at", "done_by"])
    _tell_screens(action)
    return action


def _tell_screens(action: Action) -> None:
    """Have the screens of its series that run look again."""
    Meeting.objects.running().filter(series=action.meeting.series_id).bump()


def _held(action_id: int, actor: User) -> Action:
    locked = Action.objects.select_related("meeting", "owner").select_for_update(of=("self",))
    action = locked.get(pk=action_id)
    if not may_change(action, actor):
        raise NotAllowed("Its owner, the chair and managers change an action.")
    return action
