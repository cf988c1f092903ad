"""How a version becomes the law: examples agree, one row is live, the former one is retired.

Every door here is one transaction under one lock; a version that was ever published is never
edited. A version that differs from its examples is refused, with the difference in words.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db import transaction

from handoff import rules, versions

from .differences import diff
from .models import DefinitionVersion, Reason, Team, Track, User
from .models.definition import Document
from .rules.faults import Fault

__all__ = [
    "Check",
    "Refused",
    "check",
    "check_document",
    "clone",
    "diff",
    "known_keys",
    "publish",
    "rollback",
    "validate",
]

State = DefinitionVersion.State
NEW: Document = {
    "decide": [{"key": "rest", "label": "Everyone", "status": "nurture"}],
    "route": [],
}


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


class Refused(Exception):
    """A version that cannot become the law; the text says why, a line for each reason."""


@dataclass(frozen=True)
class Check:
    """Whether a version can become the law. `differences`: examples that come out otherwise."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    differences: tuple[str, ...]
    examples: int

    @property
    def passed(self) -> int:
        """How many examples come out as expected."""
        return self.examples - len(self.differences)

    @property
    def is_sound(self) -> bool:
        return not self.faults and not self.differences


class Keys(TypedDict):
    """The keys that a definition may name."""

    teams: frozenset[str]
    reasons: frozenset[str]
    tracks: frozenset[str]


def known_keys() -> Keys:
    """The keys of the teams, reasons and tracks there are."""
    return {
        "teams": frozenset(Team.objects.values_list("key", flat=True)),
        "reasons": frozenset(Reason.objects.values_list("key", flat=True)),
        "tracks": frozenset(Track.objects.values_list("key", flat=True)),
    }


def read_document(document: Document) -> rules.Parsed:
    """The document read against what there is; all faults at once."""
    return rules.parse(document, **known_keys())


def validate(version: DefinitionVersion) -> rules.Parsed:
    """As `read_document`, of a stored version."""
    return read_document(version.document())


def check(version: DefinitionVersion, *, at: dt.datetime) -> Check:
    """Whether the version holds together and its examples come out, as of `at`."""
    return check_document(version.document(), at=at)


def check_document(document: Document, *, at: dt.datetime) -> Check:
    """As `check`, of a document that need not be stored."""
    parsed = read_document(document)
    if parsed.definition is None:
        return Check(parsed.faults, parsed.warnings, (), 0)
    differences = run_examples(parsed.definition, at=at)
    examples = len(parsed.definition.examples)
    return Check(parsed.faults, parsed.warnings, differences, examples)


def run_examples(definition: rules.Definition, *, at: dt.datetime) -> tuple[str, ...]:
    """A sentence for each example that comes out otherwise than it must."""
    examples = definition.examples
    if not examples:
        return ()
    decisions = rules.judge([example.as_row() for example in examples], definition, at)
    said = []
    for example, decision in zip(examples, decisions, strict=True):
        wrong = list(_wrong(example.expect, decision.as_line() | _further(decision)))
        if wrong:
            said.append(f"{example.name}: expected {'; '.join(wrong)}.")
    return tuple(said)


def _further(decision: Any) -> dict[str, Any]:
    return {name: getattr(decision, name, None) for name in ("reason", "track")}


def _wrong(expect: Mapping[str, Any], line: Mapping[str, Any]) -> list[str]:
    wrong: list[str] = []
    for name in sorted(expect, key=TOLD_FIRST.index):
        wanted, came = expect[name], line[name]
        if name in ("fit", "intent"):
            same = round(float(wanted), 1) == came
        elif isinstance(wanted, list):
            same = sorted(wanted) == sorted(came)
        else:
            same = wanted == came
        if not same:
            fit = f" (rule {line['rule']}, fit {line['fit']:g}, intent {line['intent']:g})"
            wrong.append(
                f"{name} {_shown(wanted)}, comes out {_shown(came)}{fit if not wrong else ''}"
            )
    return wrong


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "none"
    return ", ".join(value) if isinstance(value, list) else str(value).replace("_", " ")


def clone(
    source: DefinitionVersion | None, *, actor: User | None, at: dt.datetime
) -> DefinitionVersion:
    """A draft that says what `source` says; without one, a draft that only nurtures."""
    with transaction.atomic():
        versions.lock()
        if source is None:
            return versions.make_draft(NEW, actor=actor)
        source = DefinitionVersion.objects.with_rows().get(pk=source.pk)
        return versions.make_draft(source.document(), actor=actor, cloned_from=source)


def publish(
    version: DefinitionVersion, *, actor: User | None, at: dt.datetime, reason: str = ""
) -> DefinitionVersion:
    """Make a draft or a trial the law from `at` on; the former law is retired.

    Raises Refused where it has faults, an example differs, or it is no draft or trial any more.
    """
    return _make_live(version, (State.DRAFT, State.TRIAL), actor, at, reason)


def rollback(
    version: DefinitionVersion, *, actor: User | None, at: dt.datetime, reason: str = ""
) -> DefinitionVersion:
    """Make a version the law again that was so before. Raises Refused as `publish` does."""
    return _make_live(version, (State.RETIRED,), actor, at, reason)


def _make_live(
    version: DefinitionVersion,
    allowed: tuple[State, ...],
    actor: User | None,
    at: dt.datetime,
    reason: str,
) -> DefinitionVersion:
    with transaction.atomic():
        versions.lock()
        fresh = DefinitionVersion.objects.with_rows().filter(pk=version.pk).first()
        if fresh is None:
            raise Refused(f"{version} is not there any more.")
        if fresh.state not in allowed:
            raise Refused(f"{fresh} is {fresh.get_state_display().lower()} by now.")
        found = check(fresh, at=at)
        if not found.is_sound:
            lines = [str(fault) for fault in found.faults] + list(found.differences)
            raise Refused(f"{fresh} cannot be published.\n" + "\n".join(lines))
        DefinitionVersion.objects.live().update(state=State.RETIRED)
        fresh.state, fresh.published_at, fresh.published_by = State.LIVE, at, actor
        fresh.reason = reason[:300]
        fresh.save(update_fields=["state", "published_at", "published_by", "reason"])
        return fresh
