"""A draft on trial: the law for some leads beside the live version, until stopped or published.

Who is on trial is told by conditions on what is known of a lead, and by a share of a hundred.
Starting and stopping go through here; publishing a version on trial, which also ends it, through
`publishing.publish`. `leads.journey.sides` puts leads on a side.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from handoff import publishing, segments, versions
from handoff.complaints import complaints_of
from handoff.rules.faults import Fault, Faulty

from .models import DefinitionVersion, Trial, User
from .publishing import Refused

__all__ = [
    "Faulty",
    "Refused",
    "start",
    "stop",
    "stop_and_copy",
    "tried",
]

State = DefinitionVersion.State
TRIED = Exists(Trial.objects.filter(version=OuterRef("pk")))
"""Of a version: whether it ever was on trial."""


@dataclass(frozen=True)
class Tried:
    """The trials a version has to do with: its own, and that of the version it was copied from."""

    own: Trial | None
    copied: Trial | None


def tried(version: DefinitionVersion) -> Tried:
    """What there is to know of a version from trials, running or ended."""
    source = version.cloned_from_id
    ids = [version.pk, source] if source else [version.pk]
    found = {one.version_id: one for one in Trial.objects.of_versions(ids)}
    return Tried(found.get(version.pk), found.get(source or 0))


def start(
    version: DefinitionVersion,
    *,
    when: Any,
    share: int,
    stop_above: float | None,
    reason: str,
    actor: User,
    at: dt.datetime,
    revision: int | None = None,
) -> Trial:
    """Put a draft on trial for leads that come in from now on. Raises Refused, Faulty.

    `when`: conditions as a playbook file writes them, None for every lead. `share`: so many of a
    hundred of those. `stop_above`: the share of rejections, as a part of one, above which the trial
    stops by itself. `revision`: which one of the draft the person saw, None for whatever it is.
    """
    with transaction.atomic():
        versions.lock()
        draft = DefinitionVersion.objects.with_rows().filter(pk=version.pk).first()
        if draft is None:
            raise Refused(f"{version} is not there any more.")
        _refuse_unseen(draft, revision)
        _refuse_faults(draft, when, share, stop_above)
        _refuse_unsound(draft, at)
        draft.state = State.TRIAL
        draft.save(update_fields=["state"])
        try:
            with transaction.atomic():
                return Trial.objects.create(
                    version=draft,
                    when=when,
                    share=share,
                    stop_above=stop_above,
                    reason=reason[:300],
                    started_at=at,
                    started_by=actor,
                )
        except IntegrityError as error:
            raise Refused("Another trial was started a moment ago.") from error


def _refuse_unseen(draft: DefinitionVersion, revision: int | None) -> None:
    if revision is not None and draft.revision != revision:
        who = draft.edited_by or "Somebody"
        raise Refused(f"{who} changed {draft} meanwhile. Look at it again, then start.")


def _refuse_faults(
    draft: DefinitionVersion, when: Any, share: int, stop_above: float | None
) -> None:
    faults = []
    if not 1 <= share <= 100:
        faults.append(Fault("share", "must be from 1 to 100"))
    if stop_above is not None and not 0 < stop_above < 1:
        faults.append(Fault("stop_above", "must be more than 0 and less than 100 %"))
    try:
        segments.read(when, draft.document())
    except Faulty as error:
        faults += error.faults
    if faults:
        raise Faulty(faults)


def _refuse_unsound(draft: DefinitionVersion, at: dt.datetime) -> None:
    if not draft.is_editable:
        raise Refused(f"{draft} is {draft.get_state_display().lower()} by now.")
    if not DefinitionVersion.objects.live().exists():
        raise Refused("Nothing is live yet. A trial runs beside the live version; publish first.")
    running = Trial.objects.running().select_related("version").first()
    if running is not None:
        raise Refused(f"{running.version} is on trial already. Stop or publish it first.")
    found = publishing.check(draft, at=at)
    if not found.is_sound:
        mended = complaints_of(draft.document(), found.faults)
        lines = [str(one) for one in mended] + list(found.differences)
        raise Refused(f"{draft} cannot go on trial.\n" + "\n".join(lines))


def stop(
    trial: Trial,
    *,
    actor: User | None,
    at: dt.datetime,
    why: str,
    ending: Trial.Ending = Trial.Ending.STOPPED,
) -> Trial:
    """Back to the live version for everybody; the version on trial is retired.

    Leads are judged by the live version from their next judgement on; open hand-overs keep theirs.
    Raises Refused where the trial has ended.
    """
    with transaction.atomic():
        versions.lock()
        mine = Trial.objects.running().filter(pk=trial.pk)
        if not mine.end(ending, actor=actor, at=at, why=why):
            ended = Trial.objects.select_related("version").get(pk=trial.pk)
            raise Refused(f"The trial of {ended.version} has ended: {ended.said_ending}.")
        DefinitionVersion.objects.filter(pk=trial.version_id, state=State.TRIAL).update(
            state=State.RETIRED
        )
    trial.refresh_from_db()
    return trial


def stop_and_copy(
    trial: Trial, *, actor: User, at: dt.datetime, why: str
) -> tuple[Trial, DefinitionVersion]:
    """As `stop`, with a draft that says the same, to go on with: both or neither."""
    with transaction.atomic():
        stopped = stop(trial, actor=actor, at=at, why=why)
        return stopped, publishing.clone(stopped.version, actor=actor, at=at)
