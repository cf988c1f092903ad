"""What a person keeps of a queue: the saved views they are offered, its columns, where it opens."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject
from django.http import QueryDict

from handoff.labels import humanise, live_labels
from handoff.models import OVERSEERS, User
from handoff.prepared import prepared
from handoff.views.sent import whole
from leads import columns
from leads.counting import LIMIT, badge, counts_of
from leads.filters import ApprovalFilters, CalmFilters, LeadFilters, QueueFilters, tier_choices
from leads.models import Approval, Handoff, Lead, QueueChoice, SavedView
from leads.models.search import Among
from leads.tables import LeadTable

from .places import Place, by_due

EVERYTHING = "all"
"""The view of a queue that narrows nothing."""

MOST = 20
"""So many views of one queue a person is shown."""

COUNTED = 100
"""No tab counts further than this many rows, nor looks through more than LIMIT of a queue."""

FILTERS: dict[str, type[CalmFilters]] = {"leads": LeadFilters, "approval": ApprovalFilters}
HELD: dict[str, Any] = {"leads": Lead, "approval": Approval}
"""What narrows a place and what it holds, where that is not a queue of hand-overs."""

OF_QUEUES = {key: column.label for key, column in columns.COLUMNS.items()}
ORDERS = {
    "leads": {
        name: str(column.verbose_name or humanise(name))
        for name, column in LeadTable.base_columns.items()
    },
    "approval": {},
}
"""What a place can be ordered by, in words."""


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
    count: str = ""


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

    def tabs(self, view: View | None, filters: CalmFilters | None = None) -> list[Tab]:
        """Everything first, then each view; with how many rows it shows, where the `filters` of the
        place are given. All are counted in one statement."""
        title = {"leads": "Last seen first", "approval": "Longest waiting first"}
        everything = Tab(
            title.get(self.place.kind, "Due first"),
            f"{self.place.url}?view={EVERYTHING}",
            view is None,
        )
        counts = self._counts(filters) if filters is not None else [""] * len(self.views)
        return [
            everything,
            *(
                Tab(one.name, address(self.place, one), one == view, one.team, count)
                for one, count in zip(self.views, counts, strict=True)
            ),
        ]

    def _counts(self, filters: CalmFilters) -> list[str]:
        """Of a long queue only what is due first is looked through, since a rare filter would else
        read all of it to find a hundred; a plus says that there may be more, and nothing is said
        where none of these is found."""
        shown = [filters.asking(QueryDict(one.query)).qs for one in self.views]
        if not shown or self.place.kind in FILTERS or not _is_long(filters.queryset):
            return [badge(count, most=COUNTED) for count in counts_of(shown, most=COUNTED)]
        first = list(by_due(filters.queryset).values_list("pk", flat=True)[:LIMIT])
        near = [rows.filter(Among(F("pk"), first)) for rows in shown]
        return [f"{count:,}+" if count else "" for count in counts_of(near, most=LIMIT)]


def _is_long(rows: QuerySet[Any]) -> bool:
    return counts_of([rows], most=LIMIT) == [LIMIT]


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


def narrowed(place: Place, asked: QueryDict, rows: QuerySet[Any]) -> CalmFilters:
    """The filters of a place as an address sets them, over what it holds."""
    kind = FILTERS.get(place.kind)
    if kind is not None:
        return kind(asked, queryset=rows)
    return QueueFilters(asked, queryset=rows, tiers=tier_choices(live_labels().tiers))


def kept_of(place: Place, asked: QueryDict) -> str:
    """The filters and the order of an address, each once and in a steady order, without what only
    says where one is (page, view)."""
    names = (*FILTERS.get(place.kind, QueueFilters).base_filters, "sort")
    said = ((name, str(asked.get(name, "")).strip()) for name in names)
    return urlencode([(name, value) for name, value in said if value])


def came_from(key: str, kept: str) -> str:
    """A queue with its filters, as the address of a lead's page names where one came from."""
    return f"{key}?{kept}" if kept else key


def in_words(place: Place, asked: QueryDict) -> list[str]:
    """What a view keeps, each in a few words."""
    filters = narrowed(place, asked, HELD.get(place.kind, Handoff).objects.none())
    said = [f"{label}: {value}" for _, label, value in filters.chips]
    if text := str(asked.get("q", "")).strip():
        said.insert(0, f"Search: {text}")
    by = ORDERS.get(place.kind, OF_QUEUES).get(str(asked.get("sort", "")).lstrip("-"))
    return [*said, f"Ordered by {by.lower()}"] if by else said
