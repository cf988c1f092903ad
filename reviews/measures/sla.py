"""Both halves of the agreement: how many promises were kept, by whom, and how long it took.

The verdicts are those of `promises`. A share is kept ÷ (kept + missed). Times are by the clock on
the wall, nights and weekends included: first touch less hand-over, hand-over less trigger.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from handoff import statements

from .intervals import Difference, Share, difference, share
from .promises import NONE, Question

WEEKS = 12
"""So many weeks a trend shows, the last of them unfinished perhaps."""

DIMENSIONS = ("tier", "team", "rep", "source", "version")

COUNTED = """
WITH told AS MATERIALIZED (
    SELECT tier, team_id, owner_id, source, version_id, sales, marketing, late, incomplete,
        to_touch, to_hand_over, CASE WHEN made_at >= %s AND made_at < %s THEN 'now'
            WHEN made_at >= %s AND made_at < %s THEN 'before' END AS side,
        width_bucket(made_at, %s::timestamptz[]) AS week
    FROM ({rows}) r),
counted AS (
    SELECT CASE WHEN grouping(tier) = 0 THEN 'tier' WHEN grouping(team_id) = 0 THEN 'team'
            WHEN grouping(owner_id) = 0 THEN 'rep' WHEN grouping(source) = 0 THEN 'source'
            WHEN grouping(version_id) = 0 THEN 'version' ELSE 'all' END AS dimension,
        tier, team_id, owner_id, source, version_id, {figures},
        percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY to_touch) AS touched,
        percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY to_hand_over) AS handed
    FROM told WHERE side = 'now'
    GROUP BY GROUPING SETS ((), (tier), (team_id), (owner_id), (source), (version_id)))
SELECT g.dimension, 'now',
    coalesce(g.tier, g.source, team.key, person.email, version.number::text, ''),
    coalesce(team.name, nullif(person.name, ''), ''), {names}, g.touched, g.handed
FROM counted g
LEFT JOIN handoff_team team ON team.id = g.team_id
LEFT JOIN handoff_user person ON person.id = g.owner_id
LEFT JOIN handoff_definitionversion version ON version.id = g.version_id
UNION ALL
SELECT 'all', 'before', '', '', {figures}, NULL, NULL FROM told WHERE side = 'before'
UNION ALL
SELECT 'week', 'now', week::text, '', {figures}, NULL, NULL FROM told WHERE week > 0 GROUP BY week
ORDER BY 1, 2, 3"""
"""The time before is told by its counts alone; a week by its place among those of the trend."""

FIGURES = {
    "sales_kept": "sales = 'kept'",
    "sales_missed": "sales = 'missed'",
    "sales_open": "sales = 'open'",
    "marketing_kept": "marketing = 'kept'",
    "marketing_missed": "marketing = 'missed'",
    "late": "late",
    "incomplete": "incomplete",
}
STATEMENT_PARTS = {
    "figures": ", ".join(
        f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in FIGURES.items()
    ),
    "names": ", ".join(f"g.{name}" for name in FIGURES),
}


@dataclass(frozen=True)
class Half:
    """One side's half for some hand-overs: how many it kept and missed, how many are open yet, and
    within how many seconds half of what came had come, and nine in ten."""

    kept: int = 0
    missed: int = 0
    open: int = 0
    median: float | None = None
    ninth: float | None = None

    @cached_property
    def share(self) -> Share:
        return share(self.kept, self.counted)

    @property
    def counted(self) -> int:
        return self.kept + self.missed


@dataclass(frozen=True)
class Row:
    """Both halves for one tier, team, owner, source, version or week; `key` is how an address names
    it. `late` and `incomplete`: why marketing missed its half, perhaps both of one."""

    key: str = ""
    label: str = ""
    sales: Half = Half()
    marketing: Half = Half()
    late: int = 0
    incomplete: int = 0

    @property
    def handed(self) -> int:
        """How many hand-overs there were."""
        return self.marketing.counted

    @property
    def is_none(self) -> bool:
        return self.key == NONE


@dataclass(frozen=True)
class Figures:
    """Everything that is counted of a question, each row list with most hand-overs first. `before`
    is of the time just before, of the same length; the weeks are in order, none left out."""

    all: Row
    before: Row
    weeks: tuple[Row, ...]
    by: dict[str, tuple[Row, ...]]

    @property
    def sales_moved(self) -> Difference | None:
        return difference(self.before.sales.share, self.all.sales.share)

    @property
    def marketing_moved(self) -> Difference | None:
        return difference(self.before.marketing.share, self.all.marketing.share)


def figures(question: Question, *, at: dt.datetime, zone: str) -> Figures:
    """All figures in one statement; weeks begin on Monday in `zone`."""
    mondays = weeks_of(question, zone=zone)
    whole = question.within(min(mondays[0], question.before.since), question.until)
    rows, values = whole.rows(at=at)
    before = question.before
    params = [question.since, question.until, before.since, before.until, mondays]
    sql = COUNTED.format(rows=rows, **STATEMENT_PARTS)
    found: dict[tuple[str, str], list[Row]] = {}
    for dimension, side, *columns in statements.fetch(sql, [*params, *values]):
        found.setdefault((dimension, side), []).append(_row(columns))
    weeks = {row.key: row for row in found.get(("week", "now"), ())}
    return Figures(
        all=found.get(("all", "now"), [Row()])[0],
        before=found.get(("all", "before"), [Row()])[0],
        weeks=tuple(
            replace(weeks.get(str(place), Row()), key=f"{monday:%Y-%m-%d}")
            for place, monday in enumerate(mondays, 1)
        ),
        by={
            one: tuple(sorted(found.get((one, "now"), ()), key=lambda row: -row.handed))
            for one in DIMENSIONS
        },
    )


def weeks_of(question: Question, *, zone: str) -> list[dt.datetime]:
    """The Mondays of the weeks that a trend shows, the last the week in which the question ends."""
    last = (question.until - dt.timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    monday = last.date() - dt.timedelta(days=last.weekday())
    days = [monday - dt.timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    return [dt.datetime.combine(day, dt.time(), ZoneInfo(zone)) for day in days]


def _row(columns: Sequence[Any]) -> Row:
    key, label, s_kept, s_missed, s_open, m_kept, m_missed, late, incomplete, touched, handed = (
        columns
    )
    return Row(
        key=key or NONE,
        label=label,
        sales=Half(s_kept, s_missed, s_open, *(touched or (None, None))),
        marketing=Half(m_kept, m_missed, 0, *(handed or (None, None))),
        late=late,
        incomplete=incomplete,
    )
