"""Changing a draft in its room: each action changes one thing, then shows the room again."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from handoff import drafting
from handoff.models import DefinitionVersion
from handoff.models.definition import Document
from handoff.permissions import may_edit_agreement
from handoff.rules.faults import Fault
from handoff.views import taken_out
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404

from .editor import Refused, carried_by
from .heads import HEADS, reworded, sent_head
from .naming import fresh_key
from .page import Open, page
from .picking import REDRAWING, redrawn
from .reading import EDITED, Typed, row_of
from .sections import faults_by_place, names_of
from .telling import plain, told


@login_required
@require_POST
def put(request: SignedIn, number: int, section: str) -> HttpResponse:
    """Keep the open row; or, asked for one more or less condition, only draw its form again."""
    draft = _draft(request, number, section)
    rows = draft.document().get(section) or []
    was, place = request.POST.get("was", ""), _whole(request, "place")
    if place is not None and (place >= len(rows) or rows[place]["key"] != was):
        place = _place_of(rows, was)
    if any(name in request.POST for name in REDRAWING):
        typed = _redrawn(request, section, rows[place] if place is not None else None)
        return page(request, draft, opened=Open(section, place, was, typed))
    before = rows[place] if place is not None else None
    row, faults = row_of(section, request.POST, was=before)
    row["key"] = row["key"] or fresh_key(section, row, draft.document())
    try:
        if faults:
            raise drafting.Faulty(faults)
        if row != before:
            drafting.put(draft, section, row, place=place, **_who(request))
    except drafting.Faulty as wrong:
        refused = Refused(faults_by_place(wrong.faults))
        opened = Open(section, place, was, _typed(request), refused)
        return page(request, draft, opened=opened, status=422)
    except drafting.Overtaken as overtaken:
        fresh = version_or_404(number, request.user)
        place = _place_of(fresh.document().get(section) or [], was) if was else None
        opened = Open(section, place, was, _typed(request), Refused(overtaken=str(overtaken)))
        return page(request, fresh, opened=opened, status=409)
    return _back(number, section, row["key"])


@login_required
@require_POST
def move(request: SignedIn, number: int, section: str) -> HttpResponse:
    """Move a row to another place of its section."""
    draft = _draft(request, number, section)
    place, to = _named(request, "place"), _named(request, "to")
    rows = draft.document().get(section) or []
    key = rows[place]["key"] if place < len(rows) else ""
    return _changed(request, draft, section, key, drafting.move, place, to)


@login_required
@require_POST
def remove(request: SignedIn, number: int, section: str) -> HttpResponse:
    """Take a row out; the room then offers to put it back."""
    draft = _draft(request, number, section)
    place = _named(request, "place")
    try:
        row = drafting.remove(draft, section, place, **_who(request))
    except drafting.Overtaken as overtaken:
        return _overtaken(request, number, overtaken)
    names = names_of(draft.document())
    taken_out.keep(request, draft, section, place, row, plain(told(section, row, names)))
    return _back(number, section, "")


@login_required
@require_POST
def rename(request: SignedIn, number: int, section: str) -> HttpResponse:
    """Give a row the name that fits its rule."""
    draft = _draft(request, number, section)
    place, label = _named(request, "place"), request.POST.get("label", "").strip()
    rows = draft.document().get(section) or []
    if not label or place >= len(rows):
        return _overtaken(request, number, drafting.Overtaken("That row is not there any more."))
    row = {**rows[place], "label": label}
    return _changed(request, draft, section, row["key"], _put_over, row, place)


@login_required
@require_POST
def insert(request: SignedIn, number: int, section: str) -> HttpResponse:
    """Put a row back that was taken out."""
    draft = _draft(request, number, section)
    row = taken_out.sent_back(request)
    if row is None:
        raise BadRequest
    key = str(row.get("key", ""))
    return _changed(request, draft, section, key, _put_back, row, _named(request, "place"))


@login_required
@require_POST
def reword(request: SignedIn, number: int, part: str) -> HttpResponse:
    """Change the summary, marketing's half or the required context."""
    draft = _draft(request, number)
    if part not in HEADS:
        raise Http404
    head = sent_head(part, request.POST, draft.document())
    values, wrong = reworded(head, draft.document())
    try:
        if wrong:
            raise drafting.Faulty([Fault(part, said) for said in wrong])
        drafting.reword(draft, **_who(request), **values)
    except drafting.Faulty as faulty:
        head = replace(head, faults=[fault.message for fault in faulty.faults])
        return page(request, draft, head=head, status=422)
    except drafting.Overtaken as overtaken:
        fresh = version_or_404(number, request.user)
        head = replace(head, overtaken=str(overtaken))
        return page(request, fresh, head=head, status=409)
    return _back(number, part, "")


def _draft(request: SignedIn, number: int, section: str = "fit") -> DefinitionVersion:
    """The version; 404 for what one may not see, 403 for those who may only read."""
    version = version_or_404(number, request.user)
    if section not in EDITED:
        raise Http404
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    return version


def _who(request: SignedIn) -> Any:
    revision = _named(request, "revision")
    return {"revision": revision, "actor": request.user, "at": timezone.now()}


def _put_back(
    draft: DefinitionVersion, section: str, row: Document, place: int, **who: Any
) -> DefinitionVersion:
    return drafting.insert(draft, section, row, place=place, **who)


def _put_over(
    draft: DefinitionVersion, section: str, row: Document, place: int, **who: Any
) -> DefinitionVersion:
    return drafting.put(draft, section, row, place=place, **who)


def _whole(request: SignedIn, name: str) -> int | None:
    return whole(request.POST.get(name, ""))


def _named(request: SignedIn, name: str) -> int:
    """A number without which nothing can be done. Raises BadRequest where it is none."""
    found = _whole(request, name)
    if found is None:
        raise BadRequest(f"{name} must be a number.")
    return found


def _place_of(rows: list[Document], key: str) -> int | None:
    return next((place for place, row in enumerate(rows) if row["key"] == key), None)


def _typed(request: SignedIn) -> Typed:
    return Typed({name: request.POST.getlist(name) for name in request.POST})


def _redrawn(request: SignedIn, section: str, before: Document | None) -> Typed:
    """What was typed, with a condition more or less; without what another status does not carry."""
    typed = redrawn(request.POST)
    status = typed.get("status")
    if section == "decide" and (before is None or before["status"] != status):
        for name in carried_by(None) - carried_by(status):
            typed.pop(name, None)
    return typed


def _changed(
    request: SignedIn, draft: DefinitionVersion, section: str, key: str, act: Any, *args: Any
) -> HttpResponse:
    try:
        act(draft, section, *args, **_who(request))
    except drafting.Faulty as wrong:
        for fault in wrong.faults:
            messages.error(request, f"{fault.message.capitalize()}.")
    except drafting.Overtaken as overtaken:
        return _overtaken(request, draft.number, overtaken)
    return _back(draft.number, section, key)


def _overtaken(request: SignedIn, number: int, overtaken: drafting.Overtaken) -> HttpResponse:
    messages.warning(request, str(overtaken))
    return page(request, version_or_404(number, request.user), status=409)


def _back(number: int, section: str, key: str) -> HttpResponseRedirect:
    address = reverse("room", args=[number])
    if not key:
        return HttpResponseRedirect(f"{address}#{section}")
    return HttpResponseRedirect(f"{address}?kept={section}-{key}#row-{section}-{key}")
