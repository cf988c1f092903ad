"""Leads in nurture, by hand: put on a track, moved, given another date, taken out, decided anew.

Source: features F1. Each function is one transaction and answers for one lead. Raises NotAllowed,
Invalid, and Conflict where the lead is with sales, or waits for approval.
"""

import datetime as dt

from django.db import transaction

from handoff.models import DecideRule, Reason, Track, User
from handoff.permissions import may_nurture
from leads.models import Approval, Event, Handoff, Lead

from . import nurturing
from .reasoning import ask_for, check_ahead, reason_of
from .recording import Happening, record
from .states import Conflict, Invalid, NotAllowed
from .tracks import Stay, begin, label_of, until_in_words

FURTHEST = dt.timedelta(days=5 * 366)


def put(
    lead_id: int,
    *,
    track: str,
    reason: str,
    until: dt.date | None = None,
    note: str = "",
    actor: User,
    at: dt.datetime,
) -> Lead:
    """Put a lead that sales does not have on a track, with a reason."""
    why = reason_of(reason)
    if why.goes_to != Reason.GoesTo.NURTURE:
        raise Invalid("reason", f"“{why.label}” does not lead to nurture.")
    ask_for(why, note=note, until=until)
    _check_date(until, at=at)
    with transaction.atomic():
        lead = _free(lead_id, actor=actor)
        stay = Stay(_track(track).key, why.key, until, actor, at).rested()
        begin([lead.pk], stay)
        body = {**stay.body(), "reason_label": why.label, "note": note}
        record([Happening(lead.pk, Event.Kind.NURTURED, at, actor=actor, body=body)])
    return lead


def change(
    lead_id: int,
    *,
    track: str,
    until: dt.date | None,
    note: str = "",
    actor: User,
    at: dt.datetime,
) -> Lead:
    """Move a lead in nurture to another track, or give it another date, or none."""
    with transaction.atomic():
        lead = _nurtured(lead_id, actor=actor)
        if until != lead.nurture_until:
            _check_date(until, at=at)
        if (track, until) == (lead.nurture_track, lead.nurture_until):
            raise Invalid("track", "It is on this track until then already.")
        chosen = _track(track)
        begin([lead.pk], Stay(chosen.key, lead.nurture_reason, until, actor, at))
        moved = chosen.key != lead.nurture_track
        said = f"Moved to {chosen.label}" if moved else f"Stays on {chosen.label}"
        body = {
            "track": chosen.key,
            "until": until.isoformat() if until else None,
            "note": note,
            "sentence": f"{said}{until_in_words(until)}",
        }
        record([Happening(lead.pk, Event.Kind.NURTURED, at, actor=actor, body=body)])
    return lead


def move_on(
    lead_id: int,
    *,
    track: str,
    until: dt.date | None,
    note: str = "",
    actor: User,
    at: dt.datetime,
) -> Lead:
    """Move a lead in nurture to another track; without a date it keeps its own."""
    with transaction.atomic():
        stands = _nurtured(lead_id, actor=actor).nurture_until
        return change(lead_id, track=track, until=until or stands, note=note, actor=actor, at=at)


def take_out(lead_id: int, *, note: str = "", actor: User, at: dt.datetime) -> Lead:
    """Take a lead off its track: it has no date any more, and only something new that it does lets
    it be decided about again."""
    with transaction.atomic():
        lead = _nurtured(lead_id, actor=actor)
        if not lead.nurture_track and lead.nurture_until is None:
            raise Conflict(f"{lead} is on no track any more.")
        begin([lead.pk], Stay("", lead.nurture_reason, None, actor, at))
        body = {"note": note, "sentence": f"Taken out of {label_of(lead.nurture_track)}"}
        record([Happening(lead.pk, Event.Kind.NURTURED, at, actor=actor, body=body)])
    return lead


def decide_now(lead_id: int, *, actor: User, at: dt.datetime) -> Lead:
    """Decide about a lead in nurture as if its date were reached today; the lead as it is then."""
    with transaction.atomic():
        lead = _nurtured(lead_id, actor=actor)
        nurturing.decide_anew([lead.pk], why=f"{actor} asked", at=at)
        lead.refresh_from_db()
    return lead


def _nurtured(lead_id: int, *, actor: User) -> Lead:
    lead = _free(lead_id, actor=actor)
    if lead.status != DecideRule.Status.NURTURE:
        raise Conflict(f"{lead} is not in nurture any more.")
    return lead


def _free(lead_id: int, *, actor: User) -> Lead:
    """A lead, locked, that neither sales nor an approval holds."""
    if not may_nurture(actor):
        raise NotAllowed("Marketing operations and managers look after nurture.")
    lead = Lead.objects.select_for_update(no_key=True).get(pk=lead_id)
    if lead.merged_into_id is not None:
        raise Conflict(f"{lead} was merged with another lead.")
    held = Handoff.objects.open().filter(lead=lead).select_related("owner", "team").first()
    if held is not None:
        raise Conflict(f"{lead} is with sales now: {held.owner or held.team or 'in a queue'}.")
    if Approval.objects.filter(lead=lead, state=Approval.State.WAITING).exists():
        raise Conflict(f"{lead} waits for approval. Answer that first.")
    return lead


def _track(key: str) -> Track:
    found = Track.objects.filter(key=key).first()
    if found is None:
        raise Invalid("track", "Choose a track.")
    return found


def _check_date(until: dt.date | None, *, at: dt.datetime) -> None:
    check_ahead(until, at=at)
    if until is not None and until > at.date() + FURTHEST:
        raise Invalid("until", "Choose a day within five years.")
