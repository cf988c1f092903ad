"""For how many leads each row of a definition holds: one statement, whatever the number of leads.

A draft need not be whole: what cannot be read yet is left out, and nothing is said about it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .compile import Compiled
from .definition import HANDED_OVER, Definition
from .fields import CATALOGUE
from .parsing import parse
from .sql_text import indented

COUNTED = ("leads", "handed", "complete", "holds", "first", "unknown")
"""The columns of the statement.

`leads`: all; `handed`: those handed over; `complete`: those with nothing required missing. `holds`
int[]: for every row of `rows_of`; `first` int[]: for those of motions, decide and route, the leads
for which it is the first that holds. Routing counts only leads that are handed over. `unknown`
int[]: for every field of `doubtful_fields`, the leads of which it is not known.
"""

IN_ORDER = ("motions", "decide", "route")
"""The sections of which the first row that holds counts."""

OWNED_BY = {"account": "owned", "opportunity": "open_opportunity"}
ROW = re.compile(r"definition\.(\w+)\[(\d+)\]")
CATCH_ALL = "everyone-else-of-a-draft"
ROUNDS = 6


@dataclass(frozen=True)
class Readable:
    """What can be read of a draft. `torn`: sections of which a row had to be left out."""

    definition: Definition
    torn: frozenset[str]


def readable(document: Mapping[str, Any]) -> Readable | None:
    """The rows of a document that hold together; None where too little does."""
    whole = {**document, "examples": []}
    for section, more in (
        ("decide", {"status": "nurture"}),
        ("route", {"to": {"queue": CATCH_ALL}}),
    ):
        rows = list(whole.get(section) or ())
        if not rows or rows[-1].get("when"):
            whole[section] = [*rows, {"key": CATCH_ALL, **more}]
    torn: set[str] = set()
    for _ in range(ROUNDS):
        parsed = parse(whole, teams=None, reasons=None, tracks=None)
        if parsed.definition is not None:
            return Readable(parsed.definition, frozenset(torn))
        wrong: dict[str, set[int]] = {}
        for fault in parsed.faults:
            if row := ROW.match(fault.place):
                wrong.setdefault(row[1], set()).add(int(row[2]))
            else:
                whole.pop(fault.place.split(".")[1] if "." in fault.place else "", None)
        for section, places in wrong.items():
            whole[section] = [r for place, r in enumerate(whole[section]) if place not in places]
        torn |= set(wrong)
    return None


def rows_of(definition: Definition) -> list[tuple[str, str]]:
    """(section, key) of every row that can hold, in the order of `holds`."""
    sections = ("motions", "fit", "signals", "decide", "route")
    return [(name, row.key) for name in sections for row in getattr(definition, name)]


def ordered_rows(definition: Definition) -> list[tuple[str, str]]:
    """(section, key) of the rows of which the first counts, in the order of `first`."""
    return [(name, row.key) for name in IN_ORDER for row in getattr(definition, name)]


def doubtful_fields(compiled: Compiled) -> list[str]:
    """The fields the definition asks about that may be unknown, in the order of `unknown`."""
    return [name for name in compiled.fact_columns if not CATALOGUE[name].always_known]


def reach_sql(compiled: Compiled, *, facts: str, touches: str) -> str:
    """The statement; `facts` and `touches` as for `Compiled.sql`, and `facts` always has `owned`
    and `open_opportunity`."""
    given, last = compiled.stages(facts=facts, touches=touches)
    holds, first = _holds(compiled), _first(compiled)
    handed, routed = _handed(compiled.definition), _routed(compiled)
    held = [
        _count(sql if section != "route" else f"handed AND {sql}")
        for (section, _), sql in zip(
            rows_of(compiled.definition), (f"hold_{n}" for n in range(len(holds))), strict=True
        )
    ]
    doubtful = doubtful_fields(compiled)
    unknown = [_count(f"lacks_{n}") for n, _ in enumerate(doubtful)]
    named = [f"coalesce({sql}, false) AS hold_{n}" for n, sql in enumerate(holds)]
    named += [f"s.{name} IS NULL AS lacks_{n}" for n, name in enumerate(doubtful)]
    named += ["s.motion_place", "s.rule_place", "cardinality(s.missing) = 0 AS complete"]
    listed = ",\n    ".join([*named, f"{handed} AS handed", f"{routed} AS route_place"])
    columns = ",\n  ".join(
        [
            "count(*) AS leads",
            f"{_count('handed')} AS handed",
            f"{_count('complete')} AS complete",
            f"{_array(held)} AS holds",
            f"{_array([_count(sql) for sql in first])} AS first",
            f"{_array(unknown)} AS unknown",
        ]
    )
    return (
        f"{given}\nSELECT {columns}\nFROM (\n  SELECT {listed}\n"
        f"  FROM (\n{indented(indented(last))}\n  ) s JOIN ({facts}) known ON known.id = s.id\n"
        "  OFFSET 0\n) s"
    )


def held_sql(compiled: Compiled, section: str, key: str, *, facts: str, touches: str) -> str:
    """The statement that lists the `id`s of the leads for which a row holds."""
    given, last = compiled.stages(facts=facts, touches=touches)
    place = rows_of(compiled.definition).index((section, key))
    limit = f" AND {_handed(compiled.definition)}" if section == "route" else ""
    holds = f"coalesce({_holds(compiled)[place]}, false){limit}"
    return f"{given}\nSELECT s.id\nFROM (\n{indented(last)}\n) s\nWHERE {holds}"


def _holds(compiled: Compiled) -> list[str]:
    """A predicate over the last stage for every row of `rows_of`."""
    definition, columns = compiled.definition, compiled.columns
    return [
        *(columns.when(row.when) for row in definition.motions),
        *(f"s.fit_{place}" for place, _ in enumerate(definition.fit)),
        *(f"s.part_{place} IS NOT NULL" for place, _ in enumerate(definition.signals)),
        *(columns.when(row.when) for row in definition.decide),
        *(columns.when(row.when) for row in definition.route),
    ]


def _first(compiled: Compiled) -> list[str]:
    definition = compiled.definition
    return [
        *(f"motion_place = {place}" for place, _ in enumerate(definition.motions, 1)),
        *(f"rule_place = {place}" for place, _ in enumerate(definition.decide, 1)),
        *(f"handed AND route_place = {place}" for place, _ in enumerate(definition.route, 1)),
    ]


def _handed(definition: Definition) -> str:
    places = [str(n) for n, row in enumerate(definition.decide, 1) if row.status in HANDED_OVER]
    return f"s.rule_place IN ({', '.join(places)})" if places else "false"


def _routed(compiled: Compiled) -> str:
    """The place of the routing rule that takes a lead: it holds, and the owner it names exists."""
    cases = []
    for place, row in enumerate(compiled.definition.route, 1):
        exists = f" AND known.{OWNED_BY[row.to_key]}" if row.to_kind == "owner_of" else ""
        cases.append(f"WHEN {compiled.columns.when(row.when)}{exists} THEN {place}")
    return f"CASE {' '.join(cases)} END"


def _count(predicate: str) -> str:
    return f"count(*) FILTER (WHERE {predicate})"


def _array(counts: Sequence[str]) -> str:
    return f"ARRAY[{', '.join(counts)}]::int[]"
