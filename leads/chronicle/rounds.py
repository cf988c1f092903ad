"""How often somebody was here, how each time ended, and what brings them back."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from handoff import words
from leads.models import Handoff

from .deeds import Deed

ORDINALS = (
    "",
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
)
LATELY = dt.timedelta(days=14)
ENDINGS = {
    Handoff.Disposition.WORKING: "closed",
    Handoff.Disposition.CONVERTED: "converted",
    Handoff.Disposition.NO_RESPONSE: "no response",
    Handoff.Disposition.BAD_FIT: "closed as a bad fit",
    Handoff.Disposition.NURTURE: "sent to nurture",
    Handoff.Disposition.DUPLICATE: "closed as a duplicate",
    Handoff.Disposition.RECYCLED: "recycled",
}


def is_entry(handoff: Handoff) -> bool:
    """Whether the lead came to sales with it, rather than being passed on within sales."""
    return handoff.previous_id is None or handoff.reentry


def back_again(
    current: Handoff, earlier: Sequence[Handoff], since: Sequence[Deed], *, now: dt.datetime
) -> str:
    """“Third time here: rejected in March for wrong timing, downloaded the pricing guide
    yesterday.” Nothing for who is here the first time.

    `earlier` are the lead's other hand-overs, `since` what they did after the last one ended.
    """
    ended = [one for one in earlier if one.ended_at is not None and one.made_at <= current.made_at]
    times = sum(is_entry(one) for one in (current, *ended))
    if times < 2 or not ended:
        return ""
    last = max(ended, key=lambda one: (one.ended_at, one.pk))
    place = f"{ORDINALS[times]} time here" if times < len(ORDINALS) else f"Here {times} times now"
    return f"{place}: {ending(last, now)}, {_what_since(since, last, now)}."


def ending(handoff: Handoff, now: dt.datetime) -> str:
    """How a hand-over ended, when and why: “rejected in March for wrong timing”."""
    said = how(handoff)
    when = _when(handoff.ended_at or handoff.made_at, now)
    reason = handoff.reason.label if handoff.reason else ""
    if not reason or _same(reason, said):
        return f"{said} {when}"
    return f"{said} {when} for {_lower(reason)}"


def how(handoff: Handoff) -> str:
    """What became of a hand-over: “rejected”, “sent to nurture”; an open one’s state."""
    if handoff.state == Handoff.State.ADVANCED:
        return "passed on within sales"
    if handoff.state == Handoff.State.CLOSED:
        return ENDINGS[Handoff.Disposition(handoff.disposition or Handoff.Disposition.WORKING)]
    return handoff.standing.lower()


def lasted(handoff: Handoff, now: dt.datetime) -> str:
    """How long a hand-over took, all hours counted."""
    return words.span((handoff.ended_at or now) - handoff.made_at)


def _what_since(since: Sequence[Deed], last: Handoff, now: dt.datetime) -> str:
    deed = next((one for one in reversed(since) if one.is_trigger), since[-1] if since else None)
    if deed is not None:
        return f"{deed.in_text} {words.ago(deed.at, now)}"
    if last.until is not None and last.until <= timezone.localtime(now).date():
        return f"back on the date set then, {last.until.day} {last.until:%b %Y}"
    return "back without a new visit on record"


def _when(at: dt.datetime, now: dt.datetime) -> str:
    if now - at < LATELY:
        return words.ago(at, now)
    then = timezone.localtime(at)
    return f"in {then:%B}" if now - at < dt.timedelta(days=300) else f"in {then:%B %Y}"


def _lower(label: str) -> str:
    """A label in running text; what has more capitals than its first stays: “API missing”."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def _same(reason: str, said: str) -> bool:
    return reason.casefold() in said.casefold()
