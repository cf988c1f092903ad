"""Item 3, definition changes: drafts and trials in flight, and what the last changes did. The
sample's results stand beside it and are no figures of this module.
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.urls import reverse

from handoff.differences import differences
from handoff.models import DefinitionVersion
from handoff.publications import SAID_ONLY, Change, changes, publications
from reviews.measures.effects import Effect, effects

from .shares import Kept

LAST = 3
OPEN = (DefinitionVersion.State.DRAFT, DefinitionVersion.State.TRIAL)
MOST_OPEN = 6
SAID = 2
"""So many sentences of what an open version changes are told."""


def figures(*, at: dt.datetime) -> Kept:
    """What the item shows, as it is kept."""
    return {"open": in_flight(), "changes": last_changes(at=at)}


def in_flight() -> list[Kept]:
    """Drafts and the trial, the newest first, each with what it changes and the page it is worked
    on."""
    every = DefinitionVersion.objects.with_rows()
    versions = every.filter(state__in=OPEN).order_by("-number")[:MOST_OPEN]
    made_from = every.in_bulk({one.cloned_from_id for one in versions if one.cloned_from_id})
    return [
        {
            "version": str(one),
            "state": one.get_state_display(),
            "path": reverse("reviews:trial" if one.state == "trial" else "room", args=[one.number]),
            **_changes(one, made_from.get(one.cloned_from_id or 0)),
        }
        for one in versions
    ]


def _changes(one: DefinitionVersion, made_from: DefinitionVersion | None) -> Kept:
    """What tells an open version from others: the summary that was written for it, and what it says
    otherwise than the version it was made from."""
    if made_from is None:
        return {"summary": one.summary, "sentences": [], "more": 0}
    told = [
        str(difference)
        for difference in differences(made_from.document(), one.document())
        if difference.section not in SAID_ONLY
    ]
    return {
        "summary": one.summary if one.summary != made_from.summary else "",
        "sentences": told[:SAID] or [f"Judges as {made_from} does so far."],
        "more": max(0, len(told) - SAID),
    }


def last_changes(*, at: dt.datetime) -> list[Kept]:
    """The last publications with what each changed and did, the newest first."""
    log = publications()
    did = effects(log, at=at)
    if not any(one is not None and one.moved for one in did[:LAST]):
        did = effects(log, at=at, with_past=True)
    told = changes(log[:LAST])
    return [_change(one, effect) for one, effect in zip(told, did, strict=False)]


def _change(one: Change, effect: Effect | None) -> Kept:
    publication = one.publication
    return {
        "version": f"v{publication.number}",
        "at": publication.at.isoformat(),
        "summary": one.summary or publication.reason,
        "sentences": list(one.rules[:3]),
        "more": max(0, len(one.rules) - 3),
        "moved": [asdict(moved) for moved in effect.moved] if effect else [],
        "span": " then ".join(side.span for side in effect.sides) if effect else "",
    }


def sentences(figures: dict[str, Any]) -> list[str]:
    """The item as the minutes say it."""
    said = []
    for one in figures.get("changes", ())[:1]:
        for moved in one["moved"]:
            told = f"{moved['figures']}, {moved['said'][:1].lower()}{moved['said'][1:]}"
            said.append(f"Since {one['version']}, {moved['label'].lower()}: {told}.")
    for one in figures.get("open", ()):
        said.append(" ".join([f"{one['state']} {one['version']}.", *_in_short(one)]))
    return said


def _in_short(one: Kept) -> list[str]:
    """An open version's summary and changes as they were kept; older minutes hold no changes."""
    summary = [f"{one['summary'].rstrip('.')}."] if one["summary"] else []
    more = [f"And {one['more']} more."] if one.get("more") else []
    return [*summary, *one.get("sentences", ()), *more]
