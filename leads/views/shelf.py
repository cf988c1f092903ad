"""What a person keeps of a queue: the saved views they are offered, its columns, where it opens."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.http import QueryDict

from handoff.models import OVERSEERS, User
from handoff.prepared import prepared
from handoff.views.sent import whole
from leads import columns
from leads.filters import QueueFilters
from leads.models import QueueChoice, SavedView

from .places import Place

EVERYTHING = "all"
"""The view of a queue that narrows nothing."""

MOST = 20
"""So many views of one queue a person is shown."""


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as a tab shows it."""

    pk: int
    name: str
    query: str
    columns: tuple[str, ...]
    team: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A view in the row above the list."""

    title: str
    url: str
    current: bool
    team: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The saved views of a queue, those of teams after one's own; the columns chosen for its kind,
    none where nobody chose; and the view it opens with, if any."""

    place: Place
    views: tuple[View, ...]
    chosen: tuple[str, ...]
    default: int | None

    def named(self, pk: str) -> View | None:
        """The view of that primary key, where the person is offered it."""
        return next((view for view in self.views if view.pk == whole(pk)), None)

    def opens_with(self) -> View | None:
        return next((view for view in self.views if view.pk == self.default), None)

    def columns(self, view: View | None) -> tuple[str, ...]:
        """Those of the view, else one's own, else the usual ones."""
        return (view.columns if view else ()) or self.chosen or columns.usual(self.place.kind)

    def tabs(self, view: View | None) -> list[Tab]:
        """Everything first, then each view."""
        everything = Tab("Due first", f"{self.place.url}?view={EVERYTHING}", view is None)
        return [
            everything,
            *(Tab(one.name, address(self.place, one), one == view, one.team) for one in self.views),
        ]


def shelf_of(user: User, place: Place) -> Shelf:
    """What `user` keeps of `place`, in one statement."""
    row = _shelf(user.pk, place.key, place.kind, oversees=user.has_role(*OVERSEERS))[0]
    views = (
        View(one["pk"], one["name"], one["query"], columns.known(one["columns"]), one["team"] or "")
        for one in row["views"]
    )
    chosen = columns.known(row["chosen"][0]["columns"]) if row["chosen"] else ()
    return Shelf(place, tuple(views), chosen, (row["opens"] or [None])[0])


@prepared
def _shelf(person: int, place: str, kind: str, *, oversees: bool) -> QuerySet[User, Any]:
    views = SavedView.objects.offered_to(person, oversees=oversees).filter(place=place)
    choices = QueueChoice.objects.filter(user=person)
    said = JSONObject(pk="pk", name="name", query="query", columns="columns", team="team__name")
    return (
        User.objects.filter(pk=person)
        .annotate(
            views=ArraySubquery(views.order_by("team_id", "made_at", "pk").values(one=said)[:MOST]),
            chosen=ArraySubquery(
                choices.filter(place=kind).values(one=JSONObject(columns="columns"))
            ),
            opens=ArraySubquery(choices.filter(place=place).values("default")),
        )
        .values("views", "chosen", "opens")
    )


def address(place: Place, view: View | SavedView) -> str:
    """Where a view is seen: what it keeps is in the address, so that it opens for anybody."""
    return f"{place.url}?{view.query}{'&' if view.query else ''}view={view.pk}"


def kept_of(asked: QueryDict) -> str:
    """The filters and the order of an address, each once and in a steady order, without what only
    says where one is (page, view)."""
    names = (*QueueFilters.base_filters, "sort")
    said = ((name, str(asked.get(name, "")).strip()) for name in names)
    return urlencode([(name, value) for name, value in said if value])


def in_words(filters: QueueFilters, asked: QueryDict) -> list[str]:
    """What a view keeps, each in a few words."""
    said = [f"{label}: {value}" for _, label, value in filters.chips]
    if text := str(asked.get("q", "")).strip():
        said.insert(0, f"Search: {text}")
    by = columns.COLUMNS.get(str(asked.get("sort", "")).lstrip("-"))
    return [*said, f"Ordered by {by.label.lower()}"] if by else said
