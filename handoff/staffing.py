"""Whether somebody stands behind the rules: teams with members, calendars with hours."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from .models import Membership, Team
from .models.definition import Document
from .rules.faults import Fault


def doubts(document: Document) -> Iterator[Fault]:
    """What is hardly meant about the teams that a definition routes to, at the rules that name
    them. Teams that there are not are no matter of this."""
    rows = [row for row in document.get("route") or [] if isinstance(row, dict)]
    named = {key for row in rows for key in _teams(row)}
    said = {found[0].key: list(_said(*found)) for found in _known(named)}
    for place, row in enumerate(rows):
        for key in _teams(row):
            for message in said.get(key, ()):
                yield Fault(f"definition.route[{place}].to", message)


def _teams(row: Document) -> Iterator[str]:
    to = row.get("to")
    if isinstance(to, dict):
        yield from (str(key) for kind, key in to.items() if kind in ("team", "queue"))


def _known(keys: set[str]) -> Iterator[tuple[Team, bool, bool]]:
    """Each team, whether anybody is in it, and whether anybody of them takes turns."""
    at_work = Membership.objects.filter(team=OuterRef("pk"), active=True, user__is_active=True)
    taking = at_work.filter(weight__gt=0)
    teams = Team.objects.filter(key__in=keys).select_related("calendar").order_by("pk")
    for team in teams.annotate(staffed=Exists(at_work), taking=Exists(taking)):
        yield team, team.staffed, team.taking


def _said(team: Team, staffed: bool, taking: bool) -> Iterator[str]:
    if not staffed:
        yield f"nobody is in {team.name}, so its leads wait for the responsible person"
    elif not taking and team.pick != Team.Pick.PULL:
        yield f"nobody in {team.name} takes a turn: every weight is 0"
    if not _has_hours(team):
        yield f"the calendar of {team.name}, {team.calendar}, has no hours, so no deadline can run"


def _has_hours(team: Team) -> bool:
    try:
        team.calendar.windows()
    except ValueError:
        return False
    return any(team.calendar.hours.values())
