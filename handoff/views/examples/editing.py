"""Changing the examples of a draft: one is written, run before it is kept, moved or taken out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handoff import drafting
from handoff.models import DefinitionVersion
from handoff.models.definition import Document
from handoff.permissions import may_edit_agreement
from handoff.rules.faults import Fault
from handoff.views import taken_out
from handoff.views.agreement.overview import navigation
from handoff.views.sent import whole
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404

from .form import bound, changed_parts, filled, places_in_form
from .listing import about
from .reading import row_of
from .showing import base_of, board, came_in_words, names_of

SECTION = "examples"
BLANK: Document = {"kind": "example", "name": "", "expect": {}, "lead": {}}


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def new(request: SignedIn, number: int) -> HttpResponse:
    """Write an example; `?kind=counterexample` begins as one."""
    version = _draft(request, number)
    if not version.is_editable:
        return _not_a_draft(request, version)
    if request.method == "POST":
        return _sent(request, version, None)
    kind = "counterexample" if request.GET.get("kind") == "counterexample" else "example"
    return _page(request, version, None, filled(version, {**BLANK, "kind": kind}))


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def edit(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Change the example in a place (0 the first)."""
    version = _draft(request, number)
    if not version.is_editable:
        return _not_a_draft(request, version)
    if request.method == "POST":
        return _sent(request, version, _place_now(request, version, place))
    was = _row(version, place)
    if was is None:
        raise Http404
    return _page(request, version, place, filled(version, was))


@login_required
@require_POST
@never_cache
def run(request: SignedIn, number: int) -> HttpResponse:
    """What would come out of the example as it was sent; nothing is kept."""
    version = version_or_404(number, request.user)
    place = _sent_place(request)
    row, faults = row_of(request.POST, was=_row(version, place))
    context = {**about(version, request.user), **_outcome(version, row, faults)}
    return render(request, "handoff/examples/_outcome.html", context)


@login_required
@require_POST
def remove(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Take an example out; the list then offers to put it back."""
    version = _draft(request, number)
    if _row(version, place) is None:
        messages.warning(request, "That example is not there any more.")
        return redirect("examples", number)
    try:
        row = drafting.remove(version, SECTION, place, **_by(request))
    except drafting.Overtaken as error:
        return _overtaken(request, number, error)
    taken_out.keep(request, version, SECTION, place, row, row["name"])
    return redirect("examples", number)


@login_required
@require_POST
def undo(request: SignedIn, number: int) -> HttpResponse:
    """Put the example that was taken out last back where it was."""
    version = _draft(request, number)
    row, place = taken_out.sent_back(request), _sent_place(request)
    if row is None or place is None:
        messages.warning(request, "There is nothing to put back.")
        return redirect("examples", number)
    try:
        drafting.insert(version, SECTION, row, place=place, **_by(request))
    except drafting.Overtaken as error:
        return _overtaken(request, number, error)
    except drafting.Faulty as error:
        messages.warning(request, f"It cannot come back as it was: {error}")
        return redirect("examples", number)
    messages.success(request, f"“{row['name']}” is back.")
    return redirect("examples", number)


@login_required
@require_POST
def move(request: SignedIn, number: int, place: int) -> HttpResponse:
    """Move an example one place `up` or `down`, or `to` a place."""
    version = _draft(request, number)
    to = {"up": place - 1, "down": place + 1}.get(request.POST.get("to", ""), place)
    if _row(version, place) is None:
        messages.warning(request, "That example is not there any more.")
        return redirect("examples", number)
    try:
        drafting.move(version, SECTION, place, to, **_by(request))
    except drafting.Overtaken as error:
        return _overtaken(request, number, error)
    return redirect(f"{_address(number)}#example-{max(to, 0)}")


def _sent(request: SignedIn, version: DefinitionVersion, place: int | None) -> HttpResponse:
    """A form sent: keep it, or only show it with a part more, a part less, or run."""
    was = _row(version, place)
    if changed := changed_parts(request.POST):
        return _page(request, version, place, bound(version, changed))
    row, faults = row_of(request.POST, was=was)
    form = bound(version, request.POST, faults)
    if "run" in request.POST:
        return _page(request, version, place, bound(version, request.POST), row, faults)
    if "take" in request.POST:
        return _page(request, version, place, filled(version, _taking(version, row)))
    if faults:
        return _page(request, version, place, form, status=422)
    try:
        drafting.put(version, SECTION, row, place=place if was else None, **_by(request))
    except drafting.Faulty as error:
        told = places_in_form(error.faults, request.POST)
        return _page(request, version, place, bound(version, request.POST, told), status=422)
    except drafting.Overtaken as error:
        messages.warning(request, str(error))
        return _page(request, version, place, form, status=409)
    messages.success(request, f"“{row['name']}” is kept.")
    return redirect("examples", version.number)


def _page(
    request: SignedIn,
    version: DefinitionVersion,
    place: int | None,
    form: dict[str, Any],
    row: Document | None = None,
    faults: list[Fault] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    if row is None:
        row, faults = row_of(form["typed"], was=_row(version, place))
    context = {
        **navigation(at=timezone.now()),
        **about(version, request.user),
        **_outcome(version, row, faults or []),
        "form": form,
        "place": place,
        "was": (_row(version, place) or row)["name"],
        "revision": request.POST.get("revision") or version.revision,
    }
    if status == 409:
        context["revision"] = version.revision
    return render(request, "handoff/examples/example.html", context, status=status)


def _outcome(version: DefinitionVersion, row: Document, faults: list[Fault]) -> dict[str, Any]:
    """What the draft makes of one example; `outcome` is None while it cannot be read."""
    if not row["lead"] and not row.get("touchpoints"):
        return {"outcome": None, "unread": ["Say something about the lead."]}
    unread = [fault for fault in faults if fault.place not in ("name", "expect")]
    if unread:
        return {"outcome": None, "unread": [fault.message for fault in unread]}
    names = names_of(version)
    asked = {**row, "name": row["name"] or "This lead"}
    if not asked["expect"]:
        asked["expect"] = {"missing": []}
    document = {**version.document(), SECTION: [asked]}
    found = board(document, names, at=timezone.now(), base=base_of(version))
    outcome = found.rows[0]
    came = came_in_words(outcome.decision, names) if outcome.decision is not None else {}
    says = bool(row["expect"])
    return {"outcome": outcome, "came": came, "blocked": found.blocked, "says": says}


def _taking(version: DefinitionVersion, row: Document) -> Document:
    """The example, expecting what the draft makes of it now."""
    outcome = _outcome(version, row, [])["outcome"]
    if outcome is None or outcome.decision is None:
        return row
    decision = outcome.decision
    expect = {"status": decision.status, "rule": decision.rule}
    for name in ("tier", "team"):
        if (value := getattr(decision, name)) is not None:
            expect[name] = value
    return {**row, "expect": expect}


def _draft(request: SignedIn, number: int) -> DefinitionVersion:
    version = version_or_404(number, request.user)
    if not may_edit_agreement(request.user):
        raise PermissionDenied
    return version


def _row(version: DefinitionVersion, place: int | None) -> Document | None:
    rows = [row.as_row() for row in version.examples.all()]
    return rows[place] if place is not None and place < len(rows) else None


def _place_now(request: SignedIn, version: DefinitionVersion, place: int) -> int | None:
    """Where the example that was opened stands by now; None where it was taken out."""
    was, row = request.POST.get("was"), _row(version, place)
    if was is None or (row is not None and row["name"] == was):
        return place
    names = [row.name for row in version.examples.all()]
    return names.index(was) if was in names else None


def _sent_place(request: SignedIn) -> int | None:
    return whole(request.POST.get("place", ""))


def _by(request: SignedIn) -> dict[str, Any]:
    revision = whole(request.POST.get("revision", ""))
    if revision is None:
        raise BadRequest("revision must be a number.")
    return {"revision": revision, "actor": request.user, "at": timezone.now()}


def _address(number: int) -> str:
    return redirect("examples", number).url


def _overtaken(request: SignedIn, number: int, error: drafting.Overtaken) -> HttpResponse:
    messages.warning(request, str(error))
    return redirect("examples", number)


def _not_a_draft(request: SignedIn, version: DefinitionVersion) -> HttpResponse:
    state = version.get_state_display().lower()
    messages.warning(request, f"{version} is {state}; clone it to change its examples.")
    return redirect("examples", version.number)
