"""What changed in a queue since a page was drawn: new rows, and rows that somebody else took."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.aggregates import BitXor
from django.db.models import BigIntegerField, Count, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone

from handoff.models import User
from handoff.tables import PER_PAGE
from handoff.views.sent import moment, whole
from handoff.views.signed_in import SignedIn
from leads.counting import LIMIT
from leads.models import Handoff
from leads.templatetags.queue_parts import known_as

from .places import by_due

State = Handoff.State


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that is not any more as the page shows it, and what became of it."""

    pk: int
    said: str


def changes(request: SignedIn, rows: QuerySet[Handoff]) -> HttpResponse:
    """304 while the queue is as the page knows it; else a bar saying what is new, and a note for
    each row on screen (`on`, as `known_as` writes them) that changed hands."""
    token = _token(rows)
    known = request.headers.get("If-None-Match")
    if known == token:
        return HttpResponseNotModified(headers={"ETag": token})
    since = moment(request.GET["live"])
    new = rows.filter(assigned_at__gt=since).order_by()[:LIMIT].count() if since else 0
    context = {
        "new": new,
        "changed": known is not None,
        "since": since,
        "gone": list(_gone(request.GET.get("on", ""), request.user)),
    }
    answer = render(request, "leads/_live.html", context)
    answer["ETag"] = token
    return answer


def _token(rows: QuerySet[Handoff]) -> str:
    """What the first LIMIT rows are and how they stand; of a longer queue the rest is not on any
    page that is looked at."""
    seen = Concat(
        Cast("pk", TextField()),
        Value(".", output_field=TextField()),
        Cast("changed_in", TextField()),
    )
    digest = Func(seen, Value(0), function="hashtextextended", output_field=BigIntegerField())
    first = by_due(rows).annotate(digest=digest)[:LIMIT]
    state = first.aggregate(rows=Count("pk"), digests=BitXor("digest"))
    return f'W/"{state["rows"]}-{state["digests"]}"'


def _gone(on_screen: str, viewer: User) -> Iterator[Gone]:
    parts = (one.partition(".") for one in on_screen.split(",")[:PER_PAGE])
    known = {pk: f"{pk}.{rest}" for text, _, rest in parts if (pk := whole(text)) is not None}
    seen = Handoff.objects.visible_to(viewer).filter(pk__in=list(known))
    found = {row.pk: row for row in seen.select_related("owner", "answered_by")}
    for pk, was in known.items():
        row = found.get(pk)
        if row is None:
            yield Gone(pk, "Not in your queues any more")
        elif known_as(row) != was:
            yield Gone(pk, said_of(row, viewer))


def said_of(row: Handoff, viewer: User) -> str:
    """Who has it now, or how it was answered: “Accepted by Ines Ferro, 12:04”."""
    if row.ended_at is not None:
        return _by(row.get_state_display(), row.answered_by, viewer, row)
    if row.state == State.ACCEPTED:
        return _by("Accepted", row.owner, viewer, row)
    if row.state == State.RETURNED:
        return _by(row.standing, row.answered_by, viewer, row)
    return f"Now with {_named(row.owner, viewer)}" if row.owner else "Nobody has it now"


def _by(what: str, who: User | None, viewer: User, row: Handoff) -> str:
    at = row.ended_at or row.accepted_at
    clock = f", {timezone.localtime(at):%H:%M}" if at and row.state != State.RETURNED else ""
    return f"{what} by {_named(who, viewer)}{clock}" if who else f"{what}{clock}"


def _named(person: User, viewer: User) -> str:
    return "you" if person.pk == viewer.pk else str(person)
