"""How many leads are on each track, fall due, came back, and were accepted then."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from handoff.models import DecideRule, Reason, Track
from leads.models import Clock, Comeback, Handoff, Lead

WEEK = dt.timedelta(days=7)
BACK_SINCE = dt.timedelta(days=90)
"""How long a lead that came back is counted on its track."""

BY_HAND = {
    "declined": "Declined by marketing",
    **{f"missed_{kind}": f"{label} was missed" for kind, label in Clock.Kind.choices},
    **dict(Handoff.Disposition.choices),
}


@dataclass(frozen=True)
class Counts:
    """Leads of one track: in it now, due within a week, back in BACK_SINCE, of those accepted."""

    now: int = 0
    due: int = 0
    back: int = 0
    accepted: int = 0


@dataclass(frozen=True)
class Line:
    """A track with its counts; without a track, the leads that are on none."""

    track: Track | None
    counts: Counts


def lines(*, at: dt.datetime) -> list[Line]:
    """Every track, then the leads that are on none, where there are any."""
    counts = counted(at=at)
    tracks = list(Track.objects.select_related("owner"))
    found = [Line(track, counts.pop(track.key, Counts())) for track in tracks]
    rest = counts.values()
    nowhere = Counts(*(sum(getattr(one, name) for one in rest) for name in Counts.__match_args__))
    return [*found, Line(None, nowhere)] if nowhere.now or nowhere.back else found


def counted(*, at: dt.datetime) -> dict[str, Counts]:
    """The counts by key of the track."""
    soon = Q(nurture_until__lte=at.date() + WEEK)
    inside = Lead.objects.nurtured().order_by().values("nurture_track")
    found = {
        row["nurture_track"]: (row["now"], row["due"])
        for row in inside.annotate(now=Count("pk"), due=Count("pk", filter=soon))
    }
    returned = Comeback.objects.filter(outcome=Comeback.Outcome.BACK, at__gte=at - BACK_SINCE)
    accepted = Count("pk", filter=Q(handoff__accepted_at__isnull=False))
    back = {
        row["track"]: (row["back"], row["accepted"])
        for row in returned.order_by().values("track").annotate(back=Count("pk"), accepted=accepted)
    }
    keys = found.keys() | back.keys()
    return {key: Counts(*found.get(key, (0, 0)), *back.get(key, (0, 0))) for key in keys}


def reason_labels(keys: Sequence[str]) -> dict[str, str]:
    """Why leads are in nurture, in words, by what their column says."""
    known = dict(Reason.objects.filter(key__in=keys).values_list("key", "label"))
    return BY_HAND | known


def why_in_words(lead: Lead, labels: dict[str, str], rule: str) -> str:
    """Why a lead is in nurture: the reason somebody gave, else the rule that decided."""
    if lead.nurture_reason:
        return labels.get(lead.nurture_reason, lead.nurture_reason.replace("_", " ").capitalize())
    return rule or STATUS_ALONE


STATUS_ALONE = dict(DecideRule.Status.choices)["nurture"]
