"""Which one clause more would have told the rejected from the accepted. Pure.

Looked for is a condition of the rule that handed them over: at least so much of a number, or
without one value. A clause that the rule has already asks for more; else it is put beside the
others. What it keeps back is read as the definition reads it: what is not known fails “at least”
and passes “is not”.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff.models.definition import Document
from handoff.rules.fields import CATALOGUE, Kind
from handoff.rules.sentences import field_name, value_name
from handoff.words import number

from .proposing import SCORES, conditions_of, next_bar, with_conditions

NUMBERS = ("employees", "revenue", "fit", "intent")
VALUES = (
    *("industry", "country", "region", "seniority", "function", "source", "campaign", "offer"),
    *("trigger", "product_interest"),
)
LEAST_REJECTED = 3
"""A clause that keeps back fewer of them is none."""
MOST = 6
"""So many are worth counting for real."""


@dataclass(frozen=True, slots=True)
class Case:
    """A hand-over that was answered: what its judgement saw, and the rule that decided."""

    handoff: int
    rule: str
    rejected: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a status rule: `was` is what stands there now, None where it is new."""

    rule: str
    field: str
    operator: str
    value: float | str
    was: float | None = None

    @property
    def condition(self) -> Document:
        return {"field": self.field, self.operator: self.value}

    @property
    def says(self) -> str:
        """“Employees at least 200 instead of 100”, “Industry is not agency”."""
        name = field_name(self.field)
        if self.operator == "is_not":
            return f"{name} is not {value_name(self.field, str(self.value))}"
        instead = "" if self.was is None else f" instead of {number(self.was)}"
        return f"{name} at least {number(float(self.value))}{instead}"

    @property
    def typed(self) -> str:
        """The value as a form shows it."""
        return f"{self.value:g}" if isinstance(self.value, float) else self.value

    def keeps_back(self, value: Any) -> bool:
        """Whether a lead with this value of the field does not pass."""
        if self.operator == "is_not":
            return isinstance(value, str) and value.casefold() == str(self.value).casefold()
        return value is None or float(value) < float(self.value)


def clauses(document: Document, cases: Collection[Case]) -> list[Clause]:
    """The clauses that keep back a larger part of the rejected than of the accepted, those that
    tell best first; one of each rule and field. `document`: the definition to be changed."""
    found: list[tuple[float, Clause]] = []
    for rule, row in _rules(document, cases):
        of_rule = [one for one in cases if one.rule == rule]
        tried: dict[str, tuple[float, Clause]] = {}
        for one in _tried(rule, row, of_rule):
            told = _tells(one, of_rule)
            if told > tried.get(one.field, (0.0, one))[0]:
                tried[one.field] = (told, one)
        found += tried.values()
    found.sort(key=lambda one: (-one[0], one[1].rule, one[1].field))
    return [one for _, one in found[:MOST]]


def changed(document: Document, clause: Clause) -> tuple[int, Document] | None:
    """The place of the rule among the status rules and the rule with the clause; None where the
    document has it no more, or needs only one of its conditions."""
    rows = document.get("decide", [])
    place = next((n for n, row in enumerate(rows) if row["key"] == clause.rule), None)
    if place is None or isinstance(rows[place].get("when"), dict) and "any" in rows[place]["when"]:
        return None
    conditions = conditions_of(rows[place])
    there = next((n for n, one in enumerate(conditions) if _is_same_bar(one, clause)), None)
    if there is None:
        conditions.append(clause.condition)
    else:
        conditions[there] = {**conditions[there], clause.operator: clause.value}
    return place, with_conditions(rows[place], conditions)


def _is_same_bar(condition: Document, clause: Clause) -> bool:
    return (
        clause.operator == "at_least"
        and condition.get("field") == clause.field
        and "at_least" in condition
    )


def _rules(document: Document, cases: Iterable[Case]) -> Iterator[tuple[str, Document]]:
    """The rules that let the rejected in and to which a condition can be added."""
    let_in = Counter(one.rule for one in cases if one.rejected)
    for row in document.get("decide", []):
        needs_one = isinstance(row.get("when"), dict) and "any" in row["when"]
        if let_in[row["key"]] >= LEAST_REJECTED and not needs_one and row.get("when"):
            yield row["key"], row


def _tried(rule: str, row: Document, cases: Sequence[Case]) -> Iterator[Clause]:
    rejected = [one for one in cases if one.rejected]
    for field in NUMBERS:
        was = _bar(row, field)
        known = (one.values.get(field) for one in rejected)
        bars = {next_bar(value, is_score=field in SCORES) for value in known if value is not None}
        for bar in sorted(bar for bar in bars if bar is not None):
            if was is None or bar > was:
                yield Clause(rule, field, "at_least", bar, was)
    for field in VALUES:
        common = Counter(value for one in rejected if (value := one.values.get(field)))
        for value in sorted(common):
            if common[value] >= LEAST_REJECTED:
                yield Clause(rule, field, "is_not", value)


def _bar(row: Document, field: str) -> float | None:
    """What a rule asks of a number at least."""
    asked = (one.get("at_least") for one in conditions_of(row) if one.get("field") == field)
    return next((float(one) for one in asked if one is not None), None)


def _tells(clause: Clause, of_rule: Sequence[Case]) -> float:
    """Of those whom its rule let in, the part of the rejected it keeps back less the part of the
    accepted, so that to close the whole rule tells nothing; nothing where it keeps back hardly any.
    """
    kept = Counter(one.rejected for one in of_rule if clause.keeps_back(one.values[clause.field]))
    every = Counter(one.rejected for one in of_rule)
    if kept[True] < LEAST_REJECTED:
        return 0.0
    return kept[True] / every[True] - kept[False] / max(1, every[False])


def asked_for(sent: Mapping[str, str], was: float | None = None) -> Clause | None:
    """A clause as a form sends it; None where it names nothing that can be asked. Raises ValueError
    for a number that is none."""
    rule, field, operator = (sent.get(name, "") for name in ("rule", "field", "operator"))
    value = sent.get("value", "").strip()
    if not rule or not value or field not in CATALOGUE:
        return None
    if operator == "at_least" and CATALOGUE[field].kind is Kind.NUMBER:
        return Clause(rule, field, operator, float(value.replace(",", "")), was)
    if operator == "is_not" and CATALOGUE[field].kind is Kind.TEXT:
        return Clause(rule, field, operator, value)
    return None
