"""Conditions: one field or signal, one operator, one operand; and rows of them.

Source: contracts.md §3 “Conditions”.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

from .faults import Report, kind_of, one_of, shown
from .fields import CATALOGUE, Field, Kind, normalise, normalise_part
from .lines import from_lines, to_lines
from .operators import ALL_OPERATORS, LISTS, OPERATORS, PARTS_OF_WORDS, SIGNAL_KEYS

__all__ = (
    "NAMES",
    "Condition",
    "Scope",
    "When",
    "as_document",
    "bounds",
    "from_lines",
    "parse_when",
    "to_lines",
    "usable",
)

NAMES: tuple[str, ...] = tuple(CATALOGUE)
"""Every field a condition may name somewhere."""

KEYED = ("motion", "status", "tier")
"""Fields whose operands are keys of the definition itself."""

MOST_COUNT = 1_000_000_000
MOST_CONDITIONS = 200
MOST_TEXT = 1000


@dataclass(frozen=True)
class Condition:
    """A test of one field, or a count of one signal.

    `tests` are (operator, operand) in a fixed order: one for a field, or `at_least` with `at_most`;
    up to three for a signal. Operands are normalised like values: text, float, bool, or a tuple.
    """

    subject: str
    is_signal: bool
    tests: tuple[tuple[str, Any], ...]

    @property
    def field(self) -> Field:
        return CATALOGUE[self.subject]

    def test(self, operator: str, default: Any = None) -> Any:
        """The operand of an operator, or the default."""
        return dict(self.tests).get(operator, default)


@dataclass(frozen=True)
class When:
    """Conditions of which all must hold, or any one."""

    mode: Literal["all", "any"]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Scope:
    """Where conditions stand, and the keys they may name there. None: not checked."""

    section: str
    motions: frozenset[str] | None = None
    statuses: frozenset[str] | None = None
    tiers: frozenset[str] | None = None

    def keys_of(self, field: str) -> frozenset[str] | None:
        return {"motion": self.motions, "status": self.statuses, "tier": self.tiers}[field]


def parse_when(raw: Any, place: str, scope: Scope, report: Report) -> When | None:
    """The conditions of a row. Faults go to the report; None then, or where nothing is there."""
    mode: Literal["all", "any"] = "all"
    if isinstance(raw, dict):
        report.unknown_keys(raw, ("all", "any"), place)
        if ("all" in raw) == ("any" in raw):
            report.wrong(place, "needs exactly one of all and any")
            return None
        mode = "any" if "any" in raw else "all"
        raw, place = raw[mode], f"{place}.{mode}"
    if not isinstance(raw, list):
        report.wrong(place, f"must be a list of conditions, not {kind_of(raw)}")
        return None
    if not raw:
        report.wrong(place, "must not be empty; leave it out where the row always holds")
        return None
    if len(raw) > MOST_CONDITIONS:
        report.wrong(place, f"has {len(raw)} conditions; at most {MOST_CONDITIONS} are allowed")
        return None
    parsed = [
        parse_condition(one, f"{place}[{index}]", scope, report) for index, one in enumerate(raw)
    ]
    conditions = tuple(one for one in parsed if one is not None)
    return When(mode, conditions) if len(conditions) == len(parsed) else None


def parse_condition(raw: Any, place: str, scope: Scope, report: Report) -> Condition | None:
    """One condition; None with a fault where it is none."""
    if not isinstance(raw, dict):
        report.wrong(place, f"must be a condition such as {{field: country, is: US}}, "
                     f"not {kind_of(raw)}")  # fmt: skip
        return None
    if "all" in raw or "any" in raw:
        report.wrong(place, "conditions cannot be nested")
        return None
    if ("field" in raw) == ("signal" in raw):
        report.wrong(place, "needs exactly one of field and signal")
        return None
    if "signal" in raw:
        return _parse_signal(raw, place, report)
    return _parse_field(raw, place, scope, report)


def _parse_signal(raw: dict[str, Any], place: str, report: Report) -> Condition | None:
    before = len(report.faults)
    report.unknown_keys(raw, ("signal", *SIGNAL_KEYS), place)
    key = signal_key(raw["signal"], f"{place}.signal", report)
    tests: list[tuple[str, Any]] = []
    for name in SIGNAL_KEYS:
        if name not in raw:
            continue
        value = raw[name]
        if name == "within_days":
            if not is_number(value) or value < 0:
                report.wrong(
                    f"{place}.{name}", f"must be a number of days from 0, not {shown(value)}"
                )
        elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_COUNT:
            report.wrong(f"{place}.{name}", f"must be a whole number from 0, not {shown(value)}")
        tests.append((name, value))
    if len(report.faults) > before:
        return None
    if "at_least" not in raw and "at_most" not in raw:
        tests.insert(0, ("at_least", 1))
    condition = Condition(str(key), True, tuple(tests))
    _doubt_bounds(condition, place, report)
    return condition


def signal_key(raw: Any, place: str, report: Report) -> str | None:
    """A signal's key, trimmed; None with a fault where it is none."""
    if not isinstance(raw, str) or not raw.strip() or "\0" in raw or len(raw) > MOST_TEXT:
        report.wrong(place, f"must be the key of a signal, not {shown(raw)}")
        return None
    return str(normalise("signal", raw))


def _parse_field(raw: dict[str, Any], place: str, scope: Scope, report: Report) -> Condition | None:
    name = raw["field"]
    field = CATALOGUE.get(name) if isinstance(name, str) else None
    if field is None:
        report.wrong(
            f"{place}.field", f"unknown field {shown(name)}; {one_of(usable(scope.section))}"
        )
        return None
    if scope.section not in field.sections:
        report.wrong(f"{place}.field", f"“{name}” is not known yet in {scope.section}")
        return None
    allowed = OPERATORS[field.kind]
    given = [key for key in raw if key != "field"]
    if strange := [key for key in given if key not in allowed]:
        for key in strange:
            what = (
                f"unknown operator {shown(key)}" if key not in ALL_OPERATORS else f"“{key}” is no"
            )
            tail = "" if key not in ALL_OPERATORS else f" operator for a {field.kind} field"
            report.wrong(f"{place}.{key}", f"{what}{tail}; {one_of(allowed)}")
        return None
    if len(given) != 1 and set(given) != {"at_least", "at_most"}:
        report.wrong(place, f"needs exactly one operator, has {len(given)}; {one_of(allowed)}")
        return None
    before = len(report.faults)
    tests = tuple(
        (key, _operand(field, key, raw[key], f"{place}.{key}", scope, report))
        for key in ALL_OPERATORS
        if key in raw
    )
    if len(report.faults) > before:
        return None
    condition = Condition(name, False, tests)
    _doubt_bounds(condition, place, report)
    return condition


def usable(section: str) -> tuple[str, ...]:
    """The fields that conditions of a section may name."""
    return tuple(name for name, field in CATALOGUE.items() if section in field.sections)


def _operand(
    field: Field, operator: str, raw: Any, place: str, scope: Scope, report: Report
) -> Any:
    if operator == "known":
        if not isinstance(raw, bool):
            report.wrong(place, f"must be true or false, not {shown(raw)}")
        return raw
    if operator not in LISTS:
        return _value(field, operator, raw, place, scope, report)
    if not isinstance(raw, list):
        report.wrong(place, f"must be a list, not {kind_of(raw)}")
        return ()
    if operator == "between" and len(raw) != 2:
        report.wrong(place, f"must be two numbers, [least, most]; there are {len(raw)}")
        return ()
    if not raw:
        report.wrong(place, "must not be an empty list")
    return tuple(
        _value(field, operator, one, f"{place}[{index}]", scope, report)
        for index, one in enumerate(raw)
    )


def _value(field: Field, operator: str, raw: Any, place: str, scope: Scope, report: Report) -> Any:
    if field.kind is Kind.BOOL:
        if not isinstance(raw, bool):
            report.wrong(place, f"must be true or false, not {shown(raw)}")
        return raw
    if field.kind is Kind.NUMBER:
        if not is_number(raw):
            report.wrong(place, f"must be a number, not {shown(raw)}")
            return None
        return float(raw) + 0.0
    if not isinstance(raw, str):
        hint = f"; write it in quotes: '{raw}'" if isinstance(raw, bool | int | float) else ""
        report.wrong(place, f"must be text, not {kind_of(raw)}{hint}")
        return None
    if not is_writable(raw) or len(raw) > MOST_TEXT:
        report.wrong(
            place, f"must be at most {MOST_TEXT} characters, without NUL or half characters"
        )
        return None
    said = (normalise_part if operator in PARTS_OF_WORDS else normalise)(field.name, raw)
    if said is None:
        report.wrong(place, "must not be blank")
        return None
    keys = scope.keys_of(field.name) if field.name in KEYED else None
    if (
        keys is not None
        and operator not in PARTS_OF_WORDS
        and said.casefold() not in {key.casefold() for key in keys}
    ):
        report.wrong(place, f"there is no {field.name} {shown(raw)}; {one_of(sorted(keys))}")
    return said


def is_number(raw: Any) -> bool:
    """Whether a YAML value is a finite number (true and false are none)."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return False
    try:
        return math.isfinite(float(raw))
    except OverflowError:
        return False


def is_writable(raw: str) -> bool:
    """Whether a database can hold a text: no NUL, no lone surrogate."""
    try:
        return "\0" not in raw and bool(raw.encode() or True)
    except UnicodeEncodeError:
        return False


def bounds(condition: Condition) -> tuple[float, float] | None:
    """The least and greatest number a condition lets through, both inclusive; None for others."""
    tests = dict(condition.tests)
    if "between" in tests:
        return tests["between"]
    if "at_least" in tests or "at_most" in tests:
        return tests.get("at_least", -math.inf), tests.get("at_most", math.inf)
    return None


def _doubt_bounds(condition: Condition, place: str, report: Report) -> None:
    limits = bounds(condition)
    if limits and limits[0] > limits[1]:
        report.doubtful(place, "can never hold: its least is more than its most")


def as_document(when: When | None) -> Any:
    """The conditions as a playbook file writes them; None where a row always holds."""
    if when is None:
        return None
    rows = [
        {"signal" if one.is_signal else "field": one.subject}
        | {name: _plain(value) for name, value in one.tests}
        for one in when.conditions
    ]
    return rows if when.mode == "all" else {"any": rows}


def _plain(operand: Any) -> Any:
    if isinstance(operand, tuple):
        return [_plain(one) for one in operand]
    whole = isinstance(operand, float) and operand.is_integer() and abs(operand) < 2**53
    return int(operand) if whole else operand
