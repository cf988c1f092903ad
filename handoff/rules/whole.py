"""One given lead with the whole explanation: what is decided, and of every row why or why not."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff import statements

from .compile import VERDICT, Compiled, compile_definition
from .definition import Definition, SignalRow
from .explain import ExplainedRow, explained
from .facts import facts_of, lead_of, touches_of
from .judge import (
    GIVEN_TOUCHES,
    Decision,
    Fetch,
    decision_of,
    folding,
    given_facts,
    given_sql,
    parameters_of,
)

DAY = dt.timedelta(days=1)

Touches = Sequence[tuple[str, dt.datetime]]


@dataclass(frozen=True)
class Whole:
    """A decision, with every row of motions, fit, decide and route as the lead met it, and the
    facts and touches it was made on."""

    definition: Definition
    as_of: dt.datetime
    decision: Decision
    rows: tuple[ExplainedRow, ...]
    facts: Mapping[str, Any]
    touches: Touches

    def section(self, name: str) -> list[ExplainedRow]:
        return [row for row in self.rows if row.section == name]


@dataclass(frozen=True)
class Faded:
    """One touch of a signal row: its age in days, and what is left of its points. `counts`: it is
    among the newest that count."""

    at: dt.datetime
    days: float
    points: float
    counts: bool


def explain(
    row: Any, definition: Definition, as_of: dt.datetime, *, fetch: Fetch = statements.fetch
) -> Whole:
    """A lead as `judge` takes it, as of a moment with a zone. Raises Unreadable."""
    lead = lead_of(row)
    return explain_known(
        facts_of(lead), list(touches_of(lead, as_of)), definition, as_of, fetch=fetch
    )


def explain_known(
    facts: Mapping[str, Any],
    touches: Touches,
    definition: Definition,
    as_of: dt.datetime,
    *,
    fetch: Fetch = statements.fetch,
) -> Whole:
    """As `explain`, of facts that are normalised and derived already, such as stored ones."""
    compiled = compile_definition(definition, folding=folding(fetch))
    parameters = parameters_of([(0, dict(facts), list(touches))], compiled, as_of)
    (verdict,) = fetch(given_sql(compiled), parameters)
    ((_, _, holds, states, seen),) = fetch(explain_given_sql(compiled), parameters)
    decision = decision_of(dict(zip(VERDICT, verdict, strict=True)), facts, definition)
    rows = explained(definition, holds, states, seen)
    return Whole(definition, as_of, decision, rows, facts, tuple(touches))


@functools.lru_cache(maxsize=64)
def explain_given_sql(compiled: Compiled) -> str:
    """The statement that explains given rows; its places are those of `given_sql`."""
    return compiled.explain_sql(facts=given_facts(compiled.fact_columns), touches=GIVEN_TOUCHES)


def faded(row: SignalRow, touches: Touches, as_of: dt.datetime) -> list[Faded]:
    """The touches a signal row looks at, newest first, each with what is left of its points."""
    times = sorted((at for signal, at in touches if signal == row.signal and at <= as_of))[::-1]
    found = []
    for place, at in enumerate(times):
        days = (as_of - at) / DAY
        left = 1.0 if row.half_life_days is None else 0.5 ** (days / row.half_life_days)
        counts = row.cap is None or place < row.cap
        found.append(Faded(at, days, row.points * left, counts))
    return found
