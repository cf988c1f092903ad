"""Conditions as lines a person types: `employees at_least 100`; first line `any of:` for any.

`signal demo_request at_least 1 within_days 14` counts a signal. Lists are separated by commas; a
text that holds a comma, or begins with a quote, stands in double quotes.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from .fields import CATALOGUE, Field, Kind, boolean, number
from .operators import LISTS, OPERATORS, SIGNAL_KEYS

HEADS = {"any of:": "any", "all of:": "all"}
STRING = json.JSONDecoder(strict=False)
EXAMPLE = "write a field, an operator and a value, such as: employees at_least 100"


def to_lines(when: Any) -> str:
    """The conditions of a playbook file's `when`, one a line; "" where there are none."""
    if not when:
        return ""
    head: list[str] = []
    if isinstance(when, dict):
        mode = "any" if "any" in when else "all"
        head = ["any of:"] if mode == "any" else []
        when = when.get(mode) or []
    return "\n".join([*head, *(_line(condition) for condition in when)])


def _line(condition: dict[str, Any]) -> str:
    words = ["signal", condition["signal"]] if "signal" in condition else [condition["field"]]
    for name, operand in condition.items():
        if name not in ("field", "signal"):
            words += [name, written(operand)]
    return " ".join(str(word) for word in words)


def written(operand: Any) -> str:
    """An operand as it is typed; `operand_of` reads it back."""
    if isinstance(operand, list | tuple):
        return ", ".join(_quoted(one) for one in operand)
    return _quoted(operand)


def _quoted(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, int) and 2**53 <= abs(value) < 10**300:
        return str(float(value))
    if not isinstance(value, str):
        return str(value)
    plain = value == value.strip() and not value.startswith('"') and value.isprintable()
    return value if plain and "," not in value else json.dumps(value, ensure_ascii=False)


def from_lines(text: str) -> Any:
    """The `when` that lines spell out; None where there is no line.

    Raises ValueError naming every line that cannot be read. Whether the conditions make sense
    where they stand is for `parse` to say.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    mode = HEADS.get(" ".join(lines[0].lower().split()), "") if lines else ""
    first = 1 if mode else 0
    rows: list[Any] = []
    wrong: list[str] = []
    for place, line in enumerate(lines[first:], first + 1):
        try:
            rows.append(_condition(line))
        except ValueError as error:
            wrong.append(f"Line {place}: {error}")
    if mode and not rows and not wrong:
        wrong.append("Line 1: no condition follows")
    if wrong:
        raise ValueError("; ".join(wrong))
    if not rows:
        return None
    return {"any": rows} if mode == "any" else rows


def _condition(line: str) -> dict[str, Any]:
    name, _, rest = line.partition(" ")
    if name == "signal":
        key, _, bounds = rest.strip().partition(" ")
        if not key:
            raise ValueError("name a signal, such as: signal demo_request at_least 1")
        return {"signal": key} | _pairs(bounds, SIGNAL_KEYS)
    field = CATALOGUE.get(name)
    if field is None:
        raise ValueError(f"there is no field “{name}”; {EXAMPLE}")
    operator, _, operand = rest.strip().partition(" ")
    if operator not in OPERATORS[field.kind]:
        allowed = ", ".join(OPERATORS[field.kind])
        raise ValueError(f"“{operator}” is no operator for {name}; there are {allowed}")
    if operator in ("at_least", "at_most"):
        return {"field": name} | _pairs(rest, ("at_least", "at_most"))
    return {"field": name, operator: operand_of(field, operator, operand.strip())}


def _pairs(text: str, names: tuple[str, ...]) -> dict[str, Any]:
    """`at_least 1 within_days 14` as a mapping of numbers."""
    words = text.split()
    if len(words) % 2:
        raise ValueError(f"each of {', '.join(names)} is followed by a number")
    pairs: dict[str, Any] = {}
    for name, value in zip(words[::2], words[1::2], strict=True):
        if name not in names or name in pairs:
            raise ValueError(f"“{name}” does not belong here; there are {', '.join(names)}")
        pairs[name] = _number(value)
    return pairs


def operand_of(field: Field, operator: str, text: str) -> Any:
    """The operand that a text spells out. Raises ValueError with a sentence."""
    if operator == "known":
        return _true_or_false(text) if text else True
    if not text:
        raise ValueError(f"a value is missing after “{operator}”")
    if operator not in LISTS:
        return _value(field, text)
    if operator == "between":
        text = re.sub(r"\s+and\s+", ", ", text)
    return [_value(field, one) for one in _split(text)]


def _split(text: str) -> Iterator[str]:
    """The values between commas; a quoted value is one, whatever it holds."""
    while text:
        if text.startswith('"'):
            end = _end_of_string(text)
            yield text[:end]
            text = text[end:].strip()
            if text and not text.startswith(","):
                raise ValueError(f"a comma is missing before “{text}”")
            text = text[1:].strip()
        else:
            one, _, text = text.partition(",")
            text = text.strip()
            if one.strip():
                yield one.strip()


def texts_of(text: str) -> list[str]:
    """The texts between commas, as `written` lists them. Raises ValueError with a sentence."""
    return [_text(one) for one in _split(text)]


def _end_of_string(text: str) -> int:
    try:
        return STRING.raw_decode(text)[1]
    except ValueError:
        raise ValueError(f"a closing quote is missing in {text}") from None


def _text(text: str) -> str:
    """A text without the quotes it may stand in."""
    if not text.startswith('"'):
        return text
    end = _end_of_string(text)
    if text[end:].strip():
        raise ValueError(f"“{text[end:].strip()}” follows the closing quote")
    return str(STRING.raw_decode(text)[0])


def _value(field: Field, text: str) -> Any:
    text = _text(text)
    if field.kind is Kind.NUMBER:
        return _number(text)
    return _true_or_false(text) if field.kind is Kind.BOOL else text


def _number(text: str) -> int | float:
    found = number(text)
    if found is None:
        raise ValueError(f"“{text}” is no number")
    return int(found) if found.is_integer() and abs(found) < 2**53 else found


def _true_or_false(text: str) -> bool:
    found = boolean(text)
    if found is None:
        raise ValueError(f"write true or false, not “{text}”")
    return found
