"""The demo's draft: marketing answers what sales keeps rejecting, and leaves it to be published."""

import datetime as dt

from django.db import transaction

from handoff import drafting, publishing
from handoff.models import DefinitionVersion
from leads.journey import citing

from . import cast

REASON, ROW, POINTS = "low_intent", "content_download", 8
"""Rejected as what, which signal answers it, and how many points it gives then."""


def draft(*, at: dt.datetime) -> DefinitionVersion | None:
    """Begin a draft that answers it; None where nobody rejected so, where the definition has no
    such signal, or where somebody works on a draft already."""
    live = DefinitionVersion.objects.live().with_rows().first()
    if live is None or DefinitionVersion.objects.drafts().exists():
        return None
    rows = live.document().get("signals", [])
    place = next((n for n, row in enumerate(rows) if row["key"] == ROW), None)
    said = {offer.reason.key for offer in citing.offers(None, at=at)}
    if place is None or REASON not in said:
        return None
    actor = cast.marketer()
    with transaction.atomic():
        made = publishing.clone(live, actor=actor, at=at)
        drafting.put(
            made,
            "signals",
            rows[place] | {"points": POINTS},
            place=place,
            revision=made.revision,
            actor=actor,
            at=at,
        )
        citing.cite(made, [REASON], actor=actor, at=at)
    return made


def withdraw() -> None:
    """Throw the draft away, unless somebody went on with it or published it."""
    untouched = DefinitionVersion.objects.drafts().filter(
        created_by__is_demo=True,
        edited_by__is_demo=True,
        revision=1,
        evidence__reason__key=REASON,
    )
    for one in untouched:
        publishing.discard(one)
