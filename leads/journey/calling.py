"""Notes of calls: when, with whom, how it went, and what was learnt for which question.

A note is a touch as well: it stops the clocks a touch stops, and says what comes next. A call that
reached somebody tells with whom, and answers what the checklist wants told of a call until it is
known.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from handoff.checklists import Item
from handoff.models import Step, User
from leads.models import CallNote, Handoff

from . import checking, responding
from .states import Invalid

Outcome = CallNote.Outcome


def note_call(
    handoff_id: int,
    *,
    channel: str,
    outcome: str,
    with_whom: str = "",
    note: str = "",
    answers: Mapping[str, str] | None = None,
    took_place: dt.datetime | None = None,
    next_step: str = "",
    next_step_due: dt.datetime | None = None,
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> CallNote:
    """Keep a note of a call that took place at `took_place` (else `at`), and log it as a touch."""
    said = {key: text for key, text in (answers or {}).items() if text.strip()}
    _check(outcome, with_whom, learnt=bool(note.strip() or said))
    with transaction.atomic():
        touched = responding.touch(
            handoff_id,
            channel=channel,
            touched_at=took_place,
            next_step=next_step,
            next_step_due=next_step_due,
            note=_told(outcome, with_whom, note),
            actor=actor,
            at=at,
            by=by,
        )
        if outcome == Outcome.REACHED and (untold := _untold(touched, said)):
            names = "; ".join(item.label for item in untold)
            raise Invalid(f"answers.{untold[0].key}", f"A note of this call has to tell: {names}.")
        made = CallNote.objects.create(
            lead_id=touched.lead_id,
            handoff=touched,
            at=took_place or at,
            channel=channel,
            outcome=outcome,
            with_whom=with_whom.strip(),
            note=note.strip(),
            actor=actor,
            written_at=at,
        )
        checking.keep(touched, said, actor=actor, at=at, by=by, call=made)
        return made


def _check(outcome: str, with_whom: str, *, learnt: bool) -> None:
    """Raises Invalid for a call that does not say how it went, with whom, or what came of it."""
    if outcome not in Outcome.values:
        raise Invalid("outcome", f"Say how it went: {', '.join(Outcome.values)}.")
    if outcome == Outcome.REACHED and not with_whom.strip():
        raise Invalid("with_whom", "Say with whom you spoke.")
    if outcome == Outcome.REACHED and not learnt:
        raise Invalid("note", "Say what you learnt, in a note or as an answer.")


def _told(outcome: str, with_whom: str, note: str) -> str:
    """The call as the touch's own note tells it."""
    how = Outcome(outcome).label
    met = f"Spoke with {with_whom.strip()}" if outcome == Outcome.REACHED else how
    return f"{met}. {note.strip()}" if note.strip() else met


def _untold(handoff: Handoff, answers: Mapping[str, str]) -> list[Item]:
    """What the checklists want told of a call, which nobody has answered and this note does not."""
    asked = checking.asked_in(handoff.step, Step.objects.asking())
    known = checking.findings_of(handoff.lead_id)
    return [
        item
        for key, item in asked.items.items()
        if item.call
        and key not in known
        and key not in answers
        and checking.fact_of(item, handoff.lead, handoff.judgement) is None
    ]
