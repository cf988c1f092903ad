"""Why, and why not, rule by rule: what `Compiled.explain_sql` returns, put into words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .definition import Definition
from .sentences import sentence

State = Literal["met", "unmet", "unknown"]
SECTIONS = ("motions", "fit", "decide", "route")


@dataclass(frozen=True)
class ExplainedCondition:
    """A condition, what became of it, and the value it saw as text (None: unknown)."""

    sentence: str
    state: State
    seen: str | None


@dataclass(frozen=True)
class ExplainedRow:
    """A row of a section; `holds` with its motion, if it is limited to one."""

    section: str
    key: str
    label: str
    holds: bool
    conditions: tuple[ExplainedCondition, ...]

    @property
    def state(self) -> State:
        """Met, unmet, or unknown where a value that is not known decides."""
        if self.holds:
            return "met"
        return "unknown" if any(one.state == "unknown" for one in self.conditions) else "unmet"


def explained(
    definition: Definition,
    holds: Sequence[bool],
    states: Sequence[State],
    seen: Sequence[str | None],
) -> tuple[ExplainedRow, ...]:
    """The rows of motions, fit, decide and route, in order, as one lead met them.

    `holds`, `states`, `seen`: the columns of `EXPLAINED` for that lead.
    """
    labels = definition.signal_labels
    told = zip(states, seen, strict=True)
    return tuple(
        ExplainedRow(
            section=section,
            key=row.key,
            label=row.label or row.key,
            holds=held,
            conditions=tuple(
                ExplainedCondition(sentence(condition, labels), *next(told))
                for condition in (row.when.conditions if row.when else ())
            ),
        )
        for (section, row), held in zip(_rows(definition), holds, strict=True)
    )


def _rows(definition: Definition) -> Iterator[tuple[str, Any]]:
    for section in SECTIONS:
        for row in getattr(definition, section):
            yield section, row
