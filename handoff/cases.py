"""The examples of a definition in words: what is known, what they did, what must come out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handoff.rules.definition import Example
from handoff.rules.sentences import field_name

from .labels import humanise
from .words import number

Names = Mapping[str, str]

UNTOLD = ("email", "phone", "first_name", "last_name", "touchpoints", "answers")
"""What tells who somebody is, and what is told elsewhere."""


@dataclass(frozen=True)
class Case:
    """An example in words."""

    place: int
    is_example: bool
    name: str
    why: str
    known: str
    did: str
    expected: str


def case_of(place: int, one: Example, names: Mapping[str, Names], signals: Names) -> Case:
    """An example in words. `names`: names by key, of what an example may expect; `signals`: labels
    by signal key."""
    lead = {name: value for name, value in one.lead.items() if name not in UNTOLD}
    touches = [*(one.lead.get("touchpoints") or ()), *one.touchpoints]
    return Case(
        place=place,
        is_example=one.kind == "example",
        name=one.name,
        why=one.why,
        known=", ".join(_fact(name, value) for name, value in lead.items()),
        did=", ".join(_done(touches, signals)),
        expected=", ".join(_expected(one.expect, names)),
    )


def _expected(expect: Mapping[str, Any], names: Mapping[str, Names]) -> list[str]:
    told = []
    for name, value in expect.items():
        if value is None or value == []:
            told.append(f"no {name}" if name != "missing" else "nothing missing")
        elif name == "status":
            told.insert(0, names["status"].get(value, str(value)))
        elif name in names:
            told.append(f"{name} {names[name].get(value, humanise(str(value)))}")
        elif isinstance(value, list):
            told.append(f"{name} {', '.join(field_name(one).lower() for one in value)}")
        else:
            told.append(f"{name} {number(float(value))}")
    return told


def _fact(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return field_name(name).lower() if value else f"not {field_name(name).lower()}"
    return f"{field_name(name).lower()} {number(value) if isinstance(value, float) else value}"


def _done(touches: list[Mapping[str, Any]], labels: Names) -> Iterator[str]:
    """What somebody did, each kind once."""
    for signal in dict.fromkeys(touch["signal"] for touch in touches):
        name = within(labels.get(signal) or humanise(signal))
        ages = [touch.get("days_ago") for touch in touches if touch["signal"] == signal]
        if len(ages) > 1:
            yield f"{name} {len(ages)} times"
        elif ages[0] is None:
            yield name
        else:
            ago = {0: "today", 1: "yesterday"}.get(ages[0], f"{number(ages[0])} days ago")
            yield f"{name} {ago}"


def within(words: str) -> str:
    """A sentence as it stands inside another; “SLA …” keeps its capitals."""
    return words if words[:2].isupper() else f"{words[:1].lower()}{words[1:]}"
