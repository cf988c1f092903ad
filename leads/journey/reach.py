"""How many of the last 90 days' leads each row of a definition holds for, and what they said.

The leads are those seen in that time; each is asked about as its latest judgement saw it: on the
facts it saw, and what the lead had done, and Handoff been told, by then. Nothing is written.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection

from handoff.models import DefinitionVersion
from handoff.rules.compile import Compiled, compile_definition
from handoff.rules.reach import (
    COUNTED,
    doubtful_fields,
    held_sql,
    ordered_rows,
    reach_sql,
    readable,
    rows_of,
)

from .law import folding

DAYS = 90
MOST = 20_000
"""Of more leads than this, a sample is asked."""

DRAWN = 10_000
"""How many leads a sample has: each share is then within one point, 19 times of 20."""

LISTED = 200
HOUR = 3600

LEADS = """
recent AS MATERIALIZED (
    SELECT l.id, l.judgement_id FROM leads_lead l
    WHERE l.last_seen_at >= %s AND l.judgement_id IS NOT NULL AND l.merged_into_id IS NULL
),
drawn AS MATERIALIZED (
    SELECT id, judgement_id FROM recent ORDER BY hashint8extended(id, 0)
    LIMIT (SELECT CASE WHEN count(*) > %s THEN %s END FROM recent)
)"""
"""The leads that are asked about; places: since when, `MOST` and `DRAWN`. The order by a digest of
the id draws the same leads each time."""

TOUCHES = """SELECT facts.id, done.signal, done.occurred_at FROM facts CROSS JOIN LATERAL (
    SELECT t.signal, t.occurred_at FROM leads_touchpoint t
    WHERE t.lead_id = facts.id AND t.recorded_at <= facts.judged_at OFFSET 0
) done"""

Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Reach:
    """Counts among `leads`, of the `of` there are (more where a sample was drawn).

    `holds` and `first` by (section, key); `first`: leads for which the row is the first that holds,
    where order matters. Routing counts among `handed`. `unknown` by field.
    """

    of: int
    leads: int
    handed: int
    complete: int
    holds: Counts
    first: Counts
    unknown: Mapping[str, int]

    @property
    def is_sample(self) -> bool:
        return self.leads < self.of

    def among(self, section: str) -> int:
        """Among how many leads a section's rows are counted."""
        return self.handed if section == "route" else self.leads


def reach_of(version: DefinitionVersion, *, at: dt.datetime) -> Reach | None:
    """The reach of every row that can be read, kept for the hour; None where none can."""
    key = f"reach:{version.pk}:{version.revision}:{at:%Y%m%d%H}"
    found: Reach | None = cache.get(key)
    if found is None:
        found = reach_of_document(version.document(), at=at)
        cache.set(key, found, HOUR)
    return found


def reach_of_document(document: Mapping[str, Any], *, at: dt.datetime) -> Reach | None:
    """As `reach_of`, of a document that need not be stored."""
    part = readable(document)
    if part is None:
        return None
    definition = part.definition
    compiled = compile_definition(definition, folding=folding())
    counted = reach_sql(compiled, facts="SELECT * FROM facts", touches=TOUCHES)
    sql = (
        f"WITH {LEADS},\n{_facts(compiled)},\ncounted AS (\n{counted}\n)\n"
        "SELECT (SELECT count(*) FROM recent), counted.* FROM counted"
    )
    ((of, *figures),) = _fetch(sql, [at - dt.timedelta(days=DAYS), MOST, DRAWN])
    said = dict(zip(COUNTED, figures, strict=True))
    first = dict(zip(ordered_rows(definition), said["first"], strict=True))
    return Reach(
        of=of,
        leads=said["leads"],
        handed=said["handed"],
        complete=said["complete"],
        holds=dict(zip(rows_of(definition), said["holds"], strict=True)),
        first={row: count for row, count in first.items() if row[0] not in part.torn},
        unknown=dict(zip(doubtful_fields(compiled), said["unknown"], strict=True)),
    )


def leads_held(
    version: DefinitionVersion, section: str, key: str, *, at: dt.datetime
) -> list[int] | None:
    """The ids of the newest `LISTED` leads for which a row holds; None where there is no such row,
    or it cannot be read."""
    part = readable(version.document())
    if part is None or (section, key) not in rows_of(part.definition):
        return None
    compiled = compile_definition(part.definition, folding=folding())
    held = held_sql(compiled, section, key, facts="SELECT * FROM facts", touches=TOUCHES)
    sql = (
        f"WITH {LEADS},\n{_facts(compiled)},\nheld AS (\n{held}\n)\n"
        f"SELECT id FROM held ORDER BY id DESC LIMIT {LISTED}"
    )
    return [row[0] for row in _fetch(sql, [at - dt.timedelta(days=DAYS), MOST, DRAWN])]


def _facts(compiled: Compiled) -> str:
    names = dict.fromkeys([*compiled.fact_columns, "owned", "open_opportunity"])
    columns = ", ".join(f'j."{name}"' for name in names)
    return (
        f"facts AS MATERIALIZED (\n    SELECT j.lead_id AS id, j.as_of, j.judged_at, {columns}\n"
        "    FROM drawn JOIN leads_judgement j ON j.id = drawn.judgement_id\n)"
    )


def _fetch(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """A draft's statement is asked once, so it is not prepared."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
