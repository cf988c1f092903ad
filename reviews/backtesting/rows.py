"""The leads of a run: found by how they move and what became of them, each with why it moves."""

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum

from handoff import statements
from handoff.labels import Labels, humanise, labels_of, live_labels
from handoff.rules.definition import HANDED_OVER, Definition
from handoff.words import number
from leads.journey.law import law
from leads.models import Opportunity
from reviews.models import Backtest, BacktestLead

from .finding import RANKS
from .running import tested
from .statement import GIVEN_FACTS, GIVEN_TOUCHES, judged

MOST_PARTS = 2
FILTERS = (
    "from",
    "to",
    "group",
    "answer",
    "reason",
    "outcome",
    "source",
    "was_team",
    "would_team",
    "was_tier",
    "would_tier",
    "rules",
    "imported",
)
"""What a list of leads may be narrowed by, in its address."""


def further() -> Q:
    """Leads that the draft keeps further from sales than they were, though handed over then."""
    return _moves(lambda was, would: was in HANDED_OVER and RANKS[would] > RANKS[was])


def closer() -> Q:
    """Leads that the draft hands over, and that were kept further away then."""
    return _moves(lambda was, would: would in HANDED_OVER and RANKS[would] < RANKS[was])


def changed() -> Q:
    """Leads with another status under the draft."""
    return _moves(lambda was, would: was != would)


def _moves(holds: Callable[[str, str], bool]) -> Q:
    ways = ((was, [would for would in RANKS if holds(was, would)]) for was in RANKS)
    found = [Q(was_status=was, would_status__in=to) for was, to in ways if to]
    return functools.reduce(operator.or_, found)


def find(backtest: Backtest, asked: Mapping[str, str]) -> QuerySet[BacktestLead]:
    """The leads of a run that an address asks for; what it does not know is ignored."""
    rows = BacktestLead.objects.filter(backtest=backtest)
    rows = _by_way(rows, asked)
    answer, outcome = asked.get("answer", ""), asked.get("outcome", "")
    if answer == "any":
        rows = rows.exclude(answer="")
    elif answer:
        rows = rows.filter(answer="" if answer == "none" else answer)
    if outcome == "any":
        rows = rows.exclude(outcome="")
    elif outcome:
        rows = rows.filter(outcome=outcome)
    if asked.get("reason"):
        rows = rows.filter(reason=asked["reason"])
    if "source" in asked:
        unsaid = Q(source=None) | Q(source="")
        rows = rows.filter(Q(source=asked["source"]) if asked["source"] else unsaid)
    if asked.get("imported") in ("yes", "no"):
        rows = rows.filter(imported=asked["imported"] == "yes")
    for side in ("was", "would"):
        for name in (f"{side}_team", f"{side}_tier"):
            if name in asked:
                rows = rows.filter(_handed_over(side, name, asked[name]))
    return rows.select_related("lead").order_by("lead_id")


def missed(backtest: Backtest) -> QuerySet[BacktestLead]:
    """Winners that the draft keeps further away, the dearest deals (`amount`) first."""
    won = Opportunity.objects.filter(lead=OuterRef("lead_id"), stage=Opportunity.Stage.WON)
    amount = Subquery(
        won.values("lead").annotate(total=Sum("amount")).values("total"),
        output_field=DecimalField(),
    )
    found = find(backtest, {"group": "lost", "outcome": "won"}).annotate(amount=amount)
    return found.order_by(F("amount").desc(nulls_last=True), "lead_id")


def spared(backtest: Backtest) -> QuerySet[BacktestLead]:
    """Leads that sales rejected, and that the draft keeps further away."""
    return find(backtest, {"group": "lost", "answer": "rejected"})


def _handed_over(side: str, name: str, key: str) -> Q:
    """Leads that a side hands over to this team or in this tier; the empty key is none."""
    there = Q(**{name: key}) if key else Q(**{name: None}) | Q(**{name: ""})
    return Q(**{f"{side}_status__in": HANDED_OVER}) & there


def _by_way(rows: QuerySet[BacktestLead], asked: Mapping[str, str]) -> QuerySet[BacktestLead]:
    groups = {"lost": further, "gained": closer, "changed": changed}
    if asked.get("group") in groups:
        rows = rows.filter(groups[asked["group"]]())
    if asked.get("from"):
        rows = rows.filter(was_status=asked["from"])
    if asked.get("to"):
        rows = rows.filter(would_status=asked["to"])
    was, arrow, would = asked.get("rules", "").partition(">")
    return rows.filter(was_rule=was, would_rule=would) if arrow else rows


def because(backtest: Backtest, rows: Sequence[BacktestLead]) -> dict[int, str]:
    """Why each of these leads comes out as it does under the draft, by lead."""
    if not rows:
        return {}
    draft = tested(backtest)
    would = _parts(draft, rows)
    was: dict[int, dict[str, Any]] = {}
    if backtest.base_id:
        was = _parts(law(backtest.base_id).definition, rows)
    else:
        was = _parts_then(rows)
    names = _names(backtest)
    return {
        row.lead_id: _because(row, was.get(row.lead_id, {}), would.get(row.lead_id, {}), names)
        for row in rows
    }


def _because(
    row: BacktestLead,
    was: Mapping[str, Any],
    would: Mapping[str, Any],
    names: Mapping[str, Mapping[str, str]],
) -> str:
    said = []
    for score, section in (("fit", "fit"), ("intent", "signals")):
        before, after = was.get(score) or {}, would.get(score) or {}
        moved = [
            (abs(after.get(key, 0) - before.get(key, 0)), key)
            for key in {*before, *after} - {"_limit"}
            if after.get(key, 0) != before.get(key, 0)
        ]
        for _, key in sorted(moved, reverse=True)[:MOST_PARTS]:
            label = names[section].get(key) or humanise(key)
            said.append(
                f"{label} gives {number(after.get(key, 0))}, was {number(before.get(key, 0))}"
            )
    for score, before, after in (
        ("fit", row.was_fit, row.would_fit),
        ("intent", row.was_intent, row.would_intent),
    ):
        if number(before) != number(after):
            said.append(f"{score} {number(after)}, was {number(before)}")
    if row.was_rule != row.would_rule:
        rule = names["decide"].get(row.would_rule) or humanise(row.would_rule)
        before = humanise(row.was_rule)
        said.append(f"“{rule}” decides, not “{names['was'].get(row.was_rule) or before}”")
    elif row.was_status != row.would_status:
        said.append("the same rule gives another status")
    return "; ".join(said) or "Nothing changes"


def rule_names(backtest: Backtest) -> dict[str, str]:
    """What the rules of a run are called, by key; the draft's own words go before the others'."""
    names = {row.key: row.label for row in tested(backtest).decide if row.label}
    return {**_base_labels(backtest).decide, **names}


def _names(backtest: Backtest) -> dict[str, dict[str, str]]:
    draft = tested(backtest)
    sections = {
        section: {row.key: row.label for row in getattr(draft, section)}
        for section in ("fit", "signals", "decide")
    }
    return {**sections, "was": _base_labels(backtest).decide}


def _base_labels(backtest: Backtest) -> Labels:
    """The labels of what a run is compared with, or those of the live version."""
    return labels_of(backtest.base_id) if backtest.base_id else live_labels()


def _parts(definition: Definition, rows: Sequence[BacktestLead]) -> dict[int, dict[str, Any]]:
    """The parts of both scores under a definition, by lead."""
    said = judged(definition, "seen", GIVEN_TOUCHES)
    sql = (
        f"WITH seen AS MATERIALIZED ({GIVEN_FACTS})"
        f" SELECT id, fit_parts, intent_parts FROM (\n{said}\n) said"
    )
    given = {
        "leads": [row.lead_id for row in rows],
        "judgements": [row.judgement_id for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return {row[0]: _scores(row[1], row[2]) for row in cursor.fetchall()}


def _parts_then(rows: Sequence[BacktestLead]) -> dict[int, dict[str, Any]]:
    found = statements.fetch(
        "SELECT lead_id, fit_parts, intent_parts FROM leads_judgement WHERE id = ANY(%s)",
        [[row.judgement_id for row in rows]],
    )
    return {row[0]: _scores(row[1], row[2]) for row in found}


def _scores(fit: Any, intent: Any) -> dict[str, Any]:
    return {"fit": statements.loads(fit), "intent": statements.loads(intent)}
