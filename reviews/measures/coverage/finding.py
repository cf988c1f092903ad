"""What a finding is, and the hand-overs it is counted over. SQL.

Every count and the list behind it are read with one condition, so that they agree.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from handoff import statements
from handoff.checklists import FIRST_STEP
from handoff.models import SEERS, Team, User

DAYS = (30, 60, 90)
USUAL = 90

AREAS = {
    "left": "Leads of people who left",
    "queues": "Leads nobody looks at",
    "segments": "Segments nobody serves",
    "capacity": "Teams over capacity",
    "hours": "Hours nobody works",
    "default": "What fell to the last rule",
    "rules": "Rules nobody reaches",
}
"""What is looked into, what presses most first."""

CAME = f"""
SELECT h.id, h.lead_id, h.made_at, h.opened_at, h.team_id, h.tier, h.route, h.fault, h.version_id,
    j.country, j.region, j.language, j.product_interest, j.motion, j.missing, k.timezone
FROM leads_handoff h JOIN leads_judgement j ON j.id = h.judgement_id
LEFT JOIN handoff_team t ON t.id = h.team_id LEFT JOIN handoff_calendar k ON k.id = t.calendar_id
WHERE h.step = '{FIRST_STEP}' AND (h.previous_id IS NULL OR h.reentry)
    AND h.made_at >= %s AND h.made_at < %s AND (%s OR NOT h.historical)
    AND (%s OR h.team_id = ANY(%s))"""
"""The first hand-overs of a time: whether with the imported past, and of which teams."""

OPEN = """
SELECT h.id, h.lead_id, h.made_at, h.assigned_at, h.opened_at, h.state, h.team_id, h.owner_id
FROM leads_handoff h
WHERE h.ended_at IS NULL AND NOT h.historical AND (%s OR h.team_id = ANY(%s))"""
"""What is open now, of which teams."""


@dataclass(frozen=True)
class Behind:
    """The hand-overs a finding counts: those rows `c` of a relation for which a condition holds."""

    rows: str
    values: tuple[Any, ...]
    condition: str
    given: tuple[Any, ...] = ()

    def counted(self, columns: str, ending: str = "") -> list[tuple[Any, ...]]:
        """Columns of those rows, with whatever follows the condition."""
        sql = f"SELECT {columns} FROM ({self.rows}) c WHERE {self.condition} {ending}"
        return statements.fetch(sql, [*self.values, *self.given])

    def ids(self) -> list[int]:
        """Their primary keys, the newest first."""
        return [pk for (pk,) in self.counted("c.id", "ORDER BY c.made_at DESC, c.id DESC")]


@dataclass(frozen=True)
class Span:
    """The days that are looked into, until `at`, and for whom: those who see everybody's leads, or
    a person for the teams they are in or answer for."""

    at: dt.datetime
    viewer: User
    days: int = USUAL
    with_past: bool = False

    @property
    def since(self) -> dt.datetime:
        return self.at - dt.timedelta(days=self.days)

    @cached_property
    def sees_all(self) -> bool:
        return self.viewer.has_role(*SEERS)

    @cached_property
    def teams(self) -> dict[int, Team]:
        """The teams that are looked into, by primary key."""
        rows = Team.objects.visible_to(self.viewer).select_related("calendar", "responsible")
        return {team.pk: team for team in rows}

    @property
    def came(self) -> tuple[str, tuple[Any, ...]]:
        """The relation of what came, and its values."""
        whose = (self.sees_all, list(self.teams))
        return CAME, (self.since, self.at, self.with_past, *whose)

    @property
    def open(self) -> tuple[str, tuple[Any, ...]]:
        """The relation of what is open now, and its values."""
        return OPEN, (self.sees_all, list(self.teams))

    def counted(self, columns: str, ending: str = "", *given: Any) -> list[tuple[Any, ...]]:
        """Columns of what came, with whatever follows the relation `c`, and its values."""
        rows, values = self.came
        return statements.fetch(f"SELECT {columns} FROM ({rows}) c {ending}", [*values, *given])

    def of_came(self, condition: str, *given: Any) -> Behind:
        return Behind(*self.came, condition, given)

    def of_open(self, condition: str, *given: Any) -> Behind:
        return Behind(*self.open, condition, given)


@dataclass(frozen=True)
class Finding:
    """One hole, in a sentence. `key` names it in addresses and for good: a mark that it is known is
    kept by it. `count`: of how many leads it tells, `since` when; `href`: where it is mended."""

    key: str
    area: str
    says: str
    count: int
    since: dt.datetime | None = None
    team: Team | None = None
    href: str = ""
    action: str = ""
    behind: Behind | None = None
