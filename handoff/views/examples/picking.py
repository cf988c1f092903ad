"""What the form of an example offers to pick from: fields, signals, and what may be expected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from handoff.labels import humanise
from handoff.models import DecideRule, DefinitionVersion, Reason, Team, Track
from handoff.models.definition import Document
from handoff.rules.fields import CATALOGUE, FACTS
from handoff.rules.sentences import field_name
from handoff.views.room.picking import Option, signals_of

from .reading import FIGURES_EXPECTED, MOMENT, NONE, Typed

Choice = tuple[str, str]

UNIT_CHOICES: tuple[Choice, ...] = (
    ("days", "days ago"),
    ("hours", "hours ago"),
    ("minutes", "minutes ago"),
    (MOMENT, "at this moment"),
)
NONE_OF = {
    "tier": "no tier",
    "route": "no route",
    "team": "no team",
    "motion": "no motion",
    "reason": "no reason",
    "track": "no track",
}
"""Expectations that nothing comes out, in words."""


@dataclass(frozen=True)
class Field:
    """One field of the lead as it stands in the form."""

    prefix: str
    name: str
    value: str
    kind: str
    errors: Sequence[str]


@dataclass(frozen=True)
class Touch:
    """One touchpoint as it stands in the form."""

    prefix: str
    signal: str
    unit: str
    when: str
    was: str
    choices: Sequence[Option]
    errors: Sequence[str]


@dataclass(frozen=True)
class Expectation:
    """One thing that may be expected; `choices` is empty for a figure."""

    name: str
    label: str
    value: str
    choices: Sequence[Choice]
    errors: Sequence[str]


def fields_of(typed: Typed, errors: dict[str, list[str]]) -> list[Field]:
    """The fields of the lead; an empty one at the end where there is none."""
    return [
        Field(
            f"f{n}",
            (name := typed.get(f"f{n}-name") or ""),
            typed.get(f"f{n}-value") or "",
            CATALOGUE[name].kind.value if name in CATALOGUE else "text",
            errors.get(f"f{n}-value", ()),
        )
        for n in typed.getlist("f") or ["0"]
    ]


def touches_of(document: Document, typed: Typed, errors: dict[str, list[str]]) -> list[Touch]:
    """The touchpoints, as many as there are; `document` scores the signals that are offered."""
    return [
        Touch(
            f"t{n}",
            typed.get(f"t{n}-signal") or "",
            typed.get(f"t{n}-unit") or "days",
            typed.get(f"t{n}-when") or "",
            typed.get(f"t{n}-was") or "",
            signals_of(document, typed.get(f"t{n}-signal") or "", "Choose…"),
            [*errors.get(f"t{n}-signal", ()), *errors.get(f"t{n}-when", ())],
        )
        for n in typed.getlist("t")
    ]


def field_choices() -> list[Choice]:
    """Every field a lead may carry, by name in words."""
    return sorted(((name, field_name(name)) for name in FACTS), key=lambda one: one[1])


def expectations_of(
    version: DefinitionVersion, typed: Typed, errors: dict[str, list[str]]
) -> list[Expectation]:
    """All that may be expected besides what is missing."""
    offered: dict[str, Iterable[Choice]] = {
        "status": [(key, str(label)) for key, label in DecideRule.Status.choices],
        "tier": _keys(version.tiers.all()),
        "team": Team.objects.order_by("name").values_list("key", "name"),
        "rule": _keys(version.decide.all()),
        "route": _keys(version.route.all()),
        "motion": _keys(version.motions.all()),
        "reason": Reason.objects.order_by("label").values_list("key", "label"),
        "track": Track.objects.order_by("label").values_list("key", "label"),
    }
    found = [_expectation(name, list(choices), typed, errors) for name, choices in offered.items()]
    return found + [
        Expectation(
            name, humanise(name), typed.get(f"x-{name}") or "", (), errors.get(f"x-{name}", ())
        )
        for name in FIGURES_EXPECTED
    ]


def _expectation(
    name: str, choices: list[Choice], typed: Typed, errors: dict[str, list[str]]
) -> Expectation:
    value = typed.get(f"x-{name}") or ""
    if name in NONE_OF:
        choices.append((NONE, NONE_OF[name]))
    if value and value not in dict(choices):
        choices.append((value, f"{value} (not there any more)"))
    return Expectation(name, humanise(name), value, choices, errors.get(f"x-{name}", ()))


def missing_choices(version: DefinitionVersion, typed: Typed) -> list[tuple[str, str, bool]]:
    """(field, its name, whether it is expected to be missing) of the required fields."""
    picked = typed.getlist("x-missing")
    names = dict.fromkeys([*version.required, *picked])
    return [(name, field_name(name), name in picked) for name in names]


def _keys(rows: Iterable[Any]) -> list[Choice]:
    return [(row.key, row.label or humanise(row.key)) for row in rows]
