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
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from handoff.checklists import FIRST_STEP
from handoff.labels import humanise
from handoff.models import Absence, Reason, Team, User
from handoff.prepared import prepared
from leads import forms
from leads.models import Message

from .places import OWN, by_due, end_of_day, rows_of, viewer_of

BY = {
    Team.Pick.ROUND_ROBIN: "whose turn it is",
    Team.Pick.LEAST_LOADED: "whoever has the fewest open",
    Team.Pick.PULL: "its queue",
}
MANY = 100
"""More unread notices than these are not counted."""
SHARED = ("team", "returned", "back-again")
"""The queues of more than one person that a lead may be opened from."""
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

    def reasons_for(self, what: str) -> list[forms.Choice]:
        return [reason for reason in self.reasons if what in reason.applies_to]


@dataclass(frozen=True, slots=True)
class Desk:
    """The picklists, how many notices are unread, the pause or time off that runs, if any, and the
    leads of the queue one came from."""

    picklists: Picklists
    unread: int
    absence: Absence | None
    queue: list[int]


def desk_of(user: User, came_from: str = "", *, at: dt.datetime) -> Desk:
    """Everything the actions need to offer, in one statement."""
    team = came_from.removeprefix("team-") if came_from.startswith("team-") else ""
    kind = "team" if team else came_from
    row = _desk(
        user.pk,
        team or None,
        viewer_of(user) if kind in SHARED else None,
        at if kind == "unsaid" else None,
        end_of_day(at) if kind == "follow-ups" else None,
        at,
        queue=kind if kind in (*SHARED, *OWN) else "",
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
        row["queue"] or [],
    )


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
            queue=ArraySubquery(by_due(rows).values("lead_id")[:200]),
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
    if action in ("reject", "return", "dispose", "reassign"):
        given["reasons"] = picklists.reasons_for(action)
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
