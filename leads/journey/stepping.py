"""The next hand-over of the path, such as SDR to AE, with its own routing, criteria and tiers.

Source: contracts.md §3, `steps`; docs/decisions/0039. What the next step sent back is handed on to
the same person again; else the step's own rules say to whom it goes.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from handoff.labels import humanise
from handoff.models import Step, User
from leads.models import Clock, Handoff
from leads.wording import subjects

from . import checking, clocks, pausing
from .announcing import Letter, announce
from .consequences import asked_of, pass_on
from .law import law, tier_of
from .owning import enter
from .rosters import calendar_of_model
from .states import Invalid, lock, move


def advance(
    handoff_id: int,
    *,
    note: str = "",
    answers: Mapping[str, str] | None = None,
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> Handoff:
    """End this step and hand the lead to the next; the hand-over there. `note` introduces the lead
    to whoever takes it; `answers` are kept first.

    Raises `checking.Lacking` while something is open that the next step requires.
    """
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        step = Step.objects.filter(comes_from=handoff.step).order_by("pk").first()
        if step is None:
            raise Invalid("step", f"The agreement has no step after “{handoff.step}”.")
        told = {"to": step.key, "note": note}
        checking.keep(handoff, answers or {}, actor=actor, at=at, by=by)
        move(handoff, "advance", actor=actor, at=at, by=by, body=told)
        if open_items := checking.lacking(handoff):
            raise checking.Lacking(open_items, name_of(step.key))
        clocks.stop([handoff.pk], at=at)
        came_back = sent_back_to(handoff, step.key)
        if came_back is not None:
            return _take_up(lock(came_back), note=note, actor=actor, at=at, by=by)
        request, tier = asked_of(handoff, step, law(handoff.version_id), at=at)
        handoff.context = {**handoff.context, "intro": note}
        return pass_on(handoff, request, actor=actor, at=at, step=step.key, tier=tier)


def name_of(step: str) -> str:
    """What people call a step: “SDR”, “AE”, “Solution design”."""
    return step.upper() if len(step) <= 3 else humanise(step)


def sent_back_to(handoff: Handoff, step: str) -> int | None:
    """The open hand-over of a step that waits until this one is handed on again."""
    waits = Handoff.objects.open().filter(
        lead=handoff.lead_id, step=step, state=Handoff.State.RETURNED
    )
    return waits.values_list("pk", flat=True).first()


def _take_up(handoff: Handoff, *, note: str, actor: User, at: dt.datetime, by: str) -> Handoff:
    """Give what was mended to whoever sent it back. They say yes or no anew; what was left of
    their clocks runs on."""
    changes: dict[str, Any] = {
        "accepted_at": None,
        "how": "",
        "opened_at": None,
        "context": {**handoff.context, "intro": note},
    }
    body = {"note": note, "sentence": f"Handed on again by {actor}"}
    move(handoff, "take_up", actor=actor, at=at, by=by, changes=changes, body=body)
    pausing.resume(handoff.pk, at=at, by=str(actor))
    _ask_anew(handoff, at=at)
    clocks.refresh_due([handoff.pk])
    if handoff.owner_id is not None and not handoff.historical:
        title = handoff.lead.title
        subject = subjects.handed_on_again(title, by=actor)
        about, told = f"{handoff.pk}:{at.isoformat()}", {"title": title, "note": note}
        announce(
            [
                Letter(
                    *("assigned", about, handoff.owner_id, subject, at),
                    *(handoff.lead_id, handoff.pk, told),
                )
            ]
        )
    return Handoff.objects.select_related("lead", "team", "owner", "judgement").get(pk=handoff.pk)


def _ask_anew(handoff: Handoff, *, at: dt.datetime) -> None:
    """Start the clock to accept once more, where it was met before the lead was sent back."""
    running = Clock.objects.running().filter(handoff=handoff, kind=Clock.Kind.ACCEPT)
    tier = tier_of(law(handoff.version_id), handoff.step, handoff.tier)
    found = calendar_of_model(handoff)
    if tier is None or found is None or running.exists():
        return
    calendar, calendar_id = found
    made = clocks.deadline(
        tier, Clock.Kind.ACCEPT, started_at=at, calendar=calendar, calendar_id=calendar_id
    )
    if made is not None:
        clocks.store([made.row(handoff.pk, handoff.version_id, acts=not handoff.historical)])
