"""The definition room: one version, every section as sentences, a row open for editing in place."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from handoff import publishing, trials
from handoff.complaints import complaints_of
from handoff.differences import differences
from handoff.labels import document_of
from handoff.models import DefinitionVersion, Reason, Track
from handoff.models.definition import Document
from handoff.permissions import may_edit_agreement, may_open_admin
from handoff.views import taken_out
from handoff.views.agreement.overview import navigation
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404
from handoff.words import count_of

from .editor import Refused, blank, editor_of
from .heads import Head, open_head, required_view
from .reading import EDITED, Typed, typed_of
from .sections import names_of, sections_of

State = DefinitionVersion.State


@dataclass(frozen=True)
class Open:
    """The row that is open, and what was typed into it. `place` None: a new row."""

    section: str
    place: int | None
    was: str
    typed: Typed
    refused: Refused = Refused()


@login_required
@require_safe
@never_cache
def room(request: SignedIn, number: int) -> HttpResponse:
    """One version: edited where it is a draft and the person may, read otherwise."""
    version = version_or_404(number, request.user)
    asked = request.GET.get("edit", "")
    document = version.document()
    opened = _asked(asked, document) if _is_edited(request, version) else None
    head = open_head(asked, document) if _is_edited(request, version) else None
    answer = page(request, version, opened=opened, head=head)
    if request.htmx:
        answer["HX-Replace-Url"] = f"{request.path}?edit={asked}" if asked else request.path
    return answer


def page(
    request: SignedIn,
    version: DefinitionVersion,
    *,
    opened: Open | None = None,
    head: Head | None = None,
    status: int = 200,
) -> HttpResponse:
    """The room, with the row or the part that is open."""
    at = timezone.now()
    is_open = version.state in (State.DRAFT, State.TRIAL)
    check = publishing.check(version, at=at) if is_open else None
    context = {
        **navigation(at=at),
        **_board(version, check, opened),
        "version": version,
        "here": reverse("room", args=[version.number]),
        "head": head,
        "why_not": _why_not(check),
        "check": check,
        "editable": _is_edited(request, version),
        "may_edit": may_edit_agreement(request.user),
        "may_trial": is_open,
        "undo": taken_out.offered(request, version),
        "kept": request.GET.get("kept", ""),
        "may_open_admin": may_open_admin(request.user),
        "tried": trials.tried(version),
        "tracks": Track.objects.select_related("owner"),
        "reasons": Reason.objects.filter(active=True),
    }
    return render(request, "handoff/room/room.html", context, status=status)


def _board(
    version: DefinitionVersion, check: publishing.Check | None, opened: Open | None
) -> dict[str, Any]:
    """The sections, marked against the live version where this one may take over from it."""
    document = version.document()
    live = DefinitionVersion.objects.live().first() if check else None
    base = document_of(live.pk) if live else None
    names = names_of(document)
    complaints = complaints_of(document, check.faults, check.warnings) if check else []
    sections = sections_of(document, base, names, complaints)
    editor = None
    if opened is not None:
        row = (opened.section, opened.place, opened.was, opened.typed)
        editor = editor_of(*row, document=document, names=names, refused=opened.refused)
        mine = next(one for one in sections if one.key == opened.section)
        mine.open_place = -1 if opened.place is None else opened.place
    return {
        "base": live,
        "changes": len(differences(base, document)) if base else 0,
        "sections": sections,
        "required": required_view(document, base),
        "complaints": complaints,
        "editor": editor,
    }


def _is_edited(request: SignedIn, version: DefinitionVersion) -> bool:
    return version.is_editable and may_edit_agreement(request.user)


def _asked(asked: str, document: Document) -> Open | None:
    """The row that `?edit=fit-2` (from 1) or `?edit=fit-new` names; None where there is none."""
    section, _, which = asked.partition("-")
    if section not in EDITED:
        return None
    rows = document.get(section) or []
    if which == "new":
        return Open(section, None, "", blank(section, document))
    place = (whole(which) or 0) - 1
    if not 0 <= place < len(rows):
        return None
    return Open(section, place, rows[place]["key"], typed_of(section, rows[place]))


def _why_not(check: publishing.Check | None) -> str:
    """Why the version cannot be published, in a sentence; "" where it can."""
    if check is None or check.is_sound:
        return ""
    if check.faults:
        return f"{count_of(len(check.faults), 'thing')} to mend first, named above."
    differ = len(check.differences)
    return f"{count_of(differ, 'example')} {'comes' if differ == 1 else 'come'} out differently."
