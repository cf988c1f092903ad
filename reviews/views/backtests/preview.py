"""What a draft would do with what is being edited, before it is kept."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from handoff import drafting, publishing
from handoff.complaints import complaints_of
from handoff.models import DefinitionVersion
from handoff.models.definition import Document
from handoff.permissions import may_edit_agreement
from handoff.rules.faults import Fault
from handoff.views.room.curve import curve_of
from handoff.views.room.naming import fresh_key, misnamed
from handoff.views.room.reading import EDITED, row_of
from handoff.views.room.sections import names_of
from handoff.views.room.telling import Names
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from leads.journey.law import law
from leads.journey.reach import reach_of_document
from leads.views.trying.reach import lacking, row_reach, shares
from reviews.backtesting.preview import preview as judged_sample

REQUIRED = "required"


@dataclass(frozen=True)
class Edited:
    """A draft with what is being edited in it: the section, the row as it is read, the place where
    it stands, and the row that is kept there. `wrong`: why it cannot be judged."""

    document: Document
    section: str = ""
    row: Document = field(default_factory=dict)
    place: int = 0
    kept: Document | None = None
    wrong: str = ""


@login_required
@require_POST
@never_cache
def preview(request: SignedIn, number: int) -> HttpResponse:
    """A fragment: for whom the row holds, and leads a week by status, by the live version and by
    the draft with this row.

    Takes the form of what is open: `section`, `place` (none: a row that is being added) and the
    row’s fields, or the fields that are `required`. Without a section the draft is taken as it
    stands.
    """
    version = version_or_404(number, request.user)
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    at = timezone.now()
    edited = _edited(version, request)
    context: dict[str, Any] = {"version": version, "edited": edited, "wrong": edited.wrong}
    if edited.section == "signals":
        context["curve"] = curve_of({name: request.POST.get(name, "") for name in request.POST})
    if not edited.wrong:
        context |= _told(edited, at=at)
    return render(request, "reviews/backtests/_preview.html", context)


def _edited(version: DefinitionVersion, request: SignedIn) -> Edited:
    """The draft with the row as it was sent; or why it cannot be judged."""
    document, section = version.document(), request.POST.get("section", "")
    if section == REQUIRED:
        document[REQUIRED] = request.POST.getlist(REQUIRED)
        return Edited(document, section)
    if not section:
        return Edited(document)
    if section not in EDITED:
        return Edited(document, wrong="Nothing of this section changes what becomes of a lead.")
    row, faults = row_of(section, request.POST)
    if faults:
        said = f"This row cannot be read yet: {faults[0].message}."
        return Edited(document, section, wrong=said)
    rows = document.setdefault(section, [])
    stands = whole(request.POST.get("place", ""))
    if stands is not None and stands < len(rows):
        kept, rows[stands] = rows[stands], row
        return Edited(document, section, row, stands, kept)
    row["key"] = row.get("key") or fresh_key(section, row, document)
    stands = drafting.place_for(section, row, rows)
    rows.insert(stands, row)
    return Edited(document, section, row, stands)


def _told(edited: Edited, *, at: dt.datetime) -> dict[str, Any]:
    """What the fragment says of a draft that can be read so far."""
    parsed = publishing.read_document(edited.document)
    told: dict[str, Any] = {"doubts": _doubts(edited, parsed.warnings)}
    if edited.row:
        names = names_of(edited.document)
        before = edited.kept or None
        told["misnamed"] = misnamed(edited.section, edited.row, before, names)
    told |= _reached(edited, at=at)
    live = DefinitionVersion.objects.live().first()
    told["live"] = live
    if parsed.definition is None:
        complaint = complaints_of(edited.document, parsed.faults[:1], ())[0]
        told["wrong"] = f"The draft does not hold together yet: {complaint.text}"
    elif live is not None and edited.section not in ("tiers", "route"):
        told["found"] = judged_sample(parsed.definition, law(live.pk).definition, at=at)
    return told


def _doubts(edited: Edited, warnings: Iterable[Fault]) -> list[str]:
    """What is hardly meant about the row that is edited, such as a span that ends before it
    begins."""
    return [
        one.text
        for one in complaints_of(edited.document, (), warnings)
        if edited.row and (one.section, one.place) == (edited.section, edited.place)
    ]


def _reached(edited: Edited, *, at: dt.datetime) -> dict[str, Any]:
    """For how many of the last 90 days’ leads the row holds, or how they part."""
    found = reach_of_document(edited.document, at=at) if edited.section else None
    if found is None or not found.leads:
        return {}
    told: dict[str, Any] = {}
    if edited.section == REQUIRED:
        told["lacking"] = lacking(found, edited.document[REQUIRED])
        told["complete"] = found.complete, found.leads
    if edited.section in ("tiers", "route"):
        names = names_of(edited.document)
        parts = shares(found, edited.document, edited.section)
        told["shares"] = [(_called(key, names), said, share) for key, said, share in parts]
    if (edited.section, edited.row.get("key")) in found.holds:
        row = edited.row
        when, label = row.get("when"), str(row.get("label") or "")
        told["holds"] = row_reach(found, edited.section, row["key"], label, when)
    return told


def _called(key: str, names: Names) -> str:
    """A tier by its name; a taker, such as `team:na`, by whose it is."""
    kind, _, taker = key.partition(":")
    if not taker:
        return names.of("tiers", key)
    if kind == "owner_of":
        return f"The {taker} owner"
    team = names.of("teams", taker)
    return f"Queue of {team}" if kind == "queue" else team
