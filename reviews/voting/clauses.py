"""What may have failed in a lead, in the words of the definition that judged it.

A clause is kept by its key: `rule.KEY.N` is the condition at N (0 the first) of the status rule
KEY, `fit.KEY` a criterion of fit, `required.FIELD` a field that must be known.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from handoff.labels import humanise, labels_of
from handoff.rules.definition import Definition
from handoff.rules.sentences import field_name, sentence
from leads.journey.law import law
from leads.models import Judgement

RULE, FIT, REQUIRED = "rule", "fit", "required"
GROUPS = {RULE: "The rule", FIT: "Fit", REQUIRED: "What must be known"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that may have failed: its key, and what it asks in words."""

    key: str
    says: str

    @property
    def group(self) -> str:
        return GROUPS[self.key.split(".", 1)[0]]


def clauses_of(judgement: Judgement) -> list[Clause]:
    """What the rule that decided asks, then what counts for fit, then what must be known."""
    asked = _asked(judgement.version_id)
    rule = f"{RULE}.{judgement.rule}."
    return [
        Clause(key, says)
        for key, says in asked.items()
        if not key.startswith(f"{RULE}.") or key.startswith(rule)
    ]


def named(version_id: int | None, key: str) -> str:
    """What a clause asks; its key in words where the version has it not, or is not known."""
    asked = _asked(version_id) if version_id is not None else {}
    return asked.get(key) or humanise(key.replace(".", " "))


@functools.lru_cache(maxsize=64)
def _asked(version_id: int) -> dict[str, str]:
    definition = law(version_id).definition
    return dict(_clauses(definition, labels_of(version_id).fit))


def _clauses(definition: Definition, fit: dict[str, str]) -> Iterator[tuple[str, str]]:
    names = definition.signal_labels
    for rule in definition.decide:
        for place, condition in enumerate(rule.when.conditions if rule.when else ()):
            yield f"{RULE}.{rule.key}.{place}", sentence(condition, names)
    for row in definition.fit:
        if row.points > 0:
            yield f"{FIT}.{row.key}", fit[row.key]
    for name in definition.required:
        yield f"{REQUIRED}.{name}", f"{field_name(name)} known"
