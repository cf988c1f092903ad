"""Judging: score, explain and decide leads by the law, as of a moment, in one statement.

The rules are compiled by `handoff.rules`; this module gives them the facts of stored leads and
keeps what they said, with the facts they saw.
"""

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff import statements
from handoff.rules import HANDED_OVER
from leads.models import Facts, Judgement

from .law import Law
from .law import law as law_by_id
from .serving import Wanted

FACT_COLUMNS = tuple(field.name for field in Facts._meta.get_fields())

OPEN_THEN = """(deal.opened_at IS NULL OR deal.opened_at <= asked.as_of)
                AND (deal.stage = 'open' OR deal.closed_at > asked.as_of)"""
"""Whether a deal was open as of the moment asked of; one without a day of opening always was."""

STORED = {
    "industry": "coalesce(nullif(l.industry, ''), nullif(a.industry, ''))",
    "country": "coalesce(nullif(l.country, ''), nullif(a.country, ''))",
    "company": "coalesce(nullif(l.company, ''), nullif(a.name, ''))",
    "employees": "coalesce(l.employees, a.employees)",
    "revenue": "l.revenue",
    "consent": "l.consent",
    "free_mail": "l.free_mail",
    "customer": "coalesce(a.customer, false)",
    "target": "coalesce(a.target, false)",
    "competitor": "coalesce(a.competitor, false)",
    "owned": "coalesce(o.is_active, false)",
    "open_opportunity": f"""(
        EXISTS (SELECT 1 FROM leads_opportunity deal
                WHERE deal.account_id = l.account_id AND {OPEN_THEN})
        OR EXISTS (SELECT 1 FROM leads_opportunity deal
                   WHERE deal.lead_id = l.id AND {OPEN_THEN}))""",
    "duplicate": """(
        (l.phone <> '' AND EXISTS (
            SELECT 1 FROM leads_lead other WHERE other.phone = l.phone AND other.phone <> ''
            AND other.id <> l.id AND other.merged_into_id IS NULL
            AND other.email IS DISTINCT FROM l.email AND other.first_seen_at <= asked.as_of))
        OR (l.person_key IS NOT NULL AND EXISTS (
            SELECT 1 FROM leads_lead other WHERE other.person_key = l.person_key
            AND other.id <> l.id AND other.merged_into_id IS NULL
            AND other.email IS DISTINCT FROM l.email AND other.first_seen_at <= asked.as_of)))""",
    "reentry": """EXISTS (SELECT 1 FROM leads_handoff past
        WHERE past.lead_id = l.id AND past.ended_at <= asked.as_of)""",
    "submissions": """(SELECT count(*)::float8 FROM leads_submission s
        WHERE s.lead_id = l.id AND s.occurred_at <= asked.as_of)""",
}
"""Where a fact is more than the lead's own column; an empty text is an unknown."""


def facts_of(asked: str) -> str:
    """The query of facts as they stand of the leads of a relation of `id` and `as_of`."""
    columns = ", ".join(
        STORED.get(name, f"nullif(l.{name}, '')") + f' AS "{name}"' for name in FACT_COLUMNS
    )
    return f"""SELECT l.id, asked.as_of, {columns}
    FROM {asked} AS asked(id, as_of)
    JOIN leads_lead l ON l.id = asked.id
    LEFT JOIN leads_account a ON a.id = l.account_id
    LEFT JOIN handoff_user o ON o.id = a.owner_id"""


FACTS = facts_of("unnest(%s::bigint[], %s::timestamptz[])")

TOUCHES = "SELECT lead_id AS id, signal, occurred_at FROM leads_touchpoint"

WANTED = ("language", "country", "region", "product_interest")
"""Facts that decide who serves a lead, beside its motion."""

VERDICT = (
    "fit",
    "fit_parts",
    "intent",
    "intent_parts",
    "motion",
    "missing",
    "status",
    "rule",
    "tier",
    "reason",
    "track",
    "approve",
    "routes",
)


@dataclass(frozen=True)
class Ask:
    """Which lead to judge, and as of when."""

    lead_id: int
    as_of: dt.datetime


@dataclass(frozen=True)
class Judged:
    """What the law said about one lead. `routes`: keys of the routing rules that held, in order;
    `stood`: the lead's status before."""

    lead_id: int
    judgement_id: int
    as_of: dt.datetime
    law: Law = field(repr=False)
    fit: float
    fit_parts: dict[str, float]
    intent: float
    intent_parts: dict[str, float]
    motion: str | None
    missing: tuple[str, ...]
    status: str
    rule: str
    tier: str | None
    reason: str | None
    track: str | None
    approve: bool
    routes: tuple[str, ...]
    stood: str = ""
    wanted: Wanted = Wanted()

    @property
    def is_handed_over(self) -> bool:
        return self.status in HANDED_OVER


@functools.lru_cache(maxsize=64)
def statement_of(version_id: int) -> str:
    """The text that judges stored leads by a version and keeps the outcome.

    Places: lead ids, moments, version, time of judging, whether unchanged outcomes are kept too.
    """
    judge = law_by_id(version_id).compiled.sql(facts="SELECT * FROM facts", touches=TOUCHES)
    facts = ", ".join(f'"{name}"' for name in FACT_COLUMNS)
    given = ", ".join(f'facts."{name}"' for name in FACT_COLUMNS)
    verdict, said = ", ".join(VERDICT), ", ".join(f"said.{name}" for name in VERDICT)
    old = ", ".join(f'last."{name}"' for name in FACT_COLUMNS)
    return f"""
    WITH facts AS MATERIALIZED ({FACTS}),
    said AS MATERIALIZED ({judge}),
    written AS (
        INSERT INTO leads_judgement (lead_id, version_id, as_of, judged_at, {verdict}, {facts})
        SELECT said.id, %s, said.as_of, coalesce(%s, said.as_of), {said}, {given}
        FROM said JOIN facts ON facts.id = said.id
        JOIN leads_lead lead ON lead.id = said.id
        LEFT JOIN leads_judgement last ON last.id = lead.judgement_id
        WHERE %s OR last.id IS NULL
            OR (said.status, said.rule, said.tier) IS DISTINCT FROM
               (last.status, last.rule, last.tier)
            OR ({given}) IS DISTINCT FROM ({old})
        RETURNING id, lead_id, as_of, {verdict}, {", ".join(WANTED)}
    ),
    marked AS (
        UPDATE leads_lead SET judgement_id = written.id, status = written.status
        FROM written WHERE leads_lead.id = written.lead_id
    )
    SELECT written.*, lead.status FROM written JOIN leads_lead lead ON lead.id = written.lead_id"""


def judge(
    asks: Sequence[Ask], *, law: Law, at: dt.datetime | None, keep_unchanged: bool = True
) -> dict[int, Judged]:
    """Judge stored leads and keep each outcome with the facts it saw, in one statement.

    `at` is when the judging happens; None means at each lead's own `as_of` (an imported past).
    Without `keep_unchanged` only outcomes whose status, rule, tier or facts differ from the last
    judgement are written and returned. Returns outcomes by lead id.
    """
    rows = statements.fetch(
        statement_of(law.version_id),
        [
            [ask.lead_id for ask in asks],
            [ask.as_of for ask in asks],
            law.version_id,
            at,
            keep_unchanged,
        ],
    )
    return {row[1]: _judged(row, law) for row in rows}


def _judged(row: tuple[Any, ...], law: Law) -> Judged:
    said = dict(zip((*VERDICT, *WANTED, "stood"), row[3:], strict=True))
    facts = {name: said.pop(name) for name in WANTED}
    for name in ("fit_parts", "intent_parts"):
        said[name] = statements.loads(said[name])
    for name in ("missing", "routes"):
        said[name] = tuple(said[name])
    wanted = Wanted(**facts, motion=said["motion"])
    return Judged(row[1], row[0], as_of=row[2], law=law, wanted=wanted, **said)


def judged_by(judgement: Judgement) -> Judged:
    """A stored judgement, with its law, as `judge` returned it then."""
    said = {name: getattr(judgement, name) for name in VERDICT}
    said |= {name: tuple(said[name]) for name in ("missing", "routes")}
    return Judged(
        lead_id=judgement.lead_id,
        judgement_id=judgement.pk,
        as_of=judgement.as_of,
        law=law_by_id(judgement.version_id),
        wanted=wanted_by(judgement),
        **said,
    )


def wanted_by(judgement: Judgement) -> Wanted:
    """What a lead asks of whoever serves it, as a stored judgement saw it."""
    facts = {name: getattr(judgement, name) for name in WANTED}
    return Wanted(**facts, motion=judgement.motion)
