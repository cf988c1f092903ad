"""Looking for a lead among a million, by words of which anybody may begin with the same letter.

What a text finds is unknown before it was looked for: a rare name is found by index at once, but
the leads with an “a” are half of all, and reading them to order them takes a second. So the newest
are looked at first, one by one; only where they hold less than a page is the index asked. Neither
gives more than MOST.
"""

from dataclasses import dataclass

from django.db.models import Q

from handoff.models import Membership
from handoff.tables import PER_PAGE
from leads.models import Handoff, Lead
from leads.models.lead import LeadQuerySet
from leads.models.search import is_number

NEWEST = 10_000
"""So many of the newest of all are looked at one by one."""

HANDED = 6000
"""So many for a rep: of those that they, and each of their teams, were handed last, alike."""

NUMBERS = 1000
"""So many of either where a phone number is looked for, which takes longer to compare."""

MOST = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """Leads that were found; `more`: there may be others that are not among them."""

    rows: LeadQuerySet
    more: bool


def newest(rows: LeadQuerySet, text: str, *, person: int | None) -> Found:
    """Those of `rows` that a text finds, in bounded time. `person`: the primary key of a rep, who
    sees only what they or their teams were handed; None for those who see all."""
    if not text:
        return Found(rows, more=False)
    near, whole = _near(rows, text, person)
    found = list(near.matching(text).values_list("pk", flat=True)[:MOST])
    if whole or len(found) > PER_PAGE:
        return Found(Lead.objects.among(found), more=not whole or len(found) == MOST)
    anywhere = list(Lead.objects.search(text).order_by().values_list("pk", flat=True)[:MOST])
    others = rows.among(set(anywhere).difference(found)).order_by()
    found += others.values_list("pk", flat=True)
    return Found(Lead.objects.among(found), more=len(anywhere) == MOST)


def _near(rows: LeadQuerySet, text: str, person: int | None) -> tuple[LeadQuerySet, bool]:
    """The newest of `rows`, in order, and whether these are all of them."""
    rows, most = rows.order_by("-last_seen_at", "-pk"), NUMBERS if is_number(text) else None
    if person is None:
        return _newest(rows, most or NEWEST)
    ids, is_all = last_handed(person, most or HANDED)
    return rows.among(ids), is_all


def last_handed(person: int, most: int = NUMBERS) -> tuple[set[int], bool]:
    """The leads that a person (by primary key) and each of their teams were handed last, `most` in
    all, and whether these are all of them."""
    teams = Membership.objects.filter(user=person, active=True).values_list("team", flat=True)
    parts = [
        Handoff.objects.filter(owner=person).order_by("-assigned_at"),
        *(Handoff.objects.filter(team=team).order_by("-made_at") for team in teams),
    ]
    reach = max(most // len(parts), 1)
    handed = [list(part.values_list("lead", flat=True)[:reach]) for part in parts]
    return set().union(*handed), all(len(part) < reach for part in handed)


def _newest(rows: LeadQuerySet, most: int) -> tuple[LeadQuerySet, bool]:
    newest = Lead.objects.order_by("-last_seen_at", "-pk").values_list("last_seen_at", "pk")
    edge = newest[most : most + 1].first()
    if edge is None:
        return rows, True
    at, pk = edge
    since = Q(last_seen_at__gte=at) & (Q(last_seen_at__gt=at) | Q(pk__gt=pk))
    return rows.filter(since), False
