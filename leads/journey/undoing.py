"""Taking an answer back, for a minute: everything as it stood, and an event that says so.

`keeping` notes what stands before an answer, in the answer's transaction; `undo` brings it back in
one of its own. Nothing is rewritten: the answer stays in the history, what it set off is withdrawn,
turns are corrected in the ledger. Refused once somebody did something meanwhile.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from handoff import statements
from handoff.checklists import FIRST_STEP
from handoff.models import User
from leads.models import (
    Assignment,
    Event,
    Handoff,
    Lead,
    MergeProposal,
    Message,
    Promise,
    Undoable,
)
from leads.wording import subjects

from . import clocks, correcting
from .announcing import Letter, announce
from .states import UNSAID, Conflict, NotAllowed, lock, lock_lead, move

OFFERED = dt.timedelta(seconds=10)
"""How long a page offers it."""
LIMIT = dt.timedelta(seconds=60)
"""How long it is possible: whoever pressed the button in time shall not fail for a slow line."""
KEPT = dt.timedelta(hours=1)
"""How long what stood before is kept."""

SAID = {
    "accept": "accepted",
    "reject": "rejected",
    "return": "returned to marketing",
    "resume": "given back to sales",
    "touch": "a touch",
    "dispose": "how it ended",
    "reassign": "given to somebody else",
    "recycle": "sent to nurture",
    "advance": "handed on",
}
"""What was answered, for a person to read."""

SAID_LATER = {
    "return": "sent back to the step before",
    "resume": "taken back from the step before",
}
"""The same, where a later step says it otherwise."""

BACK = {"waiting": "back_to_waiting", "accepted": "back_to_work", "returned": "back_to_marketing"}

OF_HANDOFF = (
    "state", "owner_id", "team_id", "awaits_turn", "assigned_at", "opened_at", "accepted_at", "how",
    "first_touch_at", "last_touch_at", "channel", "next_step", "next_step_due", "disposition",
    "reason_id", "note", "until", "lacks", "answered_by_id", "ended_at", "due_at", "due_clock",
    "context",
)  # fmt: skip
OF_LEAD = (
    "status",
    *(f.attname for f in Lead._meta.concrete_fields if f.name.startswith("nurture_")),
)
OF_CLOCK = (
    "state", "tier", "hours", "minutes", "calendar_id", "started_at", "due_at", "remind_at",
    "pauses", "receipt", "ended_at",
)  # fmt: skip
NOTED = ("reminded_at", "breached_at", "act_at", "acted")
"""What the worker wrote meanwhile of a clock that the answer let run stays written."""


def _object(alias: str, columns: Sequence[str]) -> str:
    pairs = ", ".join(f"'{name}', {alias}.{name}" for name in columns)
    return f"jsonb_build_object({pairs})"


def _clocks(alias: str) -> str:
    clocks = f"FROM leads_clock c WHERE c.handoff_id = {alias}.id"
    return f"(SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') {clocks})"


BEFORE = f"""
SELECT {_object("h", OF_HANDOFF)}::text, {_object("l", OF_LEAD)}::text, {_clocks("h")}::text,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'was', {_object("o", OF_HANDOFF)},
        'clocks', {_clocks("o")})), '[]') FROM leads_handoff o
     WHERE o.lead_id = h.lead_id AND o.id <> h.id AND o.ended_at IS NULL)::text,
    (SELECT coalesce(max(t.id), 0) FROM leads_turn t WHERE t.handoff_id = h.id)
FROM leads_handoff h JOIN leads_lead l ON l.id = h.lead_id WHERE h.id = %s"""

KEEP = """
WITH old AS (DELETE FROM leads_undoable WHERE actor_id = %s AND at < %s)
INSERT INTO leads_undoable (batch, handoff_id, actor_id, at, verb, handoff_was, lead_was,
    clocks_were, others_were, turn, seq)
SELECT %s::uuid, h.id, %s, %s, %s, %s::text::jsonb, %s::text::jsonb, %s::text::jsonb,
    %s::text::jsonb, %s,
    (SELECT max(e.seq) FROM leads_event e WHERE e.lead_id = h.lead_id)
FROM leads_handoff h WHERE h.id = %s"""


def _listed(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in OF_CLOCK)


CLOCKS_BACK = f"""
UPDATE leads_clock c SET ({", ".join(OF_CLOCK)}) = ROW({_listed("was")}),
    {", ".join(f"{n} = CASE WHEN c.state = was.state THEN c.{n} ELSE was.{n} END" for n in NOTED)}
FROM jsonb_populate_recordset(NULL::leads_clock, %s::text::jsonb) was
WHERE c.id = was.id AND ({_listed("c")}) IS DISTINCT FROM ({_listed("was")})"""

CLOCKS_GONE = "DELETE FROM leads_clock WHERE handoff_id = %s AND id <> ALL(%s::bigint[])"


@contextmanager
def keeping(
    handoff_id: int, verb: str, *, batch: uuid.UUID, actor: User, at: dt.datetime
) -> Iterator[None]:
    """Inside, the answer `verb` (a key of SAID) is given at `at`; it can be taken back after.

    Raises what the answer raises, then nothing is kept, and Handoff.DoesNotExist.
    """
    with transaction.atomic():
        lock_lead(handoff_id)
        *was, turn = statements.fetch(BEFORE, [handoff_id])[0]
        yield
        told = [str(batch), actor.pk, at, verb, *was, turn, handoff_id]
        statements.execute(KEEP, [actor.pk, at - KEPT, *told])


def undo(undoable_id: int, *, actor: User, at: dt.datetime) -> Handoff:
    """Take an answer back; the hand-over as it stood before.

    Raises NotAllowed for anybody but who gave it; Conflict once it is too late, somebody did
    something meanwhile, or it was taken back before.
    """
    with transaction.atomic():
        given = Undoable.objects.get(pk=undoable_id)
        handoff = lock(given.handoff_id)
        _check(given, handoff, actor=actor, at=at)
        made = list(Handoff.objects.open().filter(previous=handoff, made_at=given.at))
        others = _others(given, handoff)
        if given.verb == "advance":
            _refuse_opened([*made, *others])
        letters = _letters([handoff, *made, *others], given)
        _hold(letters)
        elsewhere = [one for one in made if one.step != handoff.step]
        _withdraw([one for one in made if one.step == handoff.step], actor=actor, at=at)
        correcting.correct([handoff, *made], since=given.turn, at=at)
        told = {"undid": given.verb, "said": f"Taken back: {said_of(given, handoff)}"}
        _bring_back(handoff, given.handoff_was, given.clocks_were, told, actor=actor, at=at)
        _bring_lead_back(handoff, given)
        for other, stood in others.items():
            _bring_back(other, stood["was"], stood["clocks"], told, actor=actor, at=at)
        _withdraw(elsewhere, actor=actor, at=at)
        Promise.objects.filter(handoff__in=elsewhere).delete()
        _take_letters_back(letters, handoff, given, actor=actor, at=at)
    return Handoff.objects.select_related("lead", "team", "owner", "judgement").get(pk=handoff.pk)


def said_of(given: Undoable, handoff: Handoff) -> str:
    """What was answered, for a person to read."""
    said = SAID if handoff.step == FIRST_STEP else SAID | SAID_LATER
    return said[given.verb]


def _check(given: Undoable, handoff: Handoff, *, actor: User, at: dt.datetime) -> None:
    if given.actor_id != actor.pk:
        raise NotAllowed("Only who gave an answer can take it back.")
    if given.is_over(at, LIMIT):
        time = f"{timezone.localtime(given.at):%H:%M}"
        raise Conflict(f"It is too late to take that back: it was answered at {time}.")
    since = Event.objects.filter(lead=handoff.lead_id, seq__gt=given.seq).exclude(kind__in=UNSAID)
    other = since.exclude(kind=Event.Kind.UNDONE).select_related("actor").order_by("seq").first()
    if other is not None:
        who = str(other.actor) if other.actor else other.by or "Handoff"
        what = f"{other.get_kind_display().lower()}, {who}, {timezone.localtime(other.at):%H:%M}"
        raise Conflict(f"Something happened since ({what}), so that cannot be taken back.")
    if not Undoable.objects.filter(pk=given.pk, undone_at=None).update(undone_at=at):
        raise Conflict("That is taken back already.")


def _withdraw(made: Sequence[Handoff], *, actor: User, at: dt.datetime) -> None:
    """End what an answer began. Of its own step before it opens again, since one is open at a time;
    of another step after that, since what is sent back ends with it."""
    for one in made:
        clocks.stop([one.pk], at=at)
        move(one, "withdraw", actor=actor, at=at, body={"because": "taken back"})


def _others(given: Undoable, handoff: Handoff) -> dict[Handoff, dict[str, Any]]:
    """Hand-overs of other steps that the answer moved too, locked, with how they stood: what the
    next step sent back ends with an answer of this one, or goes on with it."""
    events = Event.objects.filter(lead=handoff.lead_id, at=given.at, seq__lte=given.seq)
    moved = set(events.values_list("handoff_id", flat=True))
    return {lock(one["id"]): one for one in given.others_were if one["id"] in moved}


def _refuse_opened(there: Iterable[Handoff]) -> None:
    """Raises Conflict where whoever was handed a lead has seen it: they are at work on it."""
    for one in there:
        if one.opened_at is not None:
            time = f"{timezone.localtime(one.opened_at):%H:%M}"
            raise Conflict(f"{one.owner} opened it at {time}, so it stays handed on.")


def _bring_back(
    handoff: Handoff,
    stood: dict[str, Any],
    clocks_were: list[dict[str, Any]],
    told: dict[str, Any],
    *,
    actor: User,
    at: dt.datetime,
) -> None:
    """The hand-over and its clocks as they stood; what the answer made of them goes."""
    was = {name: _value(Handoff, name, value) for name, value in stood.items()}
    changed_hands = (was["owner_id"], was["team_id"]) != (handoff.owner_id, handoff.team_id)
    if was["owner_id"] == handoff.owner_id and handoff.opened_at is not None:
        del was["opened_at"]
    move(handoff, BACK[was["state"]], actor=actor, at=at, changes=was, body=told)
    statements.execute(CLOCKS_GONE, [handoff.pk, [clock["id"] for clock in clocks_were]])
    statements.execute(CLOCKS_BACK, [statements.dumps(clocks_were)])
    if changed_hands:
        Assignment.objects.create(
            handoff=handoff,
            at=at,
            kind=Assignment.Kind.MANUAL,
            owner_id=handoff.owner_id,
            team_id=handoff.team_id,
            route=handoff.route,
            explanation={"taken_back": True},
            actor=actor,
        )


def _bring_lead_back(handoff: Handoff, given: Undoable) -> None:
    """The lead as it stood; a merge that the answer proposed goes."""
    was = {name: _value(Lead, name, value) for name, value in given.lead_was.items()}
    Lead.objects.filter(pk=handoff.lead_id).update(**was)
    proposed = MergeProposal.objects.filter(proposed_at=given.at, state=MergeProposal.State.OPEN)
    proposed.filter(Q(lead=handoff.lead_id) | Q(other=handoff.lead_id)).delete()


def _value(model: type[Handoff] | type[Lead], name: str, value: Any) -> Any:
    """A column's value from its JSON."""
    fields: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    return fields[name].to_python(value)


def _letters(handoffs: Sequence[Handoff], given: Undoable) -> QuerySet[Message]:
    """What the answer had written to people."""
    written = Message.objects.filter(handoff__in=handoffs, written_at=given.at)
    return written.exclude(recipient=None)


def _hold(letters: QuerySet[Message]) -> None:
    """Lock letters before their hand-overs change, in the order in which held ones are brought
    together: that locks a letter, then what is kept beside its hand-over, and so does an undo."""
    held = letters.select_for_update(of=("self",))
    list(held.order_by("channel", "recipient", "webhook", "written_at", "pk").values_list("pk"))


def _take_letters_back(
    letters: QuerySet[Message], handoff: Handoff, given: Undoable, *, actor: User, at: dt.datetime
) -> None:
    """Letters of the answer that nobody has seen are never sent; who has one hears it is over."""
    unseen = Q(channel=Message.Channel.IN_APP, seen_at=None) | Q(
        state=Message.State.WAITING, attempts=0
    )
    letters.filter(unseen).delete()
    title = handoff.lead.title
    told = letters.exclude(recipient=actor).order_by("recipient")
    announce(
        Letter(
            "taken_back",
            f"{given.pk}",
            recipient,
            subjects.taken_back(title, by=actor, what=said_of(given, handoff)),
            at,
            handoff.lead_id,
            handoff.pk,
            {"title": title},
        )
        for recipient in set(told.values_list("recipient", flat=True))
        if recipient is not None
    )
