"""Conditions in plain words, as they stand on pages and in differences between versions."""

from collections.abc import Mapping
from typing import Any

from .conditions import Condition, When
from .fields import Kind

NAMES = {
    "email_domain": "Email domain",
    "free_mail": "Free mail address",
    "reentry": "Came back after an earlier hand-over",
    "duplicate": "Probably a duplicate",
    "customer": "Existing customer",
    "target": "Target account",
    "owned": "Account with an owner",
    "open_opportunity": "Open opportunity",
    "competitor": "Competitor",
    "consent": "Consent",
    "fit": "Fit",
    "intent": "Intent",
    "missing": "Missing required fields",
}
NEGATED = {
    "free_mail": "Not a free mail address",
    "reentry": "No earlier hand-over",
    "duplicate": "Not a duplicate",
    "customer": "Not a customer",
    "target": "Not a target account",
    "owned": "Account without an owner",
    "open_opportunity": "No open opportunity",
    "competitor": "Not a competitor",
    "consent": "No consent",
}
TIMES = {1: "once", 2: "twice"}
WRITTEN_AS_KEYS = frozenset({"seniority", "function", "source", "trigger"})
"""Fields whose values are keys, so that nobody reads `c_level`."""

CAPITALS = {"c_level": "C-level", "vp": "VP", "it": "IT"}


def field_name(name: str) -> str:
    """A field as a person calls it."""
    return NAMES.get(name, name.replace("_", " ").capitalize())


def value_name(field: str, value: str) -> str:
    """A value as a person says it: `c_level` is “C-level”, `paid_search` is “paid search”."""
    if field not in WRITTEN_AS_KEYS:
        return value
    return CAPITALS.get(value) or value.replace("_", " ")


def sentence(condition: Condition, signals: Mapping[str, str] | None = None) -> str:
    """“Employees at least 100”; “Requested a demo at least once within 14 days”.

    `signals`: labels by signal key; else the key is spelled out.
    """
    if condition.is_signal:
        return _signal_sentence(condition, signals or {})
    name, tests = field_name(condition.subject), dict(condition.tests)
    if "known" in tests:
        return f"{name} known" if tests["known"] else f"{name} not known"
    if condition.field.kind is Kind.BOOL:
        ((operator, operand),) = condition.tests
        return name if operand == (operator == "is") else NEGATED[condition.subject]
    about = condition.subject
    return f"{name} " + " and ".join(_test(about, *test) for test in condition.tests)


def _test(about: str, operator: str, operand: Any) -> str:
    if operator == "between":
        return f"between {_value(about, operand[0])} and {_value(about, operand[1])}"
    if operator in ("in", "not_in"):
        values = [_value(about, one) for one in operand]
        listed = ", ".join(values[:-1]) + " or " + values[-1] if len(values) > 1 else values[0]
        return f"is {listed}" if operator == "in" else f"is not {listed}"
    words = {"is_not": "is not", "starts_with": "starts with"}
    return f"{words.get(operator, operator.replace('_', ' '))} {_value(about, operand)}"


def _value(about: str, operand: Any) -> str:
    if isinstance(operand, float):
        said = f"{operand:,.0f}" if operand.is_integer() else f"{operand:,}"
        return said.replace("-", "−")
    return value_name(about, str(operand))


def _signal_sentence(condition: Condition, signals: Mapping[str, str]) -> str:
    key = condition.subject
    label = signals.get(key) or key.replace("_", " ").capitalize()
    least, most = condition.test("at_least"), condition.test("at_most")
    days = condition.test("within_days")
    if most is None:
        count = f"at least {_times(least)}"
    elif most == 0:
        count = "never"
    elif least is None:
        count = f"at most {_times(most)}"
    elif least == most:
        count = f"exactly {_times(least)}"
    else:
        count = f"{least} to {most} times"
    within = "" if days is None else " within 1 day" if days == 1 else f" within {days:g} days"
    return f"{label} {count}{within}"


def _times(count: int) -> str:
    return TIMES.get(count, f"{count} times")


def said(when: When | None, signals: Mapping[str, str] | None = None) -> str:
    """All conditions of a row in one sentence; “Always” where there are none."""
    if when is None:
        return "Always"
    parts = [sentence(condition, signals) for condition in when.conditions]
    return (" and " if when.mode == "all" else " or ").join(parts)
