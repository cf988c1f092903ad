"""Looking for a lead among a million, by words of which anybody may begin with the same letter.

What a text finds is unknown before it was looked for: a rare name is found by index at once, but
the leads with an “a” are half of all, and reading them to order them takes a second. So the newest
are looked at first, one by one; only where they hold less than a page is the index asked, for no
more than MOST.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from handoff.models import Membership
from handoff.tables import PER_PAGE
from leads.models import Handoff, Lead
from leads.models.lead import LeadQuerySet

NEWEST = 1000
"""So many of the newest are looked at one by one."""

MOST = 2000
"""So many are taken from the index."""


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
    near, whole = _near(person)
    found = list(rows.filter(pk__in=near).matching(text).order_by().values_list("pk", flat=True))
    if whole or len(found) > PER_PAGE:
        return Found(rows.filter(pk__in=found), more=not whole)
    anywhere = list(Lead.objects.search(text).order_by().values_list("pk", flat=True)[:MOST])
    return Found(rows.filter(pk__in={*found, *anywhere}), more=len(anywhere) == MOST)


def _near(person: int | None) -> tuple[list[int], bool]:
    """The newest leads a person sees, and whether these are all of them."""
    if person is None:
        ids = list(
            Lead.objects.order_by("-last_seen_at", "-pk").values_list("pk", flat=True)[:NEWEST]
        )
        return ids, len(ids) < NEWEST
    parts = list(_handed(person))
    return list(set().union(*parts)), all(len(part) < NEWEST for part in parts)


def _handed(person: int) -> Iterator[list[int]]:
    """The leads last given to the person, and to each of their teams."""
    teams = Membership.objects.filter(user=person, active=True).values_list("team", flat=True)
    own = Handoff.objects.filter(owner=person).order_by("-assigned_at")
    for rows in (own, *(Handoff.objects.filter(team=team).order_by("-made_at") for team in teams)):
        yield list(rows.values_list("lead", flat=True)[:NEWEST])
