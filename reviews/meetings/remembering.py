"""Reminders: of leads that wait for a vote, the day before; of actions, the day before they are
due and once they are late. Each is written once, whenever this runs."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import Count, Q
from django.urls import reverse

from leads.journey.announcing import Letter, announce
from leads.wording import subjects
from reviews.models import Action, Meeting, Participant

from . import apart

DAY = dt.timedelta(days=1)
VOTE, ACTION = "review_vote", "action_due"


def remind(*, at: dt.datetime) -> int:
    """Write what is due; how many letters there were to write, written before or not."""

    def of_votes(meeting: Meeting) -> int:
        return _written(list(_votes(meeting, at)))

    def of_action(action: Action) -> int:
        return _written([_of_action(action, at)])

    return apart.each(_soon(at), of_votes, at=at) + apart.each(_due(at), of_action, at=at)


def _written(letters: Sequence[Letter]) -> int:
    announce(letters)
    return len(letters)


def _soon(at: dt.datetime) -> Sequence[Meeting]:
    """The meetings of the next day whose sample is drawn."""
    soon = Meeting.objects.planned().filter(starts_at__gt=at, starts_at__lte=at + DAY)
    return list(soon.exclude(drawn_at=None).order_by("pk"))


def _votes(meeting: Meeting, at: dt.datetime) -> Iterator[Letter]:
    """To everybody invited who has leads left to vote on."""
    open_ = list(meeting.sample.standing().hidden().present().values_list("pk", flat=True))
    mine = Count("votes", filter=Q(votes__sampled__in=open_))
    invited = Participant.objects.filter(meeting=meeting, user__is_active=True)
    for one in invited.annotate(voted=mine).filter(voted__lt=len(open_)):
        yield Letter(
            kind=VOTE,
            about=str(meeting.pk),
            recipient_id=one.user_id,
            subject=subjects.review_vote(meeting, leads=len(open_) - one.voted),
            at=at,
            body={
                "path": reverse("reviews:ballot", args=[meeting.number]),
                "when": meeting.starts_at.isoformat(),
            },
        )


def _due(at: dt.datetime) -> Sequence[Action]:
    """The open actions that are due by the day after (UTC)."""
    due = Action.objects.open().filter(due_on__lte=_today(at) + DAY, owner__is_active=True)
    return list(due.select_related("meeting"))


def _of_action(action: Action, at: dt.datetime) -> Letter:
    """To the owner of an action: on the day before it is due (UTC), and the day after."""
    late = action.due_on < _today(at)
    return Letter(
        kind=ACTION,
        about=f"{action.pk}:{action.due_on}:{'late' if late else 'soon'}",
        recipient_id=action.owner_id,
        subject=subjects.action_due(action.text, day=action.due_on, late=late),
        at=at,
        body={
            "path": f"{reverse('reviews:actions')}#action-{action.pk}",
            "note": f"From {str(action.meeting).lower()}.",
        },
    )


def _today(at: dt.datetime) -> dt.date:
    return at.astimezone(dt.UTC).date()
