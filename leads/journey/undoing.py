"""Taking an answer back, for a minute: everything as it stood, and an event that says so.

`keeping` notes what stands before an answer, in the answer's transaction; `undo` brings it back in
one of its own. Nothing is rewritten: the answer stays in the history, what it set off is withdrawn,
turns are corrected in the ledger. Refused once somebody did something meanwhile.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from handoff import statements
from handoff.models import User
from leads.models import Assignment, Event, Handoff, Lead, MergeProposal, Message, Undoable
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
}
"""What was answered, for a person to read."""

BACK = {"waiting": "back_to_waiting", "accepted": "back_to_work", "returned": "back_to_marketing"}

OF_HANDOFF = (
    "state", "owner_id", "team_id", "awaits_turn", "assigned_at", "opened_at", "accepted_at", "how",
    "first_touch_at", "last_touch_at", "channel", "next_step", "next_step_due", "disposition",
    "reason_id", "note", "until", "lacks", "answered_by_id", "ended_at", "due_at", "due_clock",
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


BEFORE = f"""
SELECT {_object("h", OF_HANDOFF)}::text, {_object("l", OF_LEAD)}::text,
    (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM leads_clock c
     WHERE c.handoff_id = h.id)::text,
    (SELECT coalesce(max(t.id), 0) FROM leads_turn t WHERE t.handoff_id = h.id)
FROM leads_handoff h JOIN leads_lead l ON l.id = h.lead_id WHERE h.id = %s"""

KEEP = """
WITH old AS (DELETE FROM leads_undoable WHERE actor_id = %s AND at < %s)
INSERT INTO leads_undoable (batch, handoff_id, actor_id, at, verb, handoff_was, lead_was,
    clocks_were, turn, seq)
SELECT %s::uuid, h.id, %s, %s, %s, %s::text::jsonb, %s::text::jsonb, %s::text::jsonb, %s,
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
        _only_these([handoff, *made], given)
        elsewhere = [one for one in made if one.step != handoff.step]
        _withdraw([one for one in made if one.step == handoff.step], actor=actor, at=at)
        correcting.correct([handoff, *made], since=given.turn, at=at)
        _bring_back(handoff, given, actor=actor, at=at)
        _withdraw(elsewhere, actor=actor, at=at)
        _take_letters_back([handoff, *made], given, actor=actor, at=at)
    return Handoff.objects.select_related("lead", "team", "owner", "reason", "judgement").get(
        pk=handoff.pk
    )


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


def _only_these(handoffs: Sequence[Handoff], given: Undoable) -> None:
    """Raises Conflict where the answer moved another step of the lead besides."""
    events = Event.objects.filter(lead=handoffs[0].lead_id, at=given.at, seq__lte=given.seq)
    if events.exclude(handoff=None).exclude(handoff__in=handoffs).exists():
        raise Conflict("It moved another step of this lead too, so it cannot be taken back.")


def _bring_back(handoff: Handoff, given: Undoable, *, actor: User, at: dt.datetime) -> None:
    """The hand-over, its lead and clocks as they were; what the answer made of them goes."""
    was = {name: _value(Handoff, name, value) for name, value in given.handoff_was.items()}
    changed_hands = (was["owner_id"], was["team_id"]) != (handoff.owner_id, handoff.team_id)
    if was["owner_id"] == handoff.owner_id:
        del was["opened_at"]
    told = {"undid": given.verb, "said": f"Taken back: {SAID[given.verb]}"}
    move(handoff, BACK[was["state"]], actor=actor, at=at, changes=was, body=told)
    lead_was = {name: _value(Lead, name, value) for name, value in given.lead_was.items()}
    Lead.objects.filter(pk=handoff.lead_id).update(**lead_was)
    statements.execute(CLOCKS_GONE, [handoff.pk, [clock["id"] for clock in given.clocks_were]])
    statements.execute(CLOCKS_BACK, [statements.dumps(given.clocks_were)])
    proposed = MergeProposal.objects.filter(proposed_at=given.at, state=MergeProposal.State.OPEN)
    proposed.filter(Q(lead=handoff.lead_id) | Q(other=handoff.lead_id)).delete()
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


def _value(model: type[Handoff] | type[Lead], name: str, value: Any) -> Any:
    """A column's value from its JSON."""
    fields: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    return fields[name].to_python(value)


def _take_letters_back(
    handoffs: Sequence[Handoff], given: Undoable, *, actor: User, at: dt.datetime
) -> None:
    """Letters of the answer that nobody has seen are never sent; who has one hears it is over."""
    letters = Message.objects.filter(handoff__in=handoffs, written_at=given.at).exclude(
        recipient=None
    )
    unseen = Q(channel=Message.Channel.IN_APP, seen_at=None) | Q(
        state=Message.State.WAITING, attempts=0
    )
    letters.filter(unseen).delete()
    title = handoffs[0].lead.title
    told = letters.exclude(recipient=actor).order_by("recipient")
    announce(
        Letter(
            "taken_back",
            f"{given.pk}",
            recipient,
            subjects.taken_back(title, by=actor, what=SAID[given.verb]),
            at,
            handoffs[0].lead_id,
            handoffs[0].pk,
            {"title": title},
        )
        for recipient in set(told.values_list("recipient", flat=True))
        if recipient is not None
    )
