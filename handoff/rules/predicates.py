"""A condition as a SQL predicate over the columns that `compile.py` prepares.

A predicate may be null where the value is unknown; null counts as false where it is used.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .conditions import KEYED, Condition, When
from .definition import Definition
from .fields import Kind
from .sql_text import Folding, number, numbers, text

NEVER_KNOWN: str | None = None

TEXT_TESTS: dict[str, Callable[[str, Any], bool]] = {
    "is": lambda value, operand: value == operand,
    "in": lambda value, operand: value in operand,
    "contains": lambda value, operand: operand in value,
    "starts_with": lambda value, operand: value.startswith(operand),
}


def text_holds(condition: Condition, value: str | None) -> bool:
    """Whether a condition on a text holds for one value; used for the definition's own keys."""
    ((operator, operand),) = condition.tests
    if operator == "known":
        return (value is not None) == operand
    negated = operator in ("is_not", "not_in")
    if value is None:
        return negated
    plain = {"is_not": "is", "not_in": "in"}.get(operator, operator)
    folded = tuple(one.casefold() for one in operand) if plain == "in" else operand.casefold()
    return TEXT_TESTS[plain](value.casefold(), folded) != negated


@dataclass(frozen=True)
class Columns:
    """The columns that predicates read: facts under their own names, folded texts, counts of
    signals, the place of the motion (0 for none) and of the status rule (from 1)."""

    definition: Definition
    folding: Folding

    def folded(self, field: str) -> str:
        return f"s.folded_{field}"

    def count(self, condition: Condition) -> str:
        """The column that counts the touches a condition asks about."""
        return f"s.{self.count_name(condition)}"

    def count_name(self, condition: Condition) -> str:
        return f"count_{self.counts.index(count_key(condition))}"

    @functools.cached_property
    def counts(self) -> list[tuple[str, float | None]]:
        """The distinct counts that conditions ask for, each a signal and a number of days."""
        asked = (count_key(one) for one in self.definition.conditions() if one.is_signal)
        return list(dict.fromkeys(asked))

    def value(self, condition: Condition) -> str:
        """What a condition looks at, null where unknown."""
        if condition.is_signal:
            return self.count(condition)
        if condition.subject == "motion":
            return pick([motion.key for motion in self.definition.motions], "s.motion_place")
        if condition.subject in ("status", "tier"):
            values = [getattr(rule, condition.subject) for rule in self.definition.decide]
            return pick(values, "s.rule_place")
        if condition.subject == "missing":
            return "cardinality(s.missing)"
        return f"s.{condition.subject}"

    def when(self, when: When | None) -> str:
        """A row's conditions as one predicate."""
        if when is None:
            return "true"
        word = " AND " if when.mode == "all" else " OR "
        return "(" + word.join(self.predicate(one) for one in when.conditions) + ")"

    def predicate(self, condition: Condition) -> str:
        """One condition as a predicate; null only where it does not hold."""
        if condition.is_signal:
            tests = [test for test in condition.tests if test[0] != "within_days"]
            return " AND ".join(self._compared(self.count(condition), *test) for test in tests)
        if condition.subject in KEYED:
            return self._keyed(condition)
        value = self.value(condition)
        known = condition.test("known")
        if known is not None:
            if condition.field.always_known:
                return str(known).lower()
            return f"{value} IS NOT NULL" if known else f"{value} IS NULL"
        if condition.field.kind is Kind.BOOL:
            ((operator, operand),) = condition.tests
            test = "IS" if operator == "is" else "IS NOT"
            return f"{value} {test} {str(operand).upper()}"
        if condition.field.kind is Kind.NUMBER:
            return " AND ".join(self._compared(value, *test) for test in condition.tests)
        return self._textual(condition)

    def _keyed(self, condition: Condition) -> str:
        """Conditions on the definition's own keys are settled now, place by place."""
        if condition.subject == "motion":
            column, first = "s.motion_place", 0
            values = [NEVER_KNOWN, *(motion.key for motion in self.definition.motions)]
        else:
            column, first = "s.rule_place", 1
            values = [getattr(rule, condition.subject) for rule in self.definition.decide]
        places = [
            str(place) for place, value in enumerate(values, first) if text_holds(condition, value)
        ]
        return f"{column} IN ({', '.join(places)})" if places else "false"

    def _compared(self, value: str, operator: str, operand: Any) -> str:
        if operator == "at_least":
            return f"{value} >= {number(operand)}"
        if operator == "at_most":
            return f"{value} <= {number(operand)}"
        if operator == "between":
            return f"({value} >= {number(operand[0])} AND {value} <= {number(operand[1])})"
        among = numbers(operand if isinstance(operand, tuple) else (operand,))
        tail = "" if operator in ("is", "in") else " IS NOT TRUE"
        return f"({value} = ANY ({among})){tail}"

    def _textual(self, condition: Condition) -> str:
        ((operator, operand),) = condition.tests
        value = self.folded(condition.subject)
        if operator == "contains":
            return f"strpos({value}, {self.folding(text(operand))}) > 0"
        if operator == "starts_with":
            return f"starts_with({value}, {self.folding(text(operand))})"
        return self.among(
            value, operand if isinstance(operand, tuple) else (operand,), operator in ("is", "in")
        )

    def among(self, value: str, operands: Sequence[str], positive: bool) -> str:
        """Whether a folded column is one of the operands."""
        folded = ", ".join(self.folding(text(one)) for one in operands)
        test = f"{value} = {folded}" if len(operands) == 1 else f"{value} = ANY (ARRAY[{folded}])"
        return f"({test})" if positive else f"({test}) IS NOT TRUE"


def count_key(condition: Condition) -> tuple[str, float | None]:
    """Which touches a signal's condition counts: the signal, and within how many days."""
    return condition.subject, condition.test("within_days")


def pick(values: Sequence[str | None], place: str) -> str:
    """The value at a column's place, from 1; null outside."""
    if not values:
        return "NULL::text"
    listed = ", ".join("NULL" if value is None else text(value) for value in values)
    return f"(ARRAY[{listed}]::text[])[{place}]"
