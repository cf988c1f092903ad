"""What became of a lead after it was handed over: the verdict of sales, in a sentence or two.

The room hears what sales said and never who: who answered, who wrote the note, and whom the note
names stay out of it.
"""

import datetime as dt

from django.db.models import Count, Q

from handoff import words
from leads.chronicle import rounds
from leads.journey.citing import LOOKED_BACK
from leads.models import Handoff

from .masking import Mask

LONGEST_NOTE = 200


def what_happened(handoff: Handoff, *, mask: Mask, at: dt.datetime) -> str:
    """“Sales rejected it after 2 h 04: out of segment. “Ten people, no budget.” 46 of 462
    rejections in half a year say the same.” `handoff` comes with its reason; `mask` hides the lead
    and whoever had to do with it."""
    if handoff.state == Handoff.State.REJECTED:
        return _rejected(handoff, mask, at=at)
    if handoff.ended_at is not None:
        took = words.span(handoff.ended_at - handoff.made_at)
        return f"{_capital(rounds.how(handoff))} after {took}.{_deal(handoff)}"
    if handoff.accepted_at is not None:
        took = words.span(handoff.accepted_at - handoff.made_at)
        return f"Sales accepted it after {took}; it is open.{_deal(handoff)}"
    return f"It still waits for sales, {words.span(at - handoff.made_at)} after the hand-over."


def _rejected(handoff: Handoff, mask: Mask, *, at: dt.datetime) -> str:
    reason = handoff.reason
    took = words.span((handoff.ended_at or at) - handoff.made_at)
    label = reason.label if reason else "no reason"
    said = f"Sales rejected it after {took}: {label[:1].lower()}{label[1:]}."
    since = at - LOOKED_BACK
    lately = Handoff.objects.filter(state=Handoff.State.REJECTED, ended_at__gte=since)
    alike = Count("pk", filter=Q(reason=handoff.reason_id))
    counted = lately.aggregate(same=alike, every=Count("pk"))
    of = f"{counted['same']:,} of {counted['every']:,}"
    return f"{said}{_note(handoff, mask)} {of} rejections in half a year say the same."


def _note(handoff: Handoff, mask: Mask) -> str:
    """What sales wrote, in quotes; cut where it is long."""
    flat = " ".join(mask.hide(handoff.note).split())
    if not flat:
        return ""
    return f" “{flat[:LONGEST_NOTE]}…”" if len(flat) > LONGEST_NOTE else f" “{flat}”"


def _deal(handoff: Handoff) -> str:
    told = {"won": " The deal was won.", "lost": " The deal was lost.", "open": " A deal is open."}
    return told.get(handoff.outcome, "")


def _capital(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}"
