"""The one door through which a hand-over changes its state.

`MOVES` is the whole table: from where a verb may start and where it leads. `move` checks it,
updates on condition that nobody was quicker, and writes the event, in the caller's transaction.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from handoff.models import User
from handoff.prepared import prepared
from leads.models import Event, Handoff, Lead

from . import clocks
from .recording import Happening, record

State = Handoff.State


class Conflict(Exception):
    """Somebody was quicker, or the move is not open from here. `str()` is for a person."""


class NotAllowed(Exception):
    """This person may not do this to this hand-over."""


class Invalid(Exception):
    """An answer that cannot be taken as it is: `field` names what to mend."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Move:
    """Where a verb may start, where it leads, and which event it writes."""

    starts: frozenset[State]
    leads_to: State | None
    kind: Event.Kind
    done: str

    @property
    def ends(self) -> bool:
        return self.leads_to in ENDED

    @property
    def reopens(self) -> bool:
        return not self.starts.isdisjoint(ENDED)


ENDED = frozenset({State.REJECTED, State.ADVANCED, State.CLOSED})
OPEN = frozenset(State) - ENDED

MOVES: dict[str, Move] = {
    "accept": Move(frozenset({State.WAITING}), State.ACCEPTED, Event.Kind.ACCEPTED, "accepted"),
    "reject": Move(frozenset({State.WAITING}), State.REJECTED, Event.Kind.REJECTED, "rejected"),
    "return": Move(
        frozenset({State.WAITING, State.ACCEPTED}),
        State.RETURNED,
        Event.Kind.RETURNED,
        "returned to marketing",
    ),
    "send_back": Move(
        frozenset({State.WAITING, State.ACCEPTED}),
        State.RETURNED,
        Event.Kind.SENT_BACK,
        "sent back to the step before",
    ),
    "take_up": Move(
        frozenset({State.RETURNED}), State.WAITING, Event.Kind.RESUMED, "handed on again"
    ),
    "resume": Move(frozenset({State.RETURNED}), State.WAITING, Event.Kind.RESUMED, "given back"),
    "resume_work": Move(
        frozenset({State.RETURNED}), State.ACCEPTED, Event.Kind.RESUMED, "given back"
    ),
    "touch": Move(frozenset({State.ACCEPTED}), State.ACCEPTED, Event.Kind.TOUCHED, "touched"),
    "dispose": Move(frozenset({State.ACCEPTED}), State.ACCEPTED, Event.Kind.DISPOSED, "disposed"),
    "close": Move(frozenset({State.ACCEPTED}), State.CLOSED, Event.Kind.DISPOSED, "closed"),
    "keep": Move(
        frozenset({State.RETURNED}), State.CLOSED, Event.Kind.DISPOSED, "kept by marketing"
    ),
    "withdraw": Move(OPEN, State.CLOSED, Event.Kind.CLOSED, "taken out of the queue"),
    "advance": Move(frozenset({State.ACCEPTED}), State.ADVANCED, Event.Kind.ADVANCED, "advanced"),
    "assign": Move(frozenset({State.WAITING}), None, Event.Kind.ASSIGNED, "assigned"),
    "reassign": Move(
        frozenset({State.WAITING, State.ACCEPTED}), State.WAITING, Event.Kind.ASSIGNED, "reassigned"
    ),
    "back_to_waiting": Move(
        frozenset(State) - {State.ADVANCED},
        State.WAITING,
        Event.Kind.UNDONE,
        "taken back",
    ),
    "back_to_work": Move(
        frozenset({State.WAITING, State.ACCEPTED, State.RETURNED, State.ADVANCED, State.CLOSED}),
        State.ACCEPTED,
        Event.Kind.UNDONE,
        "taken back",
    ),
    "back_to_marketing": Move(
        frozenset({State.WAITING, State.ACCEPTED, State.CLOSED}),
        State.RETURNED,
        Event.Kind.UNDONE,
        "taken back",
    ),
}
"""What takes an answer back (`undoing`) may start from what has ended; nothing else may."""


def lock(handoff_id: int) -> Handoff:
    """The hand-over, its lead and itself locked until the transaction ends, lead first.

    Raises Handoff.DoesNotExist.
    """
    lock_lead(handoff_id)
    return _locked(handoff_id)[0]


def lock_lead(handoff_id: int) -> int:
    """Lock the lead of a hand-over until the transaction ends; its primary key.

    Raises Handoff.DoesNotExist.
    """
    found = _lead_locked(handoff_id)
    if not found:
        raise Handoff.DoesNotExist(f"There is no hand-over {handoff_id}.")
    return found[0].pk


@prepared
def _lead_locked(handoff_id: int) -> QuerySet[Lead]:
    lead = Handoff.objects.filter(pk=handoff_id).values("lead")
    return Lead.objects.filter(pk__in=lead).select_for_update(no_key=True).only("pk")


@prepared
def _locked(handoff_id: int) -> QuerySet[Handoff]:
    return (
        Handoff.objects.filter(pk=handoff_id)
        .select_for_update(no_key=True, of=("self",))
        .select_related("lead", "team", "team__calendar", "owner", "version", "judgement")
    )


def move(
    handoff: Handoff,
    verb: str,
    *,
    actor: User | None,
    at: dt.datetime,
    by: str = "",
    changes: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Handoff:
    """Take the hand-over through the door and write the event.

    `changes` are further columns set with the state. Raises Conflict, naming who was quicker, when
    the hand-over is no longer where the verb may start or its owner changed meanwhile.
    """
    step = MOVES[verb]
    values: dict[str, Any] = {**(changes or {})}
    if step.leads_to is not None:
        values["state"] = step.leads_to
    if step.ends:
        values |= {"ended_at": at, "due_at": None, "due_clock": "", "awaits_turn": False}
    with transaction.atomic():
        there = Handoff.objects.filter(pk=handoff.pk, state__in=step.starts, owner=handoff.owner_id)
        if not step.reopens:
            there = there.filter(ended_at=None)
        if not there.update(**values):
            raise Conflict(sentence_of(handoff.pk, step))
        happening = Happening(
            handoff.lead_id, step.kind, at, handoff.pk, actor, by, {"verb": verb, **(body or {})}
        )
        record([happening])
        if step.ends and verb != "advance" and handoff.previous_id is not None:
            _let_go(handoff, handoff.previous_id, actor=actor, at=at, by=by)
    for name, value in values.items():
        setattr(handoff, name, value)
    return handoff


def _let_go(handoff: Handoff, ahead: int, *, actor: User | None, at: dt.datetime, by: str) -> None:
    """What the next step sent back to this one ends with it: nobody hands it on any more."""
    waits = Handoff.objects.filter(pk=ahead, state=State.RETURNED, ended_at=None).exclude(
        step=handoff.step
    )
    for one in waits.select_related("lead", "owner"):
        because = "The step before it ended"
        move(one, "withdraw", actor=actor, at=at, by=by, body={"because": because})
        clocks.stop([one.pk], at=at)


UNSAID = (
    Event.Kind.OPENED,
    Event.Kind.REMINDED,
    Event.Kind.BREACHED,
    Event.Kind.EXPLAINED,
    Event.Kind.ANSWERED,
)
"""What closes no move."""


def sentence_of(handoff_id: int, step: Move) -> str:
    """Why a move is closed, for the person who tried: what happened, by whom and when."""
    handoff = Handoff.objects.select_related("owner").get(pk=handoff_id)
    last = (
        Event.objects.filter(lead=handoff.lead_id, handoff_id=handoff_id)
        .exclude(kind__in=UNSAID)
        .select_related("actor")
        .order_by("-seq")
        .first()
    )
    state = handoff.standing.lower()
    if last is None:
        return f"This lead is {state}; it cannot be {step.done} now."
    who = str(last.actor) if last.actor else last.by or "Handoff"
    when = f"{timezone.localtime(last.at):%-d %b, %H:%M %Z}"
    return f"This lead is {state} ({who}, {when}); it cannot be {step.done} now."
