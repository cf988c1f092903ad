"""Item 3, definition changes: drafts and trials in flight, and what the last changes did. The
sample's results stand beside it and are no figures of this module.
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.urls import reverse

from handoff.models import DefinitionVersion
from handoff.publications import Change, changes, publications
from reviews.measures.effects import Effect, effects

from .shares import Kept

LAST = 3
OPEN = (DefinitionVersion.State.DRAFT, DefinitionVersion.State.TRIAL)
MOST_OPEN = 6


def figures(*, at: dt.datetime) -> Kept:
    """What the item shows, as it is kept."""
    return {"open": in_flight(), "changes": last_changes(at=at)}


def in_flight() -> list[Kept]:
    """Drafts and the trial, the newest first, each with the page it is worked on."""
    versions = DefinitionVersion.objects.filter(state__in=OPEN).order_by("-number")
    return [
        {
            "version": str(one),
            "state": one.get_state_display(),
            "summary": one.summary,
            "path": reverse("reviews:trial" if one.state == "trial" else "room", args=[one.number]),
        }
        for one in versions[:MOST_OPEN]
    ]


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
        what = f": {one['summary']}" if one["summary"] else ""
        said.append(f"{one['state']} {one['version']}{what}.")
    return said
