"""Why promises were missed, over the verdicts of `promises`, and how that moves from week to week.

The cause of a miss is the confirmed one, or the suggested one until somebody has confirmed it. A
hand-over that was in time and incomplete is missing data by its nature. `UNSAID` is a miss that the
worker has not come to, or one of an imported past.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from handoff import statements
from leads.models import Miss

from .behind import Behind
from .promises import HALVES, NONE, Question, Verdict, condition_of, verdicts_of

UNSAID = "unsaid"
CAUSES = {**dict(Miss.Cause.choices), UNSAID: "Not explained"}

OF_SALES = """SELECT DISTINCT ON (c.handoff_id) c.handoff_id, m.cause
        FROM leads_miss m JOIN leads_clock c ON c.id = m.clock_id
        WHERE c.kind = 'first_touch' ORDER BY c.handoff_id, c.id DESC"""
OF_MARKETING = """SELECT DISTINCT ON (c.handoff_id) c.handoff_id, m.cause
        FROM leads_miss m JOIN leads_clock c ON c.id = m.clock_id
        WHERE c.kind = 'handover' ORDER BY c.handoff_id, c.id"""
"""What was said of each: of the last clock, and of the first."""

EXPLAINED = f"""
    SELECT r.*, coalesce(touch.cause, '{UNSAID}') AS sales_cause,
        coalesce(CASE WHEN r.late THEN handed.cause END,
            CASE WHEN r.incomplete THEN 'missing_data' END, '{UNSAID}') AS marketing_cause
    FROM ({{rows}}) r
    LEFT JOIN ({OF_SALES}) touch ON touch.handoff_id = r.id
    LEFT JOIN ({OF_MARKETING}) handed ON handed.handoff_id = r.id
    WHERE r.sales = 'missed' OR r.marketing = 'missed'"""
"""The rows that missed a half, and for each half the cause, were it missed."""

SAID = f"""
SELECT 'sales', touch.cause, false, count(*)
FROM ({{rows}}) r JOIN ({OF_SALES}) touch ON touch.handoff_id = r.id
WHERE r.sales = 'missed' GROUP BY touch.cause
UNION ALL
SELECT 'marketing', handed.cause, r.incomplete, count(*)
FROM ({{rows}}) r JOIN ({OF_MARKETING}) handed ON handed.handoff_id = r.id
WHERE r.late GROUP BY handed.cause, r.incomplete
UNION ALL
SELECT missed.half, NULL, missed.lacks, missed.n FROM (
    SELECT count(*) FILTER (WHERE sales = 'missed') AS sales,
        count(*) FILTER (WHERE late AND NOT incomplete) AS late,
        count(*) FILTER (WHERE incomplete) AS incomplete
    FROM ({{rows}}) r) counted
CROSS JOIN LATERAL (VALUES ('sales', false, sales), ('marketing', false, late),
    ('marketing', true, incomplete)) missed(half, lacks, n)"""
"""How many misses of each half were explained, by cause and whether something was missing, and
without a cause how many there are."""

BY = {
    "team": (
        *("r.team_id", f"coalesce(team.key, '{NONE}')"),
        "LEFT JOIN handoff_team team ON team.id = g.value",
    ),
    "source": ("nullif(r.source, '')", f"coalesce(g.value, '{NONE}')", ""),
    "week": (
        *("date_trunc('week', r.made_at, %s)", "to_char(g.value AT TIME ZONE %s, 'YYYY-MM-DD')"),
        "",
    ),
}
"""By what misses are told apart: of a row what it is, how an address names that, and where the name
stands."""
SPREAD = """
SELECT {key}, g.sales, g.marketing, g.n FROM (
    SELECT {value} AS value, CASE WHEN r.sales = 'missed' THEN sales_cause END AS sales,
        CASE WHEN r.marketing = 'missed' THEN marketing_cause END AS marketing, count(*) AS n
    FROM ({rows}) r GROUP BY 1, 2, 3) g {joined}
ORDER BY 1"""


def _explained(question: Question, *, at: dt.datetime) -> tuple[str, list[Any]]:
    """The statement that gives the misses with their causes, and its values."""
    rows, values = question.rows(at=at)
    return EXPLAINED.format(rows=rows), values


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
    rows, values = question.rows(at=at)
    by_half: dict[str, Counter[str]] = {half: Counter() for half in HALVES}
    for half, cause, lacks, count in statements.ask(SAID.format(rows=rows), values * 3):
        rest = Miss.Cause.MISSING_DATA.value if lacks else UNSAID
        by_half[half][cause or rest] += count
        if cause:
            by_half[half][rest] -= count
    sales, marketing = by_half["sales"], by_half["marketing"]
    found = [
        Why(cause, label, sales[cause], marketing[cause])
        for cause, label in CAUSES.items()
        if sales[cause] + marketing[cause]
    ]
    return sorted(found, key=lambda one: (one.cause == UNSAID, -one.all))


def behind(question: Question, half: str, cause: str, *, at: dt.datetime) -> Behind[Verdict]:
    """The hand-overs of which this half was missed for this cause, the newest first."""
    rows, values = _explained(question, at=at)
    missed = f"{condition_of(half, 'missed')} AND {half}_cause = %s"
    return verdicts_of(f"SELECT * FROM ({rows}) r WHERE {missed}", [*values, cause])


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
    value, key, joined = BY[by]
    zones = [zone, zone] if by == "week" else []
    text = SPREAD.format(key=key, value=value, rows=rows, joined=joined)
    found: dict[str, Counter[tuple[str, str]]] = {}
    for where, *missed, count in statements.ask(text, [*zones, *values]):
        counts = found.setdefault(where, Counter())
        for half, cause in zip(HALVES, missed, strict=True):
            if cause is not None:
                counts[half, cause] += count
    told = [Spread(where, counts) for where, counts in found.items()]
    return told if by == "week" else sorted(told, key=lambda one: -one.all)
