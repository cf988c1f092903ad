"""The quarter's letter: the definition is due to be looked at with real outcomes.

In the first seven days of a quarter, from eight in the morning on in each person's own zone, to
marketing operations and to the chairs of joint reviews; once a quarter. The study that the page
reads is begun with it, so that there is something to look at.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.urls import reverse

from handoff.models import User
from handoff.permissions import may_read_agreement, told_of_approvals
from leads.journey.announcing import Letter, announce
from leads.models import Handoff, Message
from leads.wording import subjects
from reviews.lifting.quarters import Quarter, last_full, quarter_of, study_once
from reviews.models import Series

from .weekly import MORNING, zone_of

KIND = "quarter_due"
DAYS = 7


def tell(*, at: dt.datetime) -> int:
    """Write to everybody whose quarter has just begun and who was not written to; to how many. May
    run as often as one likes; nobody is told of a quarter without hand-overs."""
    written = 0
    for person, quarter in _due(at):
        if not _was_handed_over(quarter):
            continue
        with transaction.atomic():
            study_once(quarter, at=at)
            announce([_letter(person, quarter, at)])
        written += 1
    return written


def _due(at: dt.datetime) -> Iterator[tuple[User, Quarter]]:
    """Who is to be told, each with the quarter that is over in their zone."""
    chairs = Series.objects.running().order_by().values_list("chair", flat=True)
    ids = {*told_of_approvals(), *chairs}
    for person in User.objects.filter(pk__in=ids, is_active=True).order_by("pk"):
        local = at.astimezone(zone_of(person))
        begun = quarter_of(local.date()).first_day
        if (local.date() - begun).days >= DAYS or local.time() < MORNING:
            continue
        quarter = last_full(local.date())
        if quarter.until > at:
            continue
        told = Message.objects.filter(kind=KIND, recipient=person, once__contains=quarter.key)
        if may_read_agreement(person) and not told.exists():
            yield person, quarter


def _was_handed_over(quarter: Quarter) -> bool:
    made = Handoff.objects.filter(made_at__gte=quarter.since, made_at__lt=quarter.until)
    return made.exists()


def _letter(person: User, quarter: Quarter, at: dt.datetime) -> Letter:
    return Letter(
        kind=KIND,
        about=quarter.key,
        recipient_id=person.pk,
        subject=subjects.quarter_due(str(quarter)),
        at=at,
        body={"path": f"{reverse('reviews:quarter')}?quarter={quarter.key}"},
    )
