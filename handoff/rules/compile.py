"""A definition as one SQL statement over facts and touches: one lead or a million, same text.

The statement is a pipe of stages. Each is a subquery that the planner may not merge with the next
(`OFFSET 0`), so that a motion, a score or a folded text is computed once a lead however often
later stages ask for it. Touches are read in one pass for all leads.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .definition import HANDED_OVER, Definition, SignalRow
from .fields import CATALOGUE, Kind
from .predicates import Columns, pick
from .sql_text import Folding, indented, number, text, texts

VERDICT = (
    "id",
    "as_of",
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
"""The columns of the statement.

`id` and `as_of` as given; `fit`, `intent` float8, clamped to 0–100 and not rounded; `fit_parts`,
`intent_parts` jsonb, figures of one decimal by row key, with `_limit` where clamping or rounding
makes a difference; `missing`, `routes` text[]; `approve` boolean; the others text. `routes`: keys
of all routing rules that hold, in order; empty where the status is not handed over.
"""

EXPLAINED = ("id", "as_of", "holds", "states", "seen")
"""The columns of the explanation.

`holds` boolean[]: for every row of motions, fit, decide and route. `states`, `seen` text[]: for
every condition of those rows in turn, whether it is `met`, `unmet` or `unknown`, and what it saw.
"""

DAY = 86400.0
NOISE = "1e9"
"""Scores are exact to a billionth: what binary fractions add beyond is noise (0.7 + 0.1 is 0.8)."""

MOST_HALVINGS = 200
"""A touch fades to nothing here (10⁻⁶⁰), before double precision would fail."""

LEAST_HALF_LIFE, MOST_HALF_LIFE = 1e-12, 1e15
LEAST_POINTS = 1e-30
CHUNK = 40
"""Pairs of one jsonb_build_object call; a function takes at most 100 arguments."""


@dataclass(frozen=True)
class Compiled:
    """A definition for one kind of server. Texts are for psycopg with `%s` places."""

    definition: Definition
    folding: Folding

    def sql(self, *, facts: str, touches: str) -> str:
        """The statement that judges; its columns are `VERDICT`.

        `facts`: a query with `id`, unique, `as_of` timestamptz, and the columns `fact_columns`
        names, unknown as null or ''. `touches`: a query with `id`, `signal`, `occurred_at`; touches
        later than the lead's `as_of` and of leads that are not in `facts` do not count.
        """
        return f"{self._sources(facts, touches)}\n{_verdict(self)}"

    def explain_sql(self, *, facts: str, touches: str) -> str:
        """The statement that tells rule by rule what holds; its columns are `EXPLAINED`."""
        return f"{self._sources(facts, touches)}\n{_explanation(self)}"

    def stages(self, *, facts: str, touches: str) -> tuple[str, str]:
        """The statement up to the rule that decides: its WITH clause, and the query of its last
        stage, for those who count instead of asking lead by lead (`rules/reach.py`)."""
        return self._sources(facts, touches), _stages(self)

    @functools.cached_property
    def columns(self) -> Columns:
        return Columns(self.definition, self.folding)

    @functools.cached_property
    def fact_columns(self) -> tuple[str, ...]:
        """The catalogue fields the statement reads."""
        asked = {one.subject for one in self.definition.conditions() if not one.is_signal}
        asked |= set(self.definition.required)
        if any(row.sources for row in self.definition.signals):
            asked.add("source")
        return tuple(name for name, field in CATALOGUE.items() if field.is_fact and name in asked)

    @functools.cached_property
    def signals(self) -> tuple[str, ...]:
        """The signals that count for anything, each once."""
        scored = [row.signal for row in self.definition.signals]
        return tuple(dict.fromkeys(scored + [signal for signal, _ in self.columns.counts]))

    def _sources(self, facts: str, touches: str) -> str:
        columns = "".join(f",\n    {_fact(name)}" for name in self.fact_columns)
        given = (
            f"WITH rules_facts AS MATERIALIZED (\n  SELECT f.id, f.as_of{columns}\n"
            f"  FROM (\n{indented(indented(facts))}\n  ) f\n)"
        )
        if not self.signals:
            return given
        return f"{given},\nrules_touches AS (\n{indented(_touches(self, touches))}\n)"


@functools.lru_cache(maxsize=64)
def compile_definition(definition: Definition, *, folding: Folding) -> Compiled:
    """The definition's statement for a server that folds text this way."""
    return Compiled(definition, folding)


def _fact(name: str) -> str:
    field = CATALOGUE[name]
    if field.kind is Kind.TEXT:
        return f"nullif(f.{name}, '') AS {name}"
    return f"coalesce(f.{name}, false) AS {name}" if field.always_known else f"f.{name}"


def _touches(compiled: Compiled, touches: str) -> str:
    """One row for each lead with touches: what each signal row adds up to, and the counts asked."""
    signals = compiled.signals
    cases = " ".join(f"WHEN {text(key)} THEN {place}" for place, key in enumerate(signals))
    signal = f'CASE t.signal COLLATE "C" {cases} END'
    rows = compiled.definition.signals
    newest = ""
    if any(_needs_order(row) for row in rows):
        newest = (
            f",\n    row_number() OVER (PARTITION BY f.id, {signal}"
            " ORDER BY t.occurred_at DESC) AS newest"
        )
    figures = [f"{_faded(row, signals)} AS sum_{place}" for place, row in enumerate(rows)]
    figures += [
        f"count(*) FILTER (WHERE t.signal = {signals.index(key)}"
        + ("" if days is None else f" AND t.age <= {number(_seconds(days))}")
        + f") AS count_{place}"
        for place, (key, days) in enumerate(compiled.columns.counts)
    ]
    return (
        "SELECT t.id,\n  " + ",\n  ".join(figures) + "\nFROM (\n"
        f"  SELECT f.id, {signal} AS signal,\n"
        f"    date_part('epoch', f.as_of - t.occurred_at) AS age{newest}\n"
        f"  FROM rules_facts f JOIN (\n{indented(indented(touches))}\n  ) t ON t.id = f.id\n"
        f'  WHERE t.occurred_at <= f.as_of AND t.signal COLLATE "C" = ANY ({texts(signals)})\n'
        ") t\nGROUP BY t.id"
    )


def _seconds(days: float) -> float:
    return min(float(days), 1e15) * DAY


def _needs_order(row: SignalRow) -> bool:
    return row.half_life_days is not None and row.cap is not None and row.cap > 1


def _faded(row: SignalRow, signals: Sequence[str]) -> str:
    """How many touches a signal row counts, each as far as it has not faded; null without any."""
    mine = f"t.signal = {signals.index(row.signal)}"
    if row.half_life_days is None:
        count = f"count(*) FILTER (WHERE {mine})"
        return f"nullif({count if row.cap is None else f'least({count}, {row.cap})'}, 0)::float8"
    half_life = min(max(row.half_life_days, LEAST_HALF_LIFE), MOST_HALF_LIFE)
    if row.cap == 1:
        return _fade(f"min(t.age) FILTER (WHERE {mine})", half_life)
    capped = mine if row.cap is None else f"{mine} AND t.newest <= {row.cap}"
    return f"sum({_fade('t.age', half_life)}) FILTER (WHERE {capped})"


def _fade(age: str, half_life: float) -> str:
    """What is left of a touch of this age; null where the age is."""
    halvings = f"{age} / {number(half_life * DAY)}"
    most = number(MOST_HALVINGS)
    return f"power({number(0.5)}, CASE WHEN {halvings} > {most} THEN {most} ELSE {halvings} END)"


def _stages(compiled: Compiled) -> str:
    """The pipe up to the rule that decides; a subquery with every column later stages need."""
    definition, columns = compiled.definition, compiled.columns
    stage = _joined(compiled)
    motions = _first([columns.when(row.when) for row in definition.motions], otherwise=0)
    missing = [f"CASE WHEN s.{name} IS NULL THEN {text(name)} END" for name in definition.required]
    missing_sql = (
        f"array_remove(ARRAY[{', '.join(missing)}]::text[], NULL)" if missing else "'{}'::text[]"
    )
    stage = _next(stage, [f"{motions} AS motion_place", f"{missing_sql} AS missing"])
    places = {motion.key: place for place, motion in enumerate(definition.motions, 1)}
    held = [
        f"({columns.when(row.when)}{_only_motion(row.motion, places)}) AS fit_{index}"
        for index, row in enumerate(definition.fit)
    ]
    held += [
        f"{_signal_part(compiled, row, index, places)} AS part_{index}"
        for index, row in enumerate(definition.signals)
    ]
    stage = _next(stage, held)
    fit = [
        f"CASE WHEN s.fit_{index} THEN {number(_points(row.points))} ELSE 0 END"
        for index, row in enumerate(definition.fit)
    ]
    intent = [f"coalesce(s.part_{index}, 0)" for index, _ in enumerate(definition.signals)]
    stage = _next(stage, [f"{_score(fit)} AS fit", f"{_score(intent)} AS intent"])
    rule = _first(
        [columns.when(row.when) for row in definition.decide], otherwise=len(definition.decide)
    )
    return _next(stage, [f"{rule} AS rule_place"])


def _joined(compiled: Compiled) -> str:
    """Facts with folded texts and what touches add up to.

    The join is full although every lead with touches is among the facts: a full join is never run
    as a nested loop, whatever the planner believes about the number of rows.
    """
    columns = compiled.columns
    texts_asked = {
        one.subject
        for one in compiled.definition.conditions()
        if not one.is_signal and one.field.kind is Kind.TEXT and one.test("known") is None
    }
    if any(row.sources for row in compiled.definition.signals):
        texts_asked.add("source")
    folded = [
        f"{compiled.folding(f'f.{name}')} AS folded_{name}"
        for name in compiled.fact_columns
        if name in texts_asked
    ]
    counts = [f"coalesce(t.count_{i}, 0) AS count_{i}" for i, _ in enumerate(columns.counts)]
    sums = [f"t.sum_{index}" for index, _ in enumerate(compiled.definition.signals)]
    listed = ",\n  ".join(["f.*", *folded, *counts, *sums])
    source = "rules_facts f"
    if compiled.signals:
        source += " FULL JOIN rules_touches t ON t.id = f.id"
    return f"SELECT {listed}\nFROM {source}\nOFFSET 0"


def _next(stage: str, added: Iterable[str]) -> str:
    listed = ",\n  ".join(["s.*", *added])
    return f"SELECT {listed}\nFROM (\n{indented(stage)}\n) s\nOFFSET 0"


def _first(predicates: Sequence[str], *, otherwise: int) -> str:
    """The place, from 1, of the first predicate that holds."""
    if not predicates:
        return str(otherwise)
    cases = " ".join(f"WHEN {sql} THEN {place}" for place, sql in enumerate(predicates, 1))
    return f"CASE {cases} ELSE {otherwise} END"


def _only_motion(motion: str | None, places: dict[str, int]) -> str:
    return "" if motion is None else f" AND s.motion_place = {places[motion]}"


def _points(points: float) -> float:
    return points if abs(points) > LEAST_POINTS else 0.0


def _signal_part(compiled: Compiled, row: SignalRow, index: int, places: dict[str, int]) -> str:
    """What a signal row gives; null where it does not apply or nothing was done."""
    value = _exact(f"s.sum_{index} * {number(_points(row.points))}")
    limits = _only_motion(row.motion, places)
    if row.sources:
        source = compiled.columns.folded("source")
        limits += f" AND {compiled.columns.among(source, row.sources, True)}"
    return f"CASE WHEN {limits.removeprefix(' AND ')} THEN {value} END" if limits else value


def _score(parts: Sequence[str]) -> str:
    if not parts:
        return "0::float8"
    return _exact(f"least(greatest({' + '.join(parts)}, 0::float8), 100::float8)")


def _exact(value: str) -> str:
    return f"(round(({value}) * {NOISE}) / {NOISE})"


def _verdict(compiled: Compiled) -> str:
    """The last two stages: parts with what limits them, and what the rule that decides says."""
    definition = compiled.definition
    decide = definition.decide
    said = {
        "motion": pick([row.key for row in definition.motions], "s.motion_place"),
        "status": pick([row.status for row in decide], "s.rule_place"),
        "rule": pick([row.key for row in decide], "s.rule_place"),
        "tier": pick([row.tier for row in decide], "s.rule_place"),
        "reason": pick([row.reason for row in decide], "s.rule_place"),
        "track": pick([row.track for row in decide], "s.rule_place"),
        "approve": _among_places([row.approve for row in decide]),
        "fit_parts": _fit_parts(definition),
        "intent_parts": _intent_parts(definition),
        "routes": _routes(compiled),
    }
    listed = ",\n  ".join(f"{said[n]} AS {n}" if n in said else f"s.{n}" for n in VERDICT)
    return f"SELECT {listed}\nFROM (\n{indented(_stages(compiled))}\n) s"


def _among_places(held: Sequence[bool]) -> str:
    places = [str(place) for place, one in enumerate(held, 1) if one]
    return f"s.rule_place IN ({', '.join(places)})" if places else "false"


def _routes(compiled: Compiled) -> str:
    definition = compiled.definition
    held = [
        f"CASE WHEN {compiled.columns.when(row.when)} THEN {text(row.key)} END"
        for row in definition.route
    ]
    every = f"array_remove(ARRAY[{', '.join(held)}]::text[], NULL)"
    if definition.routes_every_status:
        return every
    handed = _among_places([row.status in HANDED_OVER for row in definition.decide])
    return f"CASE WHEN {handed} THEN {every} ELSE '{{}}'::text[] END"


def tenths(value: float) -> int:
    """A figure in tenths, as it is shown: halves away from zero."""
    return int((Decimal(repr(value)) * 10).quantize(Decimal(1), ROUND_HALF_UP))


def _fit_parts(definition: Definition) -> str:
    shown = [tenths(_points(row.points)) for row in definition.fit]
    pairs = [
        (row.key, f"CASE WHEN s.fit_{index} THEN {Decimal(shown[index]) / 10:.1f} END")
        for index, row in enumerate(definition.fit)
    ]
    total = [
        f"CASE WHEN s.fit_{index} THEN {points}::float8 ELSE 0 END"
        for index, points in enumerate(shown)
    ]
    return _parts(pairs, "s.fit", total)


def _intent_parts(definition: Definition) -> str:
    rounded = {
        row.key: f"sign(s.part_{index}) * floor(abs(s.part_{index}) * 10 + 0.5)"
        for index, row in enumerate(definition.signals)
    }
    pairs = [(key, f"{sql} / 10") for key, sql in rounded.items()]
    return _parts(pairs, "s.intent", [f"coalesce({sql}, 0)" for sql in rounded.values()])


def _parts(pairs: Sequence[tuple[str, str]], score: str, total: Sequence[str]) -> str:
    """Parts by key as jsonb; `_limit` is what is left to the score shown. Nulls are left out."""
    if not pairs:
        return "'{}'::jsonb"
    left = f"floor({score} * 10 + 0.5) - ({' + '.join(total)})"
    every = [*pairs, ("_limit", f"nullif({left}, 0) / 10")]
    objects = []
    for first in range(0, len(every), CHUNK):
        listed = ", ".join(f"{text(key)}, {sql}" for key, sql in every[first : first + CHUNK])
        objects.append(f"jsonb_build_object({listed})")
    return f"jsonb_strip_nulls({' || '.join(objects)})"


def _explanation(compiled: Compiled) -> str:
    definition, columns = compiled.definition, compiled.columns
    holds = [columns.when(row.when) for row in definition.motions]
    holds += [f"s.fit_{index}" for index, _ in enumerate(definition.fit)]
    holds += [columns.when(row.when) for row in definition.decide]
    holds += [columns.when(row.when) for row in definition.route]
    states, seen = [], []
    for condition in definition.conditions():
        value, unknown = columns.value(condition), "false"
        if condition.is_signal or not condition.field.always_known:
            unknown = f"({value}) IS NULL"
        met = columns.predicate(condition)
        states.append(f"CASE WHEN {met} THEN 'met' WHEN {unknown} THEN 'unknown' ELSE 'unmet' END")
        seen.append(f"({value})::text")
    return (
        "SELECT s.id, s.as_of,\n"
        f"  ARRAY[{', '.join(f'coalesce({sql}, false)' for sql in holds)}]::boolean[] AS holds,\n"
        f"  ARRAY[{', '.join(states)}]::text[] AS states,\n"
        f"  ARRAY[{', '.join(seen)}]::text[] AS seen\n"
        f"FROM (\n{indented(_stages(compiled))}\n) s"
    )
