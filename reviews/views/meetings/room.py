"""A meeting as the pages of it see it: one reading for the screen and for everybody's own page."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils import timezone

from handoff.models import User
from handoff.views.signed_in import SignedIn
from reviews.meetings import minutes, noting, running
from reviews.meetings.running import SEEN
from reviews.models import (
    OPENING,
    PRESENT,
    Action,
    Item,
    Line,
    Meeting,
    Participant,
    Side,
    Turn,
)

MOST_ACTIONS = 8
NEWEST_LINES = 4


@dataclass(frozen=True)
class Agendum:
    """One item of the agenda as the bar on top shows it."""

    number: int
    title: str
    is_now: bool
    is_done: bool
    said: str


def looked_at(user: User, *, at: dt.datetime) -> QuerySet[Any]:
    """The meetings a person may see, each with how many are there (`present`), and the seat of
    that person: `my_side` and `my_seen_at`, none for who has no seat."""
    seats = Participant.objects.taking_part().filter(meeting=OuterRef("pk")).order_by()
    here = seats.filter(seen_at__gt=at - PRESENT).values("meeting").annotate(n=Count("pk"))
    mine = seats.filter(user=user)
    return (
        Meeting.objects.visible_to(user)
        .select_related("series", "presenter", "chair", "shown")
        .annotate(
            present=Coalesce(Subquery(here.values("n")), 0, output_field=IntegerField()),
            my_side=Subquery(mine.values("side")),
            my_seen_at=Subquery(mine.values("seen_at")),
        )
    )


def meeting_or_404(request: SignedIn, number: int, *, at: dt.datetime) -> Any:
    """The meeting as `looked_at`; who has a seat is noted as being there while it runs. Raises
    Http404."""
    meeting = looked_at(request.user, at=at).filter(number=number).first()
    if meeting is None:
        raise Http404
    stale = meeting.my_seen_at is None or meeting.my_seen_at < at - SEEN
    if (
        meeting.is_running
        and meeting.my_side
        and stale
        and running.see(meeting, request.user, at=at)
    ):
        meeting = looked_at(request.user, at=at).get(pk=meeting.pk)
    return meeting


def token_of(meeting: Any) -> str:
    """Stands for everything a screen shows of a meeting."""
    return f"{meeting.revision}.{meeting.present}"


def unchanged(request: SignedIn, meeting: Any) -> HttpResponse | None:
    """304 for a page that shows what there is already."""
    if request.GET.get("known") == token_of(meeting):
        return HttpResponseNotModified()
    return None


def room(meeting: Any, viewer: User, *, at: dt.datetime) -> dict[str, Any]:
    """What the screen and the own pages are drawn from."""
    people = list(meeting.participants.taking_part().select_related("user"))
    away = [one for one in people if one.seen_at is None or one.seen_at <= at - PRESENT]
    lines = list(meeting.lines.select_related("by").order_by("-at", "-pk"))
    standing = [line for line in lines if line.taken_back_at is None]
    is_presenter = meeting.presenter_id == viewer.pk
    items = {one.item: one for one in meeting.items.all()}
    shown = items.get(meeting.item)
    return {
        "meeting": meeting,
        "token": token_of(meeting),
        "agenda": agenda(meeting, list(meeting.turns.all()), at=at),
        "item_title": Item(meeting.item).label if meeting.item else "",
        "figures": shown.figures if shown else {},
        "note": shown.note if shown else "",
        "people": [(one, one not in away) for one in people],
        "away": len(away),
        "away_names": [one.user.get_short_name() for one in away],
        "lines": standing[:NEWEST_LINES],
        "decisions": sum(line.kind != Line.Kind.PRESENTER for line in standing),
        "took_over": next((one for one in lines if one.kind == Line.Kind.PRESENTER), None),
        "is_presenter": is_presenter,
        "takes_part": bool(meeting.my_side),
        "may_begin": bool(meeting.my_side) and _may_begin(meeting, viewer, at=at),
        "may_join": running.may_join(meeting, viewer),
        "may_end": viewer.pk in (meeting.presenter_id, meeting.chair_id),
        "may_note": noting.may_note(meeting, viewer),
        "opening_changes": items[Item.CHANGES].figures["changes"] if items else [],
        "opening_alerts": items[Item.TRENDS].figures.get("alerts", ()) if items else (),
        "actions": open_actions(meeting) if meeting.item == OPENING else [],
        "sides": Side.choices,
        "before": meeting.item - 1 if meeting.item else None,
        "next": meeting.item + 1 if meeting.item < max(Item) else None,
        "now": at,
        "today": timezone.localtime(at).date(),
    }


def _may_begin(meeting: Meeting, viewer: User, *, at: dt.datetime) -> bool:
    """As `running.may_begin` says it of who takes part; without asking once more."""
    return viewer.pk == meeting.chair_id or not running.is_early(meeting, at=at)


def agenda(meeting: Meeting, turns: list[Turn], *, at: dt.datetime) -> list[Agendum]:
    """The three items, with how long each took, or that it is on now, or comes."""
    seen = {one.item for one in turns}
    told = []
    for item in Item:
        is_now = meeting.is_running and meeting.item == item
        took = minutes.took(item, turns, at=at)
        is_done = item in seen and not is_now
        comes = "next, " if item == meeting.item + 1 else ""
        said = f"{comes}{meeting.item_minutes} min"
        if is_now:
            said = "now"
        elif is_done:
            said = f"done, {took}"
        told.append(Agendum(item.value, item.label, is_now, is_done, said))
    return told


def open_actions(meeting: Meeting) -> list[Action]:
    """What was promised in the series and is not done, the first due first."""
    found = Action.objects.open().filter(meeting__series=meeting.series_id)
    return list(found.select_related("owner", "meeting")[:MOST_ACTIONS])


def my_actions(meeting: Meeting, viewer: User) -> list[Action]:
    """A person's own, open or done in this meeting's series since it was planned."""
    mine = Action.objects.standing().filter(owner=viewer, meeting__series=meeting.series_id)
    recent = mine.filter(Q(done_at=None) | Q(meeting=meeting))
    return list(recent.select_related("meeting").order_by("done_at", "due_on", "pk")[:MOST_ACTIONS])
