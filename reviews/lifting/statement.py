"""The statement that gathers a stretch of hand-overs: what held of each, and what became of it.

Of every lead its first hand-over of the first step counts, judged once more by the clauses studied,
on the facts that its own judgement saw and the touchpoints that had been told by then; see
docs/decisions/0048. Written for named places: study, low, high (lead ids, low excluded), since,
until, only, with_imported.
"""

from collections.abc import Sequence

from handoff.checklists import FIRST_STEP
from handoff.rules.definition import Definition
from handoff.rules.sql_text import indented, text
from leads.journey.judging import FACT_COLUMNS
from reviews.backtesting.statement import judged
from reviews.measures.answers import ANSWER, OUTCOME
from reviews.measures.lift.results import Clause

from .clauses import POINTS, SECTIONS

MOST = 32_000
"""What a count of hundredths has room for."""

PICKED = f"""SELECT h.* FROM (
    SELECT DISTINCT ON (h.lead_id) h.id, h.lead_id, h.judgement_id, h.version_id, h.made_at,
        h.historical, h.state, h.disposition, h.accepted_at, h.ended_at, h.outcome, h.outcome_at
    FROM leads_handoff h
    WHERE h.lead_id > %(low)s AND h.lead_id <= %(high)s AND h.step = '{FIRST_STEP}'
    ORDER BY h.lead_id, h.made_at, h.id
) h
WHERE h.made_at >= %(since)s AND h.made_at < %(until)s
    AND (%(with_imported)s OR NOT h.historical)
    AND (%(only)s::bigint IS NULL OR h.version_id = %(only)s)
    AND h.lead_id NOT IN (
        SELECT id FROM leads_lead
        WHERE id > %(low)s AND id <= %(high)s AND merged_into_id IS NOT NULL)"""

SEEN = (
    "SELECT j.lead_id AS id, j.id AS judgement_id, j.rule, j.as_of, j.judged_at, "
    + ", ".join(f'j."{name}"' for name in FACT_COLUMNS)
    + " FROM picked JOIN leads_judgement j ON j.id = picked.judgement_id"
    + " WHERE j.lead_id > %(low)s AND j.lead_id <= %(high)s"
)

BECAME = f"""SELECT h.lead_id, {ANSWER} AS answer, h.ended_at, h.made_at,
    coalesce(deal.outcome, own.stage, '') AS outcome,
    h.accepted_at, own.opened_at, coalesce(own.closed_at, h.outcome_at) AS closed_at
FROM picked h
LEFT JOIN LATERAL ({OUTCOME}) deal ON true
LEFT JOIN LATERAL (
    SELECT d.stage, d.opened_at, d.closed_at FROM leads_opportunity d
    WHERE d.lead_id = h.lead_id
        AND (d.opened_at IS NULL OR d.opened_at > h.made_at - interval '1 day')
    ORDER BY d.stage = 'won' DESC, d.stage = 'open' DESC, d.id LIMIT 1
) own ON true"""

OPEN = "b.answer IN ('waiting', 'returned') AND b.ended_at IS NULL AND NOT picked.historical"
"""Still to be answered. One of an imported past never will be: what its file tells is all."""

COLUMNS = {
    "study_id": "%(study)s",
    "lead_id": "picked.lead_id",
    "handoff_id": "picked.id",
    "made_at": "picked.made_at",
    "imported": "picked.historical",
    "rule": "seen.rule",
    "accepted": "CASE WHEN b.answer = 'accepted' THEN true"
    " WHEN b.answer IN ('rejected', 'no_response') THEN false END",
    "opportunity": f"CASE WHEN b.outcome <> '' THEN true WHEN {OPEN} THEN NULL ELSE false END",
    "won": "CASE WHEN b.outcome = 'won' THEN true WHEN b.outcome = 'lost' THEN false"
    f" WHEN b.outcome = 'open' OR {OPEN} THEN NULL ELSE false END",
    "accepted_days": "CASE WHEN b.answer = 'accepted' THEN {accepted_at} END",
    "opportunity_days": "CASE WHEN b.outcome <> '' THEN {opened_at} END",
    "won_days": "CASE WHEN b.outcome = 'won' THEN {closed_at} END",
}


def statement_of(clauses: Sequence[Clause], counting: Definition, whom: Sequence[str]) -> str:
    """The text for these clauses; `counting` and `whom` as `clauses.counting` makes them."""
    days = {
        name: f"greatest(extract(epoch FROM b.{name} - b.made_at) / 86400, 0)::float8"
        for name in ("accepted_at", "opened_at", "closed_at")
    }
    columns = {name: sql.format(**days) for name, sql in COLUMNS.items()}
    counts = ", ".join(_count(one, key) for one, key in zip(clauses, whom, strict=True))
    columns["counts"] = f"ARRAY[{counts}]::smallint[]"
    return (
        f"INSERT INTO reviews_liftlead ({', '.join(columns)})\n"
        f"WITH picked AS MATERIALIZED (\n{indented(PICKED)}\n),\n"
        f"seen AS MATERIALIZED (\n{indented(SEEN)}\n),\n"
        f"said AS MATERIALIZED (\n{indented(judged(counting, 'seen'))}\n),\n"
        f"became AS MATERIALIZED (\n{indented(BECAME)}\n)\n"
        f"SELECT {', '.join(columns.values())}\n"
        "FROM picked JOIN seen ON seen.id = picked.lead_id\n"
        "JOIN said ON said.id = picked.lead_id\n"
        "JOIN became b ON b.lead_id = picked.lead_id"
    )


def _count(clause: Clause, whom: str) -> str:
    """How often a clause counts, in hundredths; −1 where it is not for the lead."""
    part = f"(said.{SECTIONS[clause.section]} ->> {text(clause.key)})::float8"
    count = f"least(round(coalesce({part}, 0) * 100 / {POINTS}), {MOST})"
    if not whom:
        return count
    return f"CASE WHEN said.fit_parts ->> {text(whom)} IS NULL THEN -1 ELSE {count} END"
