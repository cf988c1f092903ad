"""A draft made of a study's suggested points: tried on the past, never published by itself."""

import datetime as dt

from django.db import transaction

from handoff import versions
from handoff.models import DefinitionVersion, User
from handoff.models.definition import Document
from handoff.permissions import may_edit_agreement
from leads.journey.states import Conflict, NotAllowed
from reviews import backtesting
from reviews.measures.lift.results import Examined, examined
from reviews.models import Backtest, LiftDraft, LiftStudy


def draft(
    study: LiftStudy, outcome: str, *, actor: User, at: dt.datetime
) -> tuple[DefinitionVersion, Backtest]:
    """A draft from the live version with the points suggested for an outcome, and a backtest of it
    over the study's period.

    Raises NotAllowed; Conflict where another version is live by now, nothing else than today's
    points is suggested, or a draft of the same was made and still stands.
    """
    if not may_edit_agreement(actor):
        raise NotAllowed("Marketing operations drafts the definition.")
    with transaction.atomic():
        versions.lock()
        found = _to_draft(study, outcome)
        live = DefinitionVersion.objects.live().with_rows().first()
        if live is None or live.pk != study.version_id:
            raise Conflict(f"{study.version} is not live any more. Ask for a study of {live}.")
        made = versions.make_draft(changed(live.document(), found), actor=actor, cloned_from=live)
        LiftDraft.objects.create(
            version=made, study=study, outcome=outcome, made_by=actor, made_at=at
        )
        run = backtesting.start(
            made,
            since=study.since,
            until=study.until,
            with_imported=study.with_imported,
            actor=actor,
            at=at,
        )
    return made, run


def standing(study: LiftStudy, outcome: str) -> LiftDraft | None:
    """The draft that was made of this study for an outcome and is a draft still."""
    made = study.drafts.filter(outcome=outcome, version__state=DefinitionVersion.State.DRAFT)
    return made.select_related("version").first()


def changed(document: Document, found: Examined) -> Document:
    """A definition's document with the suggested points; a row of none is taken out."""
    points = {
        (row.clause.section, row.clause.key): row.suggested
        for row in found.rows
        if row.suggested is not None
    }
    for section in ("fit", "signals"):
        rows = []
        for row in document.get(section) or ():
            given = points.get((section, row["key"]))
            if given != 0:
                rows.append(row if given is None else {**row, "points": given})
        if section in document:
            document[section] = rows
    return document


def _to_draft(study: LiftStudy, outcome: str) -> Examined:
    """What a study found of an outcome, where a draft can be made of it."""
    kept = ((study.result or {}).get("outcomes") or {}).get(outcome)
    found = examined(kept) if kept else None
    if found is None or not found.may_be_drafted:
        raise Conflict("The study suggests no other points than those of today.")
    if there := standing(study, outcome):
        raise Conflict(f"{there.version} is a draft of these points already.")
    return found
