"""A past that another system knows: who worked a lead at both hand-overs, and how it ended.

Source: contracts.md §2 "History". Only hand-overs of an imported past are touched. The file knows
one day, that of the outcome, so everything is told at that moment; what lies between is not known,
and no clock is judged by it.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from handoff.models import Membership, Reason, Step, User
from leads.models import Handoff, Lead, Opportunity

from . import dealing, responding
from .states import Invalid, NotAllowed


def retell(
    ref: str, data: Mapping[str, Any], *, system: str, by: str, at: dt.datetime
) -> tuple[Opportunity, bool]:
    """Work the lead of a deal of the past through its hand-overs by those who had them, then record
    the deal. `first_owner` had the first hand-over, `owner` the last; who is not known is added,
    without a password. Returns the deal and whether it is new. Raises Invalid."""
    told = dict(data)
    first, last = _known(told.pop("first_owner", None)), _known(told.get("owner"))
    moment = _moment(told, at)
    lead = dealing.lead_of(told.get("lead"), system=system)
    if lead is not None and first is not None:
        _work_through(lead, first, last, by=by, at=moment)
    return dealing.record_opportunity(ref, told, actor=None, at=moment, by=by, system=system)


def check(ref: str, data: Mapping[str, Any], *, system: str) -> None:
    """Raises Invalid or NotAllowed where `retell` would, as far as reading alone can tell; nothing
    is written or locked."""
    told = dict(data)
    first = told.pop("first_owner", None)
    if told.get("owner") and _held(told["owner"]) is None:
        del told["owner"]
    dealing.check(ref, told, system=system)
    lead = dealing.lead_of(told.get("lead"), system=system)
    if lead is None or not first:
        return
    person, handoff = _held(first), _to_work(lead)
    if handoff is None:
        return
    if handoff.team is None:
        raise _of_no_team(lead)
    if handoff.owner_id is not None and (person is None or handoff.owner_id != person.pk):
        _reason()
    elif person is not None and not _may_join(handoff, person):
        raise NotAllowed("This lead belongs to another team.")


def _may_join(handoff: Handoff, person: User) -> bool:
    """Whether a person is of the team or can be added; who left it is not added again."""
    left = Membership.objects.filter(team=handoff.team, user=person, active=False)
    return not left.exists() or responding.may_act(handoff, person)


def _moment(told: Mapping[str, Any], at: dt.datetime) -> dt.datetime:
    """The day of the outcome, else that of the opening, else now."""
    for name in ("closed_at", "opened_at"):
        if told.get(name):
            return min(dealing.moment_of(told[name], name), at)
    return at


def _known(email: Any) -> User | None:
    """The person of an address, added where nobody has it."""
    if not email:
        return None
    address = _address(email)
    return _held(address) or User.objects.create_user(address, name=address.partition("@")[0])


def _held(email: Any) -> User | None:
    """The person of an address, if anybody has it. Raises Invalid for what is no address."""
    return User.objects.filter(email=_address(email)).first()


def _address(email: Any) -> str:
    address = str(email).strip().lower()
    name, _, domain = address.partition("@")
    if not name or "." not in domain:
        raise Invalid("owner", f"“{email}” is no email address.")
    return address


def _work_through(lead: Lead, first: User, last: User | None, *, by: str, at: dt.datetime) -> None:
    """Accept, advance and accept again, and end as converted, by those who had the lead."""
    handoff = _to_work(lead)
    if handoff is None:
        return
    moment = max(at, handoff.made_at)
    held = _accepted(handoff, first, by=by, at=moment)
    if last is not None and Step.objects.filter(comes_from=held.step).exists():
        onward = responding.advance(held.pk, actor=first, at=moment, by=by)
        held = _accepted(onward, last, by=by, at=moment)
    converted = Handoff.Disposition.CONVERTED.value
    actor = held.owner or first
    responding.dispose(held.pk, disposition=converted, actor=actor, at=moment, by=by)


def _to_work(lead: Lead) -> Handoff | None:
    """The hand-over of the past that nobody has answered yet, if any."""
    handoff = Handoff.objects.open().filter(lead=lead, historical=True).order_by("pk").first()
    return handoff if handoff and handoff.state == Handoff.State.WAITING else None


def _of_no_team(lead: Lead) -> Invalid:
    return Invalid("lead", f"{lead} was handed to no team; nobody can have worked it.")


def _accepted(handoff: Handoff, person: User, *, by: str, at: dt.datetime) -> Handoff:
    """The hand-over, accepted by a person, who joins its team for it."""
    if handoff.team is None:
        raise _of_no_team(handoff.lead)
    Membership.objects.get_or_create(team=handoff.team, user=person, defaults={"weight": 0})
    if handoff.owner_id not in (None, person.pk):
        handoff = responding.reassign(
            handoff.pk, to=person, reason=_reason(), actor=handoff.owner or person, at=at, by=by
        )
    how = Handoff.How.OUTREACH_STARTED.value
    return responding.accept(handoff.pk, how=how, actor=person, at=at, by=by)


def _reason() -> str:
    """Any reason for which a lead changes hands: the file says who had it in the end."""
    reasons = Reason.objects.filter(active=True, applies_to__contains=[Reason.For.REASSIGN])
    key = reasons.order_by("pk").values_list("key", flat=True).first()
    if key is None:
        raise Invalid("first_owner", "The agreement has no reason for a change of hands.")
    return key
