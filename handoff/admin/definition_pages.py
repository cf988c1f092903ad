"""Beginning a draft from the admin. Publishing, going back and throwing away have their one page in
the definition room."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone

from handoff import publishing
from handoff.models import DefinitionVersion, User

if TYPE_CHECKING:
    from .definition import DefinitionAdmin


class Pages:
    """The views of the definition admin beside its list and form."""

    def __init__(self, site_page: "DefinitionAdmin") -> None:
        self.page = site_page

    def draft(self, request: HttpRequest) -> HttpResponse:
        """Begin a draft: a copy of the live version, or an empty one where there is none."""
        versions = DefinitionVersion.objects
        source = versions.live().first() or versions.order_by("-number").first()
        return self._begin(request, source)

    def clone(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin a draft as a copy of this version."""
        self._guard(request)
        version = DefinitionVersion.objects.with_rows().filter(pk=pk).first()
        if version is None:
            raise Http404
        return self._begin(request, version)

    def _begin(self, request: HttpRequest, source: DefinitionVersion | None) -> HttpResponse:
        self._guard(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        actor = cast(User, request.user)
        draft = publishing.clone(source, actor=actor, at=timezone.now())
        said = f"{draft} is a copy of {source}." if source else f"{draft} is empty."
        messages.success(request, f"{said} Nothing changes for any lead until it is published.")
        return redirect("admin:handoff_definitionversion_change", draft.pk)

    def _guard(self, request: HttpRequest) -> None:
        if not self.page.may_edit(request.user):
            raise PermissionDenied
