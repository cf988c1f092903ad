"""All versions at a glance: where each stands, and what it changed in a line."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handoff.differences import Difference, differences
from handoff.models import AreaOwner, DefinitionVersion
from handoff.publications import Publication, publications
from handoff.tables import CappedPaginator
from handoff.trials import TRIED

State = DefinitionVersion.State

FRESH = dt.timedelta(days=1)
"""How long going back to the former version is one click away."""

PER_PAGE = 20
NEWEST = 8
AREA = "definition"


@dataclass(frozen=True)
class Told:
    """A version with what it changed against `base`, the version it came from or took over from.

    `version.tried` tells whether it ever was on trial.
    """

    version: DefinitionVersion
    base: DefinitionVersion | None
    changes: list[Difference]

    @property
    def first(self) -> str:
        """The first change, for a line."""
        return str(self.changes[0]) if self.changes else ""


def navigation(*, at: dt.datetime) -> dict[str, Any]:
    """What stands beside every page about versions: the newest, and who looks after them."""
    newest = list(DefinitionVersion.objects.only("number", "state", "published_at")[:NEWEST])
    areas = list(AreaOwner.objects.with_due().select_related("owner"))
    overdue = [area for area in areas if area.is_overdue(at=at)]
    area = next((area for area in areas if area.area == AREA), None)
    return {
        "section": "definition",
        "newest": newest,
        "area": area,
        "area_is_overdue": area in overdue,
        "overdue": overdue,
        "now": at,
    }


def overview(page: str, *, at: dt.datetime) -> dict[str, Any]:
    """Every version that is not retired, a page of those that are, and the way back."""
    people = ("created_by", "edited_by", "published_by")
    heads = list(DefinitionVersion.objects.select_related(*people).annotate(tried=TRIED))
    log = publications()
    retired = sorted(
        (one for one in heads if one.state == State.RETIRED),
        key=lambda one: (one.published_at or one.created_at, one.number),
        reverse=True,
    )
    turned = CappedPaginator(retired, PER_PAGE).get_page(page)
    standing = [one for one in heads if one.state != State.RETIRED]
    told = _told([*standing, *turned.object_list], heads, log)

    def in_state(state: State) -> list[Told]:
        return [one for one in told if one.version.state == state]

    live = next(iter(in_state(State.LIVE)), None)
    return {
        "drafts": in_state(State.DRAFT),
        "trials": in_state(State.TRIAL),
        "live": live,
        "retired": in_state(State.RETIRED),
        "page": turned,
        "undo": _undo(live, heads, log, at),
        "versions": heads,
        "former": log[0].former if log else None,
    }


def _told(chosen: Any, heads: Sequence[DefinitionVersion], log: list[Publication]) -> list[Told]:
    """The versions with their changes, in a constant number of statements."""
    by_pk = {one.pk: one for one in heads}
    bases = {one.pk: _base(one, by_pk, log) for one in chosen}
    wanted = set(bases) | {base.pk for base in bases.values() if base}
    whole = DefinitionVersion.objects.with_rows().in_bulk(wanted)
    told = []
    for version in chosen:
        base = bases[version.pk]
        changes = (
            differences(whole[base.pk].document(), whole[version.pk].document()) if base else []
        )
        told.append(Told(version, base, changes))
    return told


def _base(
    version: DefinitionVersion, by_pk: dict[int, DefinitionVersion], log: list[Publication]
) -> DefinitionVersion | None:
    """What a version is compared with: what it first took over from; before it is published, what
    it was copied from."""
    first = next((one for one in reversed(log) if one.version_id == version.pk), None)
    if first is not None:
        return next((one for one in by_pk.values() if one.number == first.former), None)
    return by_pk.get(version.cloned_from_id or 0)


def _undo(
    live: Told | None, heads: Sequence[DefinitionVersion], log: list[Publication], at: dt.datetime
) -> DefinitionVersion | None:
    """The version to go back to with one click, for a day after it was taken over from."""
    if live is None or not log or log[0].version_id != live.version.pk or at - log[0].at > FRESH:
        return None
    retired = {one.number: one for one in heads if one.state == State.RETIRED}
    return retired.get(log[0].former or 0)
