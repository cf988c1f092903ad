"""The versions of the definition: the list, beginning a draft, throwing one away, the file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from handoff import playbook, publishing
from handoff.models import DefinitionVersion
from handoff.permissions import may_edit_agreement, may_read_agreement
from handoff.views.signed_in import SignedIn
from handoff.views.versions import version_or_404

from .overview import navigation, overview

State = DefinitionVersion.State


@login_required
@require_safe
@never_cache
def definitions(request: SignedIn) -> HttpResponse:
    """Every version: drafts, trial, live and retired, with what each changed."""
    if not may_read_agreement(request.user):
        raise Http404
    at = timezone.now()
    context = {
        **navigation(at=at),
        **overview(request.GET.get("page", ""), at=at),
        "may_edit": may_edit_agreement(request.user),
    }
    return render(request, "handoff/agreement/definitions.html", context)


@login_required
@require_POST
def new(request: SignedIn) -> HttpResponse:
    """Begin a draft: a copy of the live version, else of the newest, else an empty one."""
    if not may_read_agreement(request.user):
        raise Http404
    versions = DefinitionVersion.objects
    return _begin(request, versions.live().first() or versions.order_by("-number").first())


@login_required
@require_POST
def clone(request: SignedIn, number: int) -> HttpResponse:
    """Begin a draft as a copy of this version."""
    return _begin(request, version_or_404(number, request.user))


def _begin(request: SignedIn, source: DefinitionVersion | None) -> HttpResponse:
    _only_deciders(request)
    draft = publishing.clone(source, actor=request.user, at=timezone.now())
    said = f"{draft} is a copy of {source}." if source else f"{draft} is empty."
    messages.success(request, f"{said} No lead is judged by it until it is published.")
    return redirect("room", number=draft.number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: SignedIn, number: int) -> HttpResponse:
    """Throw a draft away, once it was asked for sure."""
    version = version_or_404(number, request.user)
    _only_deciders(request)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            publishing.discard(version)
        except publishing.Refused as error:
            refusal, status = str(error), 409
        else:
            messages.success(request, f"{version} is thrown away.")
            return redirect("definitions")
    context = {**navigation(at=timezone.now()), "version": version, "refusal": refusal}
    return render(request, "handoff/agreement/discard.html", context, status=status)


@login_required
@require_GET
def export(request: SignedIn, number: int) -> HttpResponse:
    """The whole playbook with this version as one file, as `playbook export` writes it."""
    version = version_or_404(number, request.user)
    return HttpResponse(
        playbook.export(version.number),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="playbook-{version}.yaml"'},
    )


def _only_deciders(request: SignedIn) -> None:
    if not may_edit_agreement(request.user):
        raise PermissionDenied
