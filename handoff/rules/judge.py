"""Judging given rows: examples, the try-it page, a file to try.

The statement is the one that judges stored leads; nothing is kept and no table is read.
"""

import datetime as dt
import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff import statements

from .compile import VERDICT, Compiled, compile_definition
from .definition import HANDED_OVER, Definition
from .facts import Unreadable, facts_of, lead_of, touches_of
from .fields import CATALOGUE, Kind
from .sql_text import Folding, folding_of

Fetch = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
"""Runs a statement with `%s` places and returns its rows; `statements.fetch` is one."""

SQL_TYPES = {Kind.TEXT: "text", Kind.NUMBER: "float8", Kind.BOOL: "boolean"}
OWNED_BY = {"account": "owned", "opportunity": "open_opportunity"}
"""Which fact says that the owner a routing rule looks for exists."""


@dataclass(frozen=True)
class Decision:
    """What a definition says about one lead.

    `fit` and `intent` are not rounded, their parts are. `routes`: keys of the routing rules that
    hold; `route` and `team` are who takes it, null where it is not handed over or awaits approval.
    """

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
    route: str | None
    team: str | None

    @property
    def is_handed_over(self) -> bool:
        return self.status in HANDED_OVER

    def as_line(self) -> dict[str, Any]:
        """The decision line of a file to try; figures of one decimal."""
        return {
            "fit": shown(self.fit),
            "fit_parts": self.fit_parts,
            "intent": shown(self.intent),
            "intent_parts": self.intent_parts,
            "motion": self.motion,
            "missing": list(self.missing),
            "status": self.status,
            "rule": self.rule,
            "tier": self.tier,
            "route": self.route,
            "team": self.team,
        }


def shown(score: float) -> float:
    """A score as it is shown: one decimal, halves up. Parts add up to this."""
    return math.floor(score * 10 + 0.5) / 10


def judge(
    rows: Sequence[Any],
    definition: Definition,
    as_of: dt.datetime,
    *,
    fetch: Fetch = statements.fetch,
) -> list[Decision]:
    """Decide given rows as of a moment with a zone. Raises Unreadable, naming the row."""
    results = judge_each(rows, definition, as_of, fetch=fetch)
    for place, result in enumerate(results):
        if isinstance(result, Unreadable):
            raise Unreadable(f"row {place + 1}: {result}") from result
    return [result for result in results if isinstance(result, Decision)]


def judge_each(
    rows: Sequence[Any],
    definition: Definition,
    as_of: dt.datetime,
    *,
    fetch: Fetch = statements.fetch,
) -> list[Decision | Unreadable]:
    """Decide each row, or say what is wrong with it, in order."""
    (results,) = judge_by_each(rows, [definition], as_of, fetch=fetch)
    return results


def judge_by_each(
    rows: Sequence[Any],
    definitions: Sequence[Definition],
    as_of: dt.datetime,
    *,
    fetch: Fetch = statements.fetch,
) -> list[list[Decision | Unreadable]]:
    """As `judge_each`, by each of several definitions, which are asked in one statement."""
    wrong: dict[int, Unreadable] = {}
    readable: list[tuple[int, dict[str, Any], list[tuple[str, dt.datetime]]]] = []
    for place, row in enumerate(rows):
        try:
            lead = lead_of(row)
            readable.append((place, facts_of(lead), list(touches_of(lead, as_of))))
        except Unreadable as error:
            wrong[place] = error
    results: list[dict[int, Decision | Unreadable]] = [dict(wrong) for _ in definitions]
    if readable and definitions:
        compiled = [compile_definition(one, folding=folding(fetch)) for one in definitions]
        parameters = [text for one in compiled for text in parameters_of(readable, one, as_of)]
        for number, *found in fetch(_given_to_each(compiled), parameters):
            verdict = dict(zip(VERDICT, found, strict=True))
            place, facts, _ = readable[verdict["id"]]
            results[number][place] = decision_of(verdict, facts, definitions[number])
    return [[by_place[place] for place in sorted(by_place)] for by_place in results]


def _given_to_each(compiled: Sequence[Compiled]) -> str:
    """The statements over given rows as one, each row with the number of its definition first."""
    return "\nUNION ALL\n".join(
        f"SELECT {number}, judged.* FROM (\n{given_sql(one)}\n) judged"
        for number, one in enumerate(compiled)
    )


@functools.cache
def folding(fetch: Fetch = statements.fetch) -> Folding:
    """How the server behind `fetch` folds text; asked once."""
    ((version,),) = fetch("SELECT current_setting('server_version_num')::int", ())
    return folding_of(version)


@functools.lru_cache(maxsize=64)
def given_sql(compiled: Compiled) -> str:
    """The statement over given rows. Places: facts and touches, each a JSON list."""
    return compiled.sql(facts=given_facts(compiled.fact_columns), touches=GIVEN_TOUCHES)


GIVEN_TOUCHES = (
    "SELECT id, signal, occurred_at FROM jsonb_to_recordset(%s::jsonb)"
    " AS given(id int, signal text, occurred_at timestamptz)"
)


def given_facts(names: Sequence[str]) -> str:
    """Given facts as a relation; one place, a JSON list."""
    columns = "".join(f", {name} {SQL_TYPES[CATALOGUE[name].kind]}" for name in names)
    return (
        f"SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given(id int, as_of timestamptz{columns})"
    )


def parameters_of(
    readable: Sequence[tuple[int, dict[str, Any], list[tuple[str, dt.datetime]]]],
    compiled: Compiled,
    as_of: dt.datetime,
) -> list[str]:
    """What stands in the places of `given_sql`, for rows of (anything, facts, touches)."""
    moment = as_of.isoformat()
    facts, touches = [], []
    for number, (_, known, done) in enumerate(readable):
        row = {name: known[name] for name in compiled.fact_columns if name in known}
        facts.append(row | {"id": number, "as_of": moment})
        touches += [
            {"id": number, "signal": signal, "occurred_at": time.isoformat()}
            for signal, time in done
        ]
    parameters = [json.dumps(facts)]
    return [*parameters, json.dumps(touches)] if compiled.signals else parameters


def decision_of(
    verdict: Mapping[str, Any], facts: Mapping[str, Any], definition: Definition
) -> Decision:
    """The decision a row of the statement spells out."""
    routes = tuple(verdict["routes"])
    route, team = (None, None) if verdict["approve"] else taker(definition, routes, facts)
    return Decision(
        fit=verdict["fit"],
        fit_parts=in_order(verdict["fit_parts"], [row.key for row in definition.fit]),
        intent=verdict["intent"],
        intent_parts=in_order(verdict["intent_parts"], [row.key for row in definition.signals]),
        motion=verdict["motion"],
        missing=tuple(verdict["missing"]),
        status=verdict["status"],
        rule=verdict["rule"],
        tier=verdict["tier"],
        reason=verdict["reason"],
        track=verdict["track"],
        approve=verdict["approve"],
        routes=routes,
        route=route,
        team=team,
    )


def in_order(parts: Any, keys: Sequence[str]) -> dict[str, float]:
    """Parts, as JSON text or read, in the order of the definition's rows; `_limit` last."""
    said = statements.loads(parts)
    return {key: float(said[key]) for key in (*keys, "_limit") if key in said}


def taker(
    definition: Definition, routes: Sequence[str], facts: Mapping[str, Any]
) -> tuple[str | None, str | None]:
    """The route that takes a lead, and its team: the first that holds and whose taker exists.

    An owner exists where the lead's facts say so; their team is then not known: null.
    """
    rules = {rule.key: rule for rule in definition.route}
    for key in routes:
        rule = rules[key]
        if rule.to_kind != "owner_of":
            return key, rule.to_key
        if facts[OWNED_BY[rule.to_key]]:
            return key, None
    return None, None
