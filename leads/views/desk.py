"""What a lead's page offers besides the lead: picklists, menus, the neighbours in the queue."""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.forms import Form
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from handoff.checklists import FIRST_STEP
from handoff.labels import humanise, live_labels
from handoff.models import Absence, Reason, Team, User
from handoff.prepared import prepared
from leads import forms
from leads.filters import QueueFilters, tier_choices
from leads.journey.stepping import name_of
from leads.models import Message
from leads.tables import QueueTable

from .places import OWN, by_due, end_of_day, rows_of, viewer_of

BY = {
    Team.Pick.ROUND_ROBIN: "whose turn it is",
    Team.Pick.LEAST_LOADED: "whoever has the fewest open",
    Team.Pick.PULL: "its queue",
}
MANY = 100
"""More unread notices than these are not counted."""
NEIGHBOURS = 200
"""So far along a queue a lead's page knows who comes next."""
SHARED = ("team", "returned", "back-again")
"""The queues of more than one person that a lead may be opened from."""
ANY_WILL_DO = (Reason.For.RETURN, Reason.For.REASSIGN)
"""Answers that need a reason, and take any where the agreement names none for them."""
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
FIELDS = [(name, humanise(name)) for name in (
    "email", "phone", "role", "company", "country", "employees", "industry", "source", "campaign",
    "problem", "timing", "product_interest",
)]  # fmt: skip


Pairs = tuple[tuple[str, str], ...]


class Picklists(NamedTuple):
    """What may be chosen: reasons, to whom a lead may be given, and what may be missing, as
    (key, label)."""

    reasons: tuple[forms.Choice, ...]
    people: Pairs
    teams: Pairs
    missing: Pairs = tuple(FIELDS)

    def at(self, step: str, questions: Pairs) -> "Picklists":
        """What may be chosen in a step: its reasons, and in a later one its questions."""
        given = tuple(one for one in self.reasons if not one.steps or step in one.steps)
        missing = self.missing if step == FIRST_STEP else questions
        return self._replace(reasons=given, missing=missing)

    @staticmethod
    def among(lists: Mapping[str, "Picklists"]) -> "Picklists":
        """What may be chosen for several leads at once, by step what `at` says: all that fits any
        of them. A reason that fits some only says which; each row is looked at again."""
        first, *_ = lists.values()
        labelled: dict[str, forms.Choice] = {}
        missing: dict[str, str] = {}
        for one in lists.values():
            missing = dict(one.missing) | missing
            for reason in one.reasons:
                where = [step for step in lists if not reason.steps or step in reason.steps]
                if len(where) < len(lists):
                    only = ", ".join(map(name_of, where))
                    reason = reason._replace(label=f"{reason.label} ({only} only)")
                labelled[reason.key] = reason
        return first._replace(reasons=tuple(labelled.values()), missing=tuple(missing.items()))

    def reasons_for(self, what: str) -> list[forms.Choice]:
        """The reasons that apply to an answer. Where a reason is needed and none is meant for it,
        any will do, as for the journey: nobody is to be stuck with a lead for want of a word."""
        fitting = [reason for reason in self.reasons if what in reason.applies_to]
        return fitting or (list(self.reasons) if what in ANY_WILL_DO else [])


@dataclass(frozen=True, slots=True)
class Desk:
    """The picklists, how many notices are unread, the pause or time off that runs, if any, and the
    leads of the queue one came from."""

    picklists: Picklists
    unread: int
    absence: Absence | None
    queue: list[int]


def desk_of(user: User, came_from: str = "", *, at: dt.datetime) -> Desk:
    """Everything the actions need to offer, in one statement; the leads of a queue that is narrowed
    or ordered otherwise (`mine?tier=urgent`) take another."""
    key, _, kept = came_from.partition("?")
    team = key.removeprefix("team-") if key.startswith("team-") else ""
    kind = "team" if team else key
    known = kind in (*SHARED, *OWN)
    queue = kind if known and not kept else ""
    row = _desk(
        user.pk,
        team if queue == "team" else None,
        viewer_of(user) if queue in SHARED else None,
        at if queue == "unsaid" else None,
        end_of_day(at) if queue == "follow-ups" else None,
        at,
        queue=queue,
    )[0]
    reasons = [
        {**one, "applies_to": tuple(one["applies_to"]), "steps": tuple(one["steps"])}
        for one in row["reasons"]
    ]
    return Desk(
        Picklists(
            tuple(forms.Choice(**reason) for reason in reasons),
            tuple((p["email"], p["name"] or p["email"]) for p in row["colleagues"]),
            tuple((t["key"], f"{t['name']} ({BY[t['pick']]})") for t in row["all_teams"]),
        ),
        len(row["unread"]),
        _absence(row["away"]),
        _narrowed(user, kind, team, kept, at=at) if known and kept else row["queue"] or [],
    )


def _narrowed(user: User, kind: str, team: str, kept: str, *, at: dt.datetime) -> list[int]:
    """The leads of a queue as its filters leave and order them."""
    asked = QueryDict(kept)
    viewer = viewer_of(user) if kind in SHARED else None
    named = Team.objects.filter(key=team).values("pk")
    rows = QueueFilters(
        asked,
        queryset=rows_of(kind, named, user.pk, viewer, at, end_of_day(at)),
        tiers=tier_choices(live_labels().tiers),
    ).qs
    table = QueueTable(rows, (), order_by=asked.get("sort") or "due")
    return list(table.data.data.values_list("lead_id", flat=True)[:NEIGHBOURS])


@prepared
def _desk(
    user: int,
    team: str | None,
    viewer: int | None,
    at: dt.datetime | None,
    tonight: dt.datetime | None,
    now: dt.datetime,
    *,
    queue: str,
) -> QuerySet[User, Any]:
    unread = Message.objects.inbox(user).unread().order_by().values("pk")
    absences = Absence.objects.at(now).filter(user=user).order_by("ends_at")
    people = (
        User.objects.filter(is_active=True, memberships__active=True).distinct().order_by("name")
    )
    reasons = Reason.objects.filter(active=True).order_by("label")
    teams = Team.objects.order_by("name")
    named = Team.objects.filter(key=team).values("pk")
    rows = rows_of(queue, named, user, viewer, at or NEVER, tonight or NEVER)
    return (
        User.objects.filter(pk=user)
        .annotate(
            unread=ArraySubquery(unread[:MANY]),
            away=_listed(absences, "kind", "ends_at"),
            reasons=_listed(reasons, *forms.Choice._fields),
            colleagues=_listed(people, "email", "name"),
            all_teams=_listed(teams, "key", "name", "pick"),
            queue=ArraySubquery(by_due(rows).values("lead_id")[:NEIGHBOURS]),
        )
        .values("unread", "away", "reasons", "colleagues", "all_teams", "queue")
    )


def _absence(running: list[dict[str, Any]]) -> Absence | None:
    """The one that lasts longest."""
    if not running:
        return None
    return Absence(
        kind=running[-1]["kind"], ends_at=dt.datetime.fromisoformat(running[-1]["ends_at"])
    )


def _listed(rows: QuerySet[Any], *columns: str) -> ArraySubquery:
    return ArraySubquery(rows.values(one=JSONObject(**{column: column for column in columns})))


def form_for(action: str, picklists: Picklists, posted: Any = None) -> Form:
    """The form of an action, empty or as it was sent."""
    given: dict[str, Any] = {"prefix": action}
    if action in ("reject", "return", "reassign"):
        given["reasons"] = picklists.reasons_for(action)
    if action == "dispose":
        closing = forms.CLOSING.intersection
        given["reasons"] = [r for r in picklists.reasons if closing(r.applies_to)]
    if action == "recycle":
        given["reasons"] = [r for r in picklists.reasons_for("reject") if r.goes_to == "nurture"]
    match action:
        case "accept":
            return forms.AcceptForm(posted)
        case "touch":
            return forms.TouchForm(posted, **given)
        case "reject":
            return forms.RejectForm(posted, **given)
        case "recycle":
            return forms.RecycleForm(posted, **given)
        case "return":
            return forms.ReturnForm(posted, fields=list(picklists.missing), **given)
        case "dispose":
            return forms.DisposeForm(posted, **given)
        case "reassign":
            return forms.ReassignForm(
                posted, people=picklists.people, teams=picklists.teams, **given
            )
    return Form(posted)


class Menus(Mapping[str, SafeString]):
    """What each action asks, drawn when the page comes to it; `bound` are forms sent back."""

    def __init__(self, picklists: Picklists, bound: Mapping[str, Form]) -> None:
        self.picklists, self.bound = picklists, bound

    def __getitem__(self, action: str) -> SafeString:
        if action in self.bound:
            return drawn(action, self.bound[action])
        return blank(action, self.picklists)

    def __iter__(self) -> Iterator[str]:
        return iter(("accept", "touch", "reject", "recycle", "return", "dispose", "reassign"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def drawn(action: str, form: Form) -> SafeString:
    return render_to_string(f"leads/_menu_{action}.html", {"form": form})


@functools.lru_cache(maxsize=256)
def blank(action: str, picklists: Picklists) -> SafeString:
    """A menu nobody has filled in: the same for everybody while the picklists are."""
    return drawn(action, form_for(action, picklists))
