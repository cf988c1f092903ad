"""Giving a lead back to whom it came from: marketing, or the step before.

Source: contracts.md §2 (`/return`), docs/decisions/0039. What a later step gives back waits there
(`returned`, its clocks stand still) while the step before has the lead once more, with the reason
and clocks of its own: the same person, and no turn is charged. Handed on again it goes to whoever
gave it back. Marketing hears nothing of it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from handoff.checklists import FIRST_STEP
from handoff.labels import humanise
from handoff.models import Reason, Step, User
from leads.models import Handoff, Lead
from leads.wording import subjects

from . import clocks, pausing, responding
from .checking import asked_in
from .consequences import pass_on
from .judging import wanted_by
from .owning import enter, place_with
from .reasoning import given_in, reason_of, words_of
from .routing import Asked, Placement, rule_to
from .states import Invalid, lock, move


def give_back(
    handoff_id: int,
    *,
    reason: str,
    missing: Sequence[str] = (),
    note: str = "",
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> Handoff:
    """Return a lead: in the first step to marketing, else to the step before. `missing`: fields of
    the lead, or questions of the checklist before the step. Raises Handoff.DoesNotExist."""
    step = Handoff.objects.values_list("step", flat=True).get(pk=handoff_id)
    act = responding.return_to_marketing if step == FIRST_STEP else send_back
    return act(handoff_id, reason=reason, missing=missing, note=note, actor=actor, at=at, by=by)


def send_back(
    handoff_id: int,
    *,
    reason: str,
    missing: Sequence[str] = (),
    note: str = "",
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> Handoff:
    """Give a lead back to the step before; the hand-over that waits for it."""
    why = reason_of(reason)
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        given_in(why, handoff.step)
        earlier = _earlier(handoff)
        lacks = _labels(handoff, missing)
        told = {**words_of(why, note, None), "missing": lacks, "to": earlier.step}
        changes = {"reason_id": why.pk, "note": note, "answered_by_id": actor.pk}
        move(handoff, "send_back", actor=actor, at=at, by=by, changes=changes, body=told)
        pausing.pause(handoff.pk, at=at)
        handoff.context = {
            **earlier.context,
            "sent_back": {"reason": why.label, "note": note, "missing": lacks, "by": str(actor)},
        }
        there = pass_on(
            handoff,
            _to_whom_had_it(earlier, at=at),
            actor=actor,
            at=at,
            status=earlier.status,
            step=earlier.step,
            tier=earlier.tier,
            to=_place(earlier, actor, why, at=at),
            says=subjects.sent_back(handoff.lead.title, by=actor, reason=why.label),
        )
        said = f"{actor} sent it back: {why.label}"[:300]
        Handoff.objects.filter(pk=there.pk).update(sent_back=said)
        return Handoff.objects.select_related("lead", "team", "owner", "reason").get(pk=handoff.pk)


def _earlier(handoff: Handoff) -> Handoff:
    """The hand-over of the step before that this one follows from."""
    comes_from = Step.objects.filter(key=handoff.step).values_list("comes_from", flat=True).first()
    earlier = (
        Handoff.objects.filter(lead=handoff.lead_id, step=comes_from or FIRST_STEP)
        .filter(pk__lt=handoff.pk)
        .select_related("lead", "team", "owner", "judgement")
        .order_by("-pk")
        .first()
    )
    if earlier is None:
        raise Invalid("step", "There is no step before this one to give it back to.")
    return earlier


def _labels(handoff: Handoff, missing: Sequence[str]) -> list[str]:
    """What is missing, in words: questions by their label, fields of a lead by their name, anything
    else as it was said."""
    items = asked_in(handoff.step, Step.objects.asking()).items
    fields = {field.attname for field in Lead._meta.concrete_fields}
    return [
        items[key].label if key in items else humanise(key) if key in fields else key
        for key in missing
    ]


def _to_whom_had_it(earlier: Handoff, *, at: dt.datetime) -> Asked:
    """Its team takes it, where whoever had it is not here any more."""
    key = earlier.team.key if earlier.team else ""
    rule = rule_to(key, kind="team", key=earlier.route or "", label=str(earlier.team or ""))
    return Asked(earlier.lead_id, (rule,), at, (rule,), wanted=wanted_by(earlier.judgement))


def _place(earlier: Handoff, actor: User, why: Reason, *, at: dt.datetime) -> Placement | None:
    """With whoever had it, as somebody's doing rather than a turn; None where they left."""
    if earlier.owner is None or not earlier.owner.is_active:
        return None
    place = place_with(earlier, earlier.owner, at=at)
    rule = {
        "key": earlier.route or "",
        "label": "Sent back",
        "holds": True,
        "why": f"{actor} sent it back to {earlier.owner}: {why.label}",
    }
    return replace(place, explanation={**place.explanation, "rules": [rule]})


def resume(
    handoff_id: int, *, note: str = "", actor: User, at: dt.datetime, by: str = ""
) -> Handoff:
    """Go on with what was returned: marketing gives it back, or whoever sent it back to the step
    before takes it back themselves, which ends the work there."""
    found = Handoff.objects.values_list("step", flat=True).get(pk=handoff_id)
    if found == FIRST_STEP:
        return responding.resume(handoff_id, note=note, actor=actor, at=at, by=by)
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        verb = "resume_work" if handoff.accepted_at else "resume"
        body = {"note": note, "sentence": f"Taken back by {actor}"}
        move(handoff, verb, actor=actor, at=at, by=by, body=body)
        pausing.resume(handoff.pk, at=at, by=str(actor))
        for pk in Handoff.objects.open().filter(previous=handoff).values_list("pk", flat=True):
            there = lock(pk)
            because = {"because": f"{actor} took it back"}
            move(there, "withdraw", actor=actor, at=at, by=by, body=because)
            clocks.stop([there.pk], at=at)
        clocks.refresh_due([handoff.pk])
        return Handoff.objects.select_related("lead", "team", "owner").get(pk=handoff.pk)
