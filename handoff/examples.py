"""Examples, run: what a definition makes of each, against what it must make of it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handoff import rules
from handoff.rules.definition import Definition, Example

TOLD_FIRST = (
    "status",
    "rule",
    "tier",
    "route",
    "team",
    "motion",
    "reason",
    "track",
    "fit",
    "intent",
    "missing",
)
"""What an example may expect, in the order in which a difference is told."""


@dataclass(frozen=True)
class Wrong:
    """One thing that comes out otherwise than expected."""

    name: str
    wanted: Any
    came: Any


@dataclass(frozen=True)
class Outcome:
    """How one example came out. `decision` is None where the example cannot be read; `why` then
    says what is wrong with it, else by which rule and scores it came out otherwise."""

    example: Example
    decision: rules.Decision | None
    wrong: tuple[Wrong, ...]
    why: str = ""

    @property
    def passes(self) -> bool:
        return self.decision is not None and not self.wrong

    @property
    def said(self) -> str:
        """The difference in a sentence; empty where there is none."""
        if self.decision is None:
            return f"{self.example.name}: {self.why}."
        told = [
            f"{one.name} {shown(one.wanted)}, comes out {shown(one.came)}" for one in self.wrong
        ]
        if told:
            told[0] += f" ({self.why})"
        return f"{self.example.name}: expected {'; '.join(told)}." if told else ""


def run(definition: Definition, *, at: dt.datetime) -> tuple[Outcome, ...]:
    """Every example of a definition, judged as of `at`, in order."""
    examples = definition.examples
    if not examples:
        return ()
    results = rules.judge_each([example.as_row() for example in examples], definition, at)
    return tuple(
        outcome_of(example, result) for example, result in zip(examples, results, strict=True)
    )


def outcome_of(example: Example, result: rules.Decision | rules.Unreadable) -> Outcome:
    """An example against what became of it."""
    if isinstance(result, rules.Unreadable):
        return Outcome(example, None, (), str(result))
    line = line_of(result)
    why = f"rule {line['rule']}, fit {line['fit']:g}, intent {line['intent']:g}"
    return Outcome(example, result, tuple(_wrong(example.expect, line)), why)


def line_of(decision: rules.Decision) -> dict[str, Any]:
    """All that an example may expect, as a decision says it."""
    return decision.as_line() | {"reason": decision.reason, "track": decision.track}


def _wrong(expect: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[Wrong]:
    for name in sorted(expect, key=TOLD_FIRST.index):
        wanted, came = expect[name], line[name]
        if name in ("fit", "intent"):
            same = round(float(wanted), 1) == came
        elif isinstance(wanted, list):
            same = sorted(wanted) == sorted(came)
        else:
            same = wanted == came
        if not same:
            yield Wrong(name, wanted, came)


def shown(value: Any) -> str:
    """An expectation or what came out, in words."""
    if value is None or value == []:
        return "none"
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).replace("_", " ")
