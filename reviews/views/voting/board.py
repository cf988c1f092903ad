"""The sample on the room's screen: who has voted on a lead, and once it is revealed, how.

Nothing of a hidden lead's kind, answer or votes is read here, so none can be drawn.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from handoff.labels import document_of
from handoff.models import DECIDERS, DefinitionVersion, User
from handoff.permissions import may_edit_agreement, people_with
from leads.models import Handoff
from reviews.models import Item, Line, Meeting, Sampled, Side
from reviews.voting import ballots, deciding, drawing, tallying
from reviews.voting.ballots import Voter
from reviews.voting.clauses import named
from reviews.voting.happened import what_happened
from reviews.voting.identity import mask_of
from reviews.voting.masking import Mask
from reviews.voting.proposing import Gone

from .portrait import portrait

MOST_REMARKS = 2


@dataclass(frozen=True)
class Proposal:
    """What a draft begun from the lead would change: the clause that most people name. `is_gone`:
    the live version does not ask it any more, so there is nothing to change."""

    clause: str
    says: str
    is_gone: bool = False


@dataclass(frozen=True)
class Remark:
    """A comment with who wrote it, without what names the lead."""

    text: str
    by: str


def sample_of(meeting: Meeting, viewer: User, *, at: dt.datetime) -> dict[str, Any]:
    """How many leads were drawn and revealed, and what was agreed of them; and the lead that is on
    the screen (`lead`), none while all of them are looked over."""
    agreed = {
        f"agreed_{verdict}": Count("pk", filter=Q(agreed=verdict))
        for verdict in Sampled.Verdict.values
    }
    revealed = Count("pk", filter=Q(revealed_at__isnull=False))
    sample = meeting.sample.standing()
    counts = sample.order_by().aggregate(drawn=Count("pk"), revealed=revealed, **agreed)
    there = sample.present()
    counts["erased"] = counts["drawn"] - there.count()
    waiting = there.hidden().values_list("place", flat=True).first()
    context: dict[str, Any] = {
        "sample": counts,
        "start": waiting or there.values_list("place", flat=True).first(),
        "may_redraw": drawing.may_redraw(meeting, viewer),
        "lead": None,
        "erased": None,
    }
    if meeting.item != Item.CHANGES or meeting.shown_id is None:
        return context
    shown = sample.filter(pk=meeting.shown_id)
    related = ("handoff__judgement", "handoff__lead__account")
    lead = shown.select_related(*related).first() or shown.first()
    if lead is None:
        return context
    lead.meeting = meeting
    context["later"] = there.filter(place__gt=lead.place).values_list("place", flat=True).first()
    if not there.filter(pk=lead.pk).exists():
        return context | {"erased": lead}
    context |= {"lead": lead, "portrait": portrait(lead.handoff)}
    return context | (_hidden(lead) if lead.revealed_at is None else _shown(lead, viewer, at))


def _hidden(lead: Sampled) -> dict[str, Any]:
    voters = ballots.voters(lead)
    return {
        "voters": [(side.label, found) for side in Side if (found := _of(side, voters))],
        "voted": sum(one.has_voted for one in voters),
        "invited": len(voters),
    }


def _of(side: Side, voters: list[Voter]) -> list[Voter]:
    return [one for one in voters if one.participant.side == side]


def _shown(lead: Sampled, viewer: User, at: dt.datetime) -> dict[str, Any]:
    """What is read of a lead only once it is revealed."""
    handoff = Handoff.objects.select_related("reason", "owner", "answered_by").get(
        pk=lead.handoff_id
    )
    handoff.judgement, handoff.lead = lead.handoff.judgement, lead.handoff.lead
    mask = mask_of(handoff, handoff.owner, handoff.answered_by)
    told = tallying.tally(lead, handoff.version_id)
    everybody, teams = tallying.so_far(lead.meeting)
    return {
        "tally": told,
        "because": lead.because,
        "happened": what_happened(handoff, mask=mask, at=at),
        "remarks": _remarks(told, mask),
        "unsaid": max(0, len(told.comments) - MOST_REMARKS),
        "everybody": everybody,
        "teams": teams,
        "discussion_due": discussion_due(lead),
        "verdicts": Sampled.Verdict.choices,
    } | _decidable(lead, handoff, told, viewer)


def decidable(meeting: Meeting, viewer: User) -> dict[str, Any]:
    """The revealed lead that is on the screen, and what the viewer may make of it from their own
    page; nothing for who may make nothing."""
    if meeting.item != Item.CHANGES or meeting.shown_id is None or not may_edit_agreement(viewer):
        return {}
    shown = meeting.sample.standing().revealed().filter(pk=meeting.shown_id)
    lead = shown.select_related("handoff__judgement").first()
    if lead is None:
        return {}
    told = tallying.tally(lead, lead.handoff.version_id)
    return {"lead": lead} | _decidable(lead, lead.handoff, told, viewer)


def _decidable(
    lead: Sampled, handoff: Handoff, told: tallying.Tally, viewer: User
) -> dict[str, Any]:
    lines = Line.objects.standing().filter(sampled=lead).values_list("kind", flat=True)
    may_edit = may_edit_agreement(viewer)
    seats = lead.meeting.participants.taking_part()
    people = people_with(*DECIDERS).filter(pk__in=seats.values("user"))
    return {
        "may_edit": may_edit,
        "editors": [] if may_edit else [one.get_short_name() for one in people],
        "done": set(lines),
        "proposal": _proposal(handoff, told),
    }


def _remarks(told: tallying.Tally, mask: Mask) -> list[Remark]:
    return [
        Remark(mask.hide(one.comment), one.participant.user.get_short_name())
        for one in told.comments[:MOST_REMARKS]
    ]


def discussion_due(lead: Sampled) -> dt.datetime | None:
    """When the room has talked about a lead for its part of the item."""
    if lead.revealed_at is None:
        return None
    leads = max(1, lead.meeting.sample.standing().count())
    return lead.revealed_at + dt.timedelta(minutes=lead.meeting.item_minutes) / leads


def _proposal(handoff: Handoff, told: tallying.Tally) -> Proposal | None:
    """From the clause that most people name; None where nobody named one."""
    clause = told.most_named
    live = DefinitionVersion.objects.live().values_list("pk", flat=True).first()
    if not clause or live is None:
        return None
    bar = deciding.bar_for(document_of(live), handoff.judgement, clause)
    says = bar.says if bar else named(handoff.version_id, clause)
    return Proposal(clause, says, is_gone=isinstance(bar, Gone))
