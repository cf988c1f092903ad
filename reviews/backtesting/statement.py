"""The statement that judges a stretch of leads again and keeps what came out.

Per lead one judgement is taken, on its own facts and as of its own moment; see
docs/decisions/0023. Written for named places: backtest, low, high (lead ids, low excluded), since,
until, now.
"""

import functools
from collections.abc import Iterable, Sequence

from handoff import segments
from handoff.rules.compile import compile_definition
from handoff.rules.definition import Definition, RouteRule
from handoff.rules.judge import OWNED_BY
from handoff.rules.sql_text import indented, text
from leads.journey.judging import FACT_COLUMNS
from leads.journey.law import folding
from reviews.measures.answers import ANSWER, OUTCOME
from reviews.measures.past import IMPORTED, TOLD

KNOWN_THEN = """SELECT t.lead_id AS id, t.signal, t.occurred_at
FROM leads_touchpoint t JOIN {{facts}} AS knew ON knew.id = t.lead_id
WHERE {leads} AND t.recorded_at <= knew.judged_at"""
"""Touchpoints that had been told when the judgements of a relation were made."""

TOUCHES = KNOWN_THEN.format(leads="t.lead_id > %(low)s AND t.lead_id <= %(high)s")
GIVEN_TOUCHES = KNOWN_THEN.format(leads="t.lead_id = ANY(%(leads)s)")
WHOLE_JOINS = "SET LOCAL enable_nestloop = off"
"""Said before a statement over thousands of leads. When they came in a moment ago, the database's
statistics do not know them: it would expect one, and compare every lead with every other. What is
looked up lead by lead, being lateral, is not concerned."""

SAID = ("status", "rule", "tier", "fit", "intent")

SEEN = """SELECT DISTINCT ON (j.lead_id) j.lead_id AS id, j.as_of, j.judged_at,
    j.id AS judgement_id, j.version_id, j.status AS was_status, j.rule AS was_rule,
    j.tier AS was_tier, j.fit AS was_fit, j.intent AS was_intent, j.routes AS was_routes,
    {imported} AS imported, {facts}
FROM leads_judgement j
LEFT JOIN (
    SELECT id, judgement_id, historical FROM leads_handoff
    WHERE lead_id > %(low)s AND lead_id <= %(high)s AND step = 'sdr'
) quoting ON quoting.judgement_id = j.id
LEFT JOIN ({told}) told ON told.lead_id = j.lead_id
WHERE j.lead_id > %(low)s AND j.lead_id <= %(high)s
    AND j.as_of >= %(since)s AND j.as_of < %(until)s
    AND j.lead_id NOT IN (
        SELECT id FROM leads_lead
        WHERE id > %(low)s AND id <= %(high)s AND merged_into_id IS NOT NULL)
ORDER BY j.lead_id, quoting.id NULLS LAST, j.as_of, j.id"""
"""The judgement that decided: what the lead's first hand-over quotes, else its first."""


FOLLOWED = f"""SELECT h.lead_id, h.id, replace({ANSWER}, 'returned', 'waiting') AS answer,
    CASE WHEN h.state = 'rejected' THEN reason.key END AS reason, deal.outcome
FROM (
    SELECT DISTINCT ON (h.lead_id)
        h.lead_id, h.id, h.state, h.disposition, h.accepted_at, h.reason_id, h.outcome
    FROM leads_handoff h
    JOIN seen ON seen.id = h.lead_id
    WHERE h.lead_id > %(low)s AND h.lead_id <= %(high)s AND h.step = 'sdr'
        AND (h.judgement_id = seen.judgement_id OR h.made_at >= seen.as_of)
    ORDER BY h.lead_id, (h.judgement_id = seen.judgement_id) DESC, h.made_at, h.id
) h
LEFT JOIN handoff_reason reason ON reason.id = h.reason_id
LEFT JOIN LATERAL ({OUTCOME}) deal ON true"""
"""The hand-over that the judgement led to, or the first one after it. What was returned to
marketing waits, as everything without an answer."""

DEALS = """SELECT DISTINCT ON (d.lead_id) d.lead_id, d.stage
FROM leads_opportunity d JOIN seen ON seen.id = d.lead_id
WHERE d.lead_id > %(low)s AND d.lead_id <= %(high)s
    AND (d.opened_at IS NULL OR d.opened_at > seen.as_of - interval '1 day')
ORDER BY d.lead_id, d.stage = 'won' DESC, d.stage = 'open' DESC"""
"""The best deal after it, for leads of which no hand-over tells an outcome."""

Routes = tuple[tuple[str, str, str], ...]
"""Routing rules as (key, kind, whom), in order."""


def statement_of(
    draft: Definition,
    *,
    base: Definition | None,
    then: Iterable[tuple[int, Sequence[RouteRule]]],
    segment: Definition | None,
    with_imported: bool = True,
) -> str:
    """The text for these definitions. `then`: the routing rules of every version that may have
    judged; they say where a lead went. `segment`: of whom its rule
    `segments.INSIDE` decides; None: everybody. Without `with_imported`, only those whose
    judgement was made as they came in."""
    parts = _seen(segment, with_imported)
    parts.append(f"would AS (\n{indented(judged(draft, 'seen'))}\n)")
    if base is not None:
        parts.append(f"was AS (\n{indented(judged(base, 'seen'))}\n)")
    parts += [f"followed AS (\n{FOLLOWED}\n)", f"deals AS (\n{DEALS}\n)"]
    columns = _columns(draft, base, then)
    was = "FULL JOIN was ON was.id = seen.id" if base is not None else ""
    return (
        f"INSERT INTO reviews_backtestlead ({', '.join(columns)})\n"
        f"WITH {', '.join(parts)}\n"
        f"SELECT {', '.join(columns.values())}\n"
        f"FROM seen FULL JOIN would ON would.id = seen.id {was}\n"
        "LEFT JOIN followed ON followed.lead_id = seen.id\n"
        "LEFT JOIN deals ON deals.lead_id = seen.id"
    )


def _seen(segment: Definition | None, with_imported: bool) -> list[str]:
    """The relation `seen`: whose judgements are judged again, and what it is made of."""
    facts = indented(seen_sql())
    if not with_imported:
        facts = f"SELECT * FROM (\n{facts}\n) AS known WHERE NOT known.imported"
    if segment is None:
        return [f"seen AS MATERIALIZED (\n{facts}\n)"]
    return [
        f"everybody AS MATERIALIZED (\n{facts}\n)",
        f"inside AS MATERIALIZED (\n{indented(judged(segment, 'everybody'))}\n)",
        "seen AS MATERIALIZED (SELECT everybody.* FROM everybody"
        f" JOIN inside ON inside.id = everybody.id WHERE inside.rule = '{segments.INSIDE}')",
    ]


def seen_sql() -> str:
    """The facts of each lead of a stretch, as the judgement that decided saw them."""
    return SEEN.format(
        facts=", ".join(f'j."{name}"' for name in FACT_COLUMNS),
        imported=IMPORTED,
        told=TOLD.format(leads="lead_id > %(low)s AND lead_id <= %(high)s"),
    )


def judged(definition: Definition, facts: str, touches: str = TOUCHES) -> str:
    """What a definition says of the rows of a relation of facts, on what was known then."""
    compiled = compile_definition(definition, folding=folding())
    return compiled.sql(facts=f"SELECT * FROM {facts}", touches=touches.format(facts=facts))


def _columns(
    draft: Definition,
    base: Definition | None,
    then: Iterable[tuple[int, Sequence[RouteRule]]],
) -> dict[str, str]:
    """What is written, and from where."""
    columns = {
        "backtest_id": "%(backtest)s",
        "lead_id": "seen.id",
        "judgement_id": "seen.judgement_id",
        "handoff_id": "followed.id",
        "as_of": "seen.as_of",
        "imported": "seen.imported",
        "source": "seen.source",
    }
    if base is None:
        columns |= {f"was_{name}": f"seen.was_{name}" for name in SAID}
        columns |= _taken("was", then, "seen.was_routes")
    else:
        columns |= {f"was_{name}": f"was.{name}" for name in SAID}
        columns |= _taken("was", [(0, base.route)], "was.routes")
    columns |= {f"would_{name}": f"would.{name}" for name in SAID}
    columns |= _taken("would", [(0, draft.route)], "would.routes")
    return columns | {
        "answer": "coalesce(followed.answer, '')",
        "reason": "coalesce(followed.reason, '')",
        "outcome": "coalesce(followed.outcome, deals.stage, '')",
    }


def _taken(
    prefix: str, routes: Iterable[tuple[int, Sequence[RouteRule]]], held: str
) -> dict[str, str]:
    """The route that takes a lead, and its team: as `handoff.rules.judge.taker` finds them."""
    by_table: dict[Routes, list[int]] = {}
    for version_id, rules in routes:
        table = tuple((rule.key, rule.to_kind, rule.to_key) for rule in rules)
        by_table.setdefault(table, []).append(version_id)
    return {
        f"{prefix}_route": _by_version(by_table, held, 0),
        f"{prefix}_team": _by_version(by_table, held, 1),
    }


def _by_version(by_table: dict[Routes, list[int]], held: str, answer: int) -> str:
    cases = [_first_taker(table, held, answer) for table in by_table]
    if len(cases) <= 1:
        return cases[0] if cases else "NULL"
    whens = " ".join(
        f"WHEN seen.version_id IN ({', '.join(map(str, ids))}) THEN {case}"
        for ids, case in zip(by_table.values(), cases, strict=True)
    )
    return f"CASE {whens} END"


@functools.lru_cache(maxsize=256)
def _first_taker(table: Routes, held: str, answer: int) -> str:
    whens = []
    for key, kind, whom in table:
        exists = f" AND seen.{OWNED_BY[whom]}" if kind == "owner_of" else ""
        team = "NULL" if kind == "owner_of" else text(whom)
        whens.append(f"WHEN {text(key)} = ANY({held}){exists} THEN {(text(key), team)[answer]}")
    return f"CASE {' '.join(whens)} END" if whens else "NULL"


GIVEN_FACTS = (
    "SELECT j.lead_id AS id, j.as_of, j.judged_at, "
    + ", ".join(f'j."{name}"' for name in FACT_COLUMNS)
    + " FROM leads_judgement j WHERE j.id = ANY(%(judgements)s)"
)
"""The facts of judgements named one by one: at most one of each lead."""
