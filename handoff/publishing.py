"""How a version becomes the law: examples agree, one row is live, the former one is retired.

Every door here is one transaction under one lock; a version that was ever published is never
edited. A version that differs from its examples is refused, with the difference in words.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import TypedDict

from django.db import transaction
from django.db.models import ProtectedError

from handoff import examples, rules, staffing, versions

from .differences import Difference, diff, differences
from .models import DefinitionVersion, Reason, Team, Track, Trial, User
from .models.definition import Document
from .rules.faults import Fault

__all__ = [
    "Check",
    "Overtaken",
    "Refused",
    "Seen",
    "check",
    "check_document",
    "clone",
    "diff",
    "discard",
    "known_keys",
    "publish",
    "published_base",
    "rollback",
    "undone",
    "validate",
]

State = DefinitionVersion.State
NEW: Document = {
    "decide": [{"key": "rest", "label": "Everyone", "status": "nurture"}],
    "route": [],
}


class Refused(Exception):
    """A version that cannot become the law; the text says why, a line for each reason."""


class Overtaken(Refused):
    """Refused because somebody else was faster; whoever looks again may decide anew."""


@dataclass(frozen=True)
class Seen:
    """What a person saw before deciding: which version was live (None: none was), and how often
    the draft had been changed."""

    live: int | None
    revision: int


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
    """Whether the version holds together, its examples come out, and somebody stands behind its
    teams, as of `at`."""
    document = version.document()
    found = check_document(document, at=at)
    return replace(found, warnings=(*found.warnings, *staffing.doubts(document)))


def check_document(document: Document, *, at: dt.datetime) -> Check:
    """As `check`, of a document that need not be stored."""
    parsed = read_document(document)
    if parsed.definition is None:
        return Check(parsed.faults, parsed.warnings, (), 0)
    wrong = run_examples(parsed.definition, at=at)
    return Check(parsed.faults, parsed.warnings, wrong, len(parsed.definition.examples))


def run_examples(definition: rules.Definition, *, at: dt.datetime) -> tuple[str, ...]:
    """A sentence for each example that comes out otherwise than it must."""
    return tuple(one.said for one in examples.run(definition, at=at) if not one.passes)


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


def discard(version: DefinitionVersion) -> None:
    """Throw a draft away, with its rows. What was copied from it counts as copied from what it was
    copied from. Raises Refused where it is no draft any more, or something still quotes it.

    Whatever writes about a draft without naming it row by row holds its key meanwhile, so that
    nothing of it is left behind.
    """
    with transaction.atomic():
        versions.lock()
        fresh = DefinitionVersion.objects.select_for_update().filter(pk=version.pk).first()
        if fresh is None:
            raise Overtaken(f"{version} is not there any more.")
        if fresh.state != State.DRAFT:
            raise Overtaken(
                f"{fresh} is {fresh.get_state_display().lower()} by now; only drafts are discarded."
            )
        DefinitionVersion.objects.filter(cloned_from=fresh).update(cloned_from=fresh.cloned_from)
        try:
            fresh.delete()
        except ProtectedError as held:
            kinds = sorted({str(one._meta.verbose_name) for one in held.protected_objects})
            raise Refused(f"{fresh} stays: a {' and a '.join(kinds)} quotes it.") from held


def published_base(version: DefinitionVersion) -> DefinitionVersion | None:
    """The nearest version that was published among those this one was copied from."""
    source = version.cloned_from
    while source is not None and source.published_at is None:
        source = source.cloned_from
    return source


def undone(base: Document, live: Document, new: Document) -> list[Difference]:
    """What `new`, made from `base`, would take back of what came since with `live`: its
    differences from `live` in rows that `live` changed."""
    since = {(one.section, one.key) for one in differences(base, live)}
    return [one for one in differences(live, new) if (one.section, one.key) in since]


def publish(
    version: DefinitionVersion,
    *,
    actor: User | None,
    at: dt.datetime,
    reason: str = "",
    seen: Seen | None = None,
) -> DefinitionVersion:
    """Make a draft or a trial the law from `at` on; the former law is retired.

    Raises Refused where it has faults or an example differs; Overtaken where it is no draft or
    trial any more, or stands otherwise than the person has `seen`.
    """
    return _make_live(version, (State.DRAFT, State.TRIAL), actor, at, reason, seen)


def rollback(
    version: DefinitionVersion,
    *,
    actor: User | None,
    at: dt.datetime,
    reason: str = "",
    seen: Seen | None = None,
) -> DefinitionVersion:
    """Make a version the law again that was so before. Raises Refused as `publish` does."""
    return _make_live(version, (State.RETIRED,), actor, at, reason, seen)


def _make_live(
    version: DefinitionVersion,
    allowed: tuple[State, ...],
    actor: User | None,
    at: dt.datetime,
    reason: str,
    seen: Seen | None,
) -> DefinitionVersion:
    with transaction.atomic():
        versions.lock()
        fresh = DefinitionVersion.objects.with_rows().filter(pk=version.pk).first()
        if fresh is None:
            raise Overtaken(f"{version} is not there any more.")
        if fresh.state not in allowed:
            raise Overtaken(f"{fresh} is {fresh.get_state_display().lower()} by now.")
        if fresh.state == State.RETIRED and fresh.was_only_tried:
            raise Refused(f"{fresh} was on trial only, never live. Clone it, then publish that.")
        if seen is not None:
            _refuse_unseen(fresh, seen)
        found = check(fresh, at=at)
        if not found.is_sound:
            lines = [str(fault) for fault in found.faults] + list(found.differences)
            raise Refused(f"{fresh} cannot be published.\n" + "\n".join(lines))
        DefinitionVersion.objects.live().update(state=State.RETIRED)
        mine = Trial.objects.running().filter(version=fresh)
        mine.end(Trial.Ending.PUBLISHED, actor=actor, at=at, why=reason)
        fresh.state, fresh.published_at, fresh.published_by = State.LIVE, at, actor
        fresh.reason = reason[:300]
        fresh.save(update_fields=["state", "published_at", "published_by", "reason"])
        return fresh


def _refuse_unseen(fresh: DefinitionVersion, seen: Seen) -> None:
    live = DefinitionVersion.objects.live().select_related("published_by").first()
    if (live.number if live else None) != seen.live:
        who = (live and live.published_by) or "Somebody"
        raise Overtaken(f"{who} published {live} meanwhile. Look at what changes now, then decide.")
    if fresh.revision != seen.revision:
        who = fresh.edited_by or "Somebody"
        raise Overtaken(f"{who} changed {fresh} meanwhile. Look at it again, then decide.")
