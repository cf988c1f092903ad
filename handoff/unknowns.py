"""What follows when something about a lead is unknown, read from its definition. Knows no model.

Source: contracts.md §3: an unknown value fails every operator except `is_not`, `not_in` and
`known: false`, which hold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from handoff.rules import Condition, Definition, When
from handoff.rules.fields import CATALOGUE

HOLDS = frozenset({"is_not", "not_in"})


Effect = Literal["none", "fails", "holds", "rests"]


@dataclass(frozen=True)
class Unknown:
    """One field when it is unknown.

    `lost`: fit criteria that then give 0, up to `points`; `kept`: those that then take nothing
    away; `given`: criteria that may hold all the same; `leans`: criteria that then rest on their
    other conditions; `passed`: status rules that then cannot hold; `reached`: status rules that may
    hold all the same; `rests`: status rules that then rest on their other conditions; `routed`:
    routing rules that then cannot hold; `motions`: those that then cannot be the lead's;
    `signals`: those that then do not count. All are rows' keys.
    """

    field: str
    required: bool
    lost: tuple[str, ...]
    points: float
    given: tuple[str, ...]
    leans: tuple[str, ...]
    passed: tuple[str, ...]
    reached: tuple[str, ...]
    rests: tuple[str, ...]
    routed: tuple[str, ...]
    kept: tuple[str, ...]
    motions: tuple[str, ...]
    signals: tuple[str, ...]

    @property
    def changes_nothing(self) -> bool:
        of_scores = (self.lost, self.kept, self.given, self.leans, self.signals)
        return not any(
            (*of_scores, self.passed, self.reached, self.rests, self.routed, self.motions)
        )


def unknowns(definition: Definition) -> list[Unknown]:
    """Every field that may be unknown and is required or asked about: the required ones first, then
    in the order of the catalogue."""
    asked = {one.subject for one in definition.conditions() if _may_be_unknown(one)}
    asked |= {"source" for row in definition.signals if row.sources}
    names = [name for name in CATALOGUE if name in asked and name not in definition.required]
    required = [name for name in definition.required if not CATALOGUE[name].always_known]
    return [_unknown(name, definition) for name in (*required, *names)]


def counting_what_is_missing(definition: Definition) -> list[Any]:
    """The status rules that ask how many required fields are missing."""
    return [
        rule
        for rule in definition.decide
        if rule.when and any(_is_about(one, "missing") for one in rule.when.conditions)
    ]


def _unknown(name: str, definition: Definition) -> Unknown:
    def keys(rows: Iterable[Any], effect: Effect) -> tuple[str, ...]:
        return tuple(row.key for row in rows if _effect(row.when, name) == effect)

    scoring = [row for row in definition.fit if row.points > 0]
    lost = keys(scoring, "fails")
    return Unknown(
        field=name,
        required=name in definition.required,
        lost=lost,
        points=sum(row.points for row in scoring if row.key in lost),
        given=keys(definition.fit, "holds"),
        leans=keys(definition.fit, "rests"),
        passed=keys(definition.decide, "fails"),
        reached=keys(definition.decide, "holds"),
        rests=keys(definition.decide, "rests"),
        routed=keys(definition.route, "fails"),
        kept=keys((row for row in definition.fit if row.points < 0), "fails"),
        motions=keys(definition.motions, "fails"),
        signals=tuple(row.key for row in definition.signals if row.sources and name == "source"),
    )


def _effect(when: When | None, name: str) -> Effect:
    """What not knowing the field does to a row: as far as the field goes it fails or holds, or it
    rests on the row's other conditions, any of which is enough."""
    said = list(_answers(when, name))
    if when is None or not said:
        return "none"
    if when.mode == "all" or len(when.conditions) == 1:
        return "holds" if all(said) else "fails"
    if any(said):
        return "holds"
    return "fails" if len(said) == len(when.conditions) else "rests"


def _answers(when: When | None, name: str) -> Iterator[bool]:
    """What each condition about the field says while it is unknown."""
    for one in when.conditions if when else ():
        if _is_about(one, name):
            yield any(op in HOLDS or (op == "known" and not value) for op, value in one.tests)


def _is_about(one: Condition, name: str) -> bool:
    return not one.is_signal and one.subject == name


def _may_be_unknown(one: Condition) -> bool:
    return not one.is_signal and one.field.is_fact and not one.field.always_known
