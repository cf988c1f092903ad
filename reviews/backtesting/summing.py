"""What is counted of a run once every lead is judged: a few passes over its rows, kept as JSON."""

import datetime as dt
from typing import Any

from handoff import rules, statements
from handoff.examples import Outcome, outcome_of
from handoff.models import DefinitionVersion
from handoff.rules.definition import HANDED_OVER, Definition
from leads.journey.law import law, law_of
from reviews.models import Backtest

MOST_SOURCES = 40
MOST_REASONS = 12
HANDED = ", ".join(f"'{status}'" for status in sorted(HANDED_OVER))

OUTCOMES = """SELECT was_status, would_status, answer, reason, outcome, count(*)
FROM reviews_backtestlead WHERE backtest_id = %s GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""

SOURCES = f"""SELECT coalesce(source, ''), count(*),
    count(*) FILTER (WHERE was_status = 'sales_ready'),
    count(*) FILTER (WHERE would_status = 'sales_ready'),
    count(*) FILTER (WHERE was_status IN ({HANDED})),
    count(*) FILTER (WHERE would_status IN ({HANDED}))
FROM reviews_backtestlead WHERE backtest_id = %s GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s"""

TIERS = f"""SELECT tier, sum(was)::bigint, sum(would)::bigint FROM (
    SELECT coalesce(was_tier, '') AS tier, 1 AS was, 0 AS would FROM reviews_backtestlead
    WHERE backtest_id = %s AND was_status IN ({HANDED})
    UNION ALL
    SELECT coalesce(would_tier, ''), 0, 1 FROM reviews_backtestlead
    WHERE backtest_id = %s AND would_status IN ({HANDED})
) AS told GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1"""

TEAMS = f"""SELECT team, week, sum(was)::bigint, sum(would)::bigint FROM (
    SELECT coalesce(was_team, '') AS team,
        to_char(date_trunc('week', as_of AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS week,
        1 AS was, 0 AS would
    FROM reviews_backtestlead WHERE backtest_id = %s AND was_status IN ({HANDED})
    UNION ALL
    SELECT coalesce(would_team, ''),
        to_char(date_trunc('week', as_of AT TIME ZONE 'UTC'), 'YYYY-MM-DD'), 0, 1
    FROM reviews_backtestlead WHERE backtest_id = %s AND would_status IN ({HANDED})
) AS told GROUP BY 1, 2 ORDER BY 1, 2"""

REASONS = """SELECT was_rule, would_rule, count(*)
FROM reviews_backtestlead WHERE backtest_id = %s AND was_status <> would_status
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %s"""


def up(backtest: Backtest) -> dict[str, Any]:
    """The counts of a run whose leads are all judged."""
    pk = backtest.pk
    return {
        "outcomes": statements.fetch(OUTCOMES, [pk]),
        "sources": statements.fetch(SOURCES, [pk, MOST_SOURCES]),
        "tiers": statements.fetch(TIERS, [pk, pk]),
        "teams": statements.fetch(TEAMS, [pk, pk]),
        "rules": statements.fetch(REASONS, [pk, MOST_REASONS]),
        "imported": backtest.rows.filter(imported=True).count(),
        "examples_beside": str(compared_with(backtest) or ""),
        "examples": flips(backtest, at=backtest.asked_at),
    }


def compared_with(backtest: Backtest) -> DefinitionVersion | None:
    """The version whose examples' outcomes a run's are held against: its base, or the live one."""
    return backtest.base or DefinitionVersion.objects.live().first()


def flips(backtest: Backtest, *, at: dt.datetime) -> list[dict[str, Any]]:
    """The draft's examples that come out otherwise than under the base, or the live version."""
    draft = law_of(backtest.document, version_id=0, number=0).definition
    live = compared_with(backtest)
    if live is None or not draft.examples:
        return []
    return _flips(draft, law(live.pk).definition, at)


def _flips(draft: Definition, base: Definition, at: dt.datetime) -> list[dict[str, Any]]:
    found = []
    for was, would in zip(_outcomes(draft, base, at), _outcomes(draft, draft, at), strict=True):
        if was.decision is None or would.decision is None:
            continue
        before, after = _shown(was.decision), _shown(would.decision)
        is_other = any(before[name] != after[name] for name in ("status", "tier", "team"))
        if is_other or was.passes != would.passes:
            example = would.example
            flip = {"name": example.name, "why": example.why, "was": before, "would": after}
            found.append(flip | {"agrees": would.passes})
    return found


def _outcomes(draft: Definition, definition: Definition, at: dt.datetime) -> list[Outcome]:
    """What a definition makes of the draft's examples; one that cannot be read has no decision."""
    examples = draft.examples
    results = rules.judge_each([example.as_row() for example in examples], definition, at)
    return [outcome_of(example, one) for example, one in zip(examples, results, strict=True)]


def _shown(decision: rules.Decision) -> dict[str, Any]:
    line = decision.as_line()
    return {name: line[name] for name in ("status", "rule", "tier", "team", "fit", "intent")}
