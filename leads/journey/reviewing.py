"""Reminding whoever looks after a part of the agreement, once, when it is time to look again."""

import datetime as dt

from django.urls import reverse

from handoff.models import DECIDERS, AreaOwner
from handoff.permissions import people_with
from leads.wording import subjects

from .announcing import Letter, announce

KIND = "review_due"


def remind(*, at: dt.datetime) -> int:
    """Write to the owner of every area whose review is due on the day of `at` (UTC) or overdue;
    once for each due day. Where the owner has left, to those who decide. How many areas are due.
    """
    today = at.astimezone(dt.UTC).date()
    areas = AreaOwner.objects.with_due().select_related("owner")
    due = [area for area in areas if area.due_on <= today]
    gone = any(not area.owner.is_active for area in due)
    deciders = list(people_with(*DECIDERS).values_list("pk", flat=True)) if gone else []
    announce(
        _letter(area, recipient_id, at)
        for area in due
        for recipient_id in ([area.owner_id] if area.owner.is_active else deciders)
    )
    return len(due)


def _letter(area: AreaOwner, recipient_id: int, at: dt.datetime) -> Letter:
    day = area.due_on
    last = area.reviewed_at
    looked = (
        f"It was last looked at on {last:%-d %b %Y}." if last else "It was never looked at yet."
    )
    return Letter(
        kind=KIND,
        about=f"{area.area}:{day.isoformat()}",
        recipient_id=recipient_id,
        subject=subjects.review_due(area.area, day=day),
        at=at,
        body={
            "path": f"{reverse('playbook')}#area-{area.area}",
            "note": f"{area.get_cadence_display()}. {looked}",
        },
    )
