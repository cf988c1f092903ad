"""Why promises were missed, over the verdicts of `promises`, and how that moves from week to week.

The cause of a miss is the confirmed one, or the suggested one until somebody has confirmed it. A
hand-over that was in time and incomplete is missing data by its nature. `UNSAID` is a miss that the
worker has not come to, or one of an imported past.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from handoff import statements
from leads.models import Miss

from .promises import HALVES, NONE, Question, Verdict, condition_of

UNSAID = "unsaid"
CAUSES = {**dict(Miss.Cause.choices), UNSAID: "Not explained"}

EXPLAINED = """
    SELECT r.*, coalesce(touch.cause, '{unsaid}') AS sales_cause,
        coalesce(CASE WHEN r.late THEN handed.cause END,
            CASE WHEN r.incomplete THEN 'missing_data' END, '{unsaid}') AS marketing_cause
    FROM ({rows}) r
    LEFT JOIN (SELECT DISTINCT ON (c.handoff_id) c.handoff_id, m.cause
        FROM leads_miss m JOIN leads_clock c ON c.id = m.clock_id
        WHERE c.kind = 'first_touch' ORDER BY c.handoff_id, c.id DESC
    ) touch ON touch.handoff_id = r.id
    LEFT JOIN (SELECT DISTINCT ON (c.handoff_id) c.handoff_id, m.cause
        FROM leads_miss m JOIN leads_clock c ON c.id = m.clock_id
        WHERE c.kind = 'handover' ORDER BY c.handoff_id, c.id
    ) handed ON handed.handoff_id = r.id
    WHERE r.sales = 'missed' OR r.marketing = 'missed'"""
"""The rows that missed a half, and for each half the cause, were it missed."""

WHERE = {
    "team": f"coalesce((SELECT t.key FROM handoff_team t WHERE t.id = r.team_id), '{NONE}')",
    "source": f"coalesce(nullif(r.source, ''), '{NONE}')",
    "week": "to_char(date_trunc('week', r.made_at, {zone}) AT TIME ZONE {zone}, 'YYYY-MM-DD')",
}


def _explained(question: Question, *, at: dt.datetime) -> tuple[str, list[Any]]:
    """The statement that gives the misses with their causes, and its values."""
    rows, values = question.rows(at=at)
    return EXPLAINED.format(rows=rows, unsaid=UNSAID), values


@dataclass(frozen=True)
class Why:
    """One cause: how many misses of each half it explains."""

    cause: str
    label: str
    sales: int
    marketing: int

    @property
    def all(self) -> int:
        return self.sales + self.marketing


def why(question: Question, *, at: dt.datetime) -> list[Why]:
    """Every cause with the misses it explains, most first; those of none are left out."""
    rows, values = _explained(question, at=at)
    parts = " UNION ALL ".join(
        f"SELECT '{half}', {half}_cause, count(*) FROM r WHERE {half} = 'missed' GROUP BY 2"
        for half in HALVES
    )
    counted: dict[str, dict[str, int]] = {}
    for half, cause, count in statements.fetch(f"WITH r AS MATERIALIZED ({rows}) {parts}", values):
        counted.setdefault(cause, {})[half] = count
    found = [
        Why(cause, label, counted[cause].get("sales", 0), counted[cause].get("marketing", 0))
        for cause, label in CAUSES.items()
        if cause in counted
    ]
    return sorted(found, key=lambda one: (one.cause == UNSAID, -one.all))


def behind(question: Question, half: str, cause: str, *, at: dt.datetime) -> list[Verdict]:
    """The hand-overs of which this half was missed for this cause, the newest first."""
    rows, values = _explained(question, at=at)
    missed = f"{condition_of(half, 'missed')} AND {half}_cause = %s"
    text = (
        "SELECT r.id, r.sales, r.marketing, r.late, r.incomplete, r.to_touch"
        f" FROM ({rows}) r WHERE {missed} ORDER BY r.made_at DESC, r.id DESC"
    )
    return [Verdict(*row) for row in statements.fetch(text, [*values, cause])]


@dataclass(frozen=True)
class Spread:
    """How often each cause explained a miss of each half for one team, source or week; `key` is how
    an address names it."""

    key: str
    counts: dict[tuple[str, str], int]

    @property
    def all(self) -> int:
        return sum(self.counts.values())

    @property
    def cells(self) -> list[tuple[str, int, int]]:
        """Each cause with the misses it explains: of sales, of marketing."""
        return [
            (cause, self.counts.get(("sales", cause), 0), self.counts.get(("marketing", cause), 0))
            for cause in CAUSES
        ]


def spread(question: Question, by: str, *, at: dt.datetime, zone: str) -> list[Spread]:
    """The causes of the misses of both halves by team, source or week; weeks in order, others with
    most misses first."""
    rows, values = _explained(question, at=at)
    key = WHERE[by].format(zone="%s")
    zones = [zone, zone] if by == "week" else []
    parts = " UNION ALL ".join(
        f"SELECT {key} AS key, '{half}', {half}_cause, count(*)::int FROM r"
        f" WHERE {half} = 'missed' GROUP BY 1, 3"
        for half in HALVES
    )
    text = f"WITH r AS MATERIALIZED ({rows}) {parts} ORDER BY 1"
    found: dict[str, dict[tuple[str, str], int]] = {}
    for where, half, cause, count in statements.fetch(text, [*values, *zones, *zones]):
        found.setdefault(where, {})[half, cause] = count
    told = [Spread(where, counts) for where, counts in found.items()]
    return told if by == "week" else sorted(told, key=lambda one: -one.all)
