"""Copying, publishing and going back: each a page of its own, each asked before it is done."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from handoff import publishing
from handoff.models import DefinitionVersion, User

if TYPE_CHECKING:
    from .definition import DefinitionAdmin

State = DefinitionVersion.State


class ReasonForm(forms.Form):
    """Why this version shall be the law from now on."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField", "autofocus": True}),
        help_text="Kept with the version, for those who ask later.",
    )


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
        return self._begin(request, self._version(request, pk))

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a draft the law: what changes, whether the examples agree, and why."""
        version = self._version(request, pk)
        if version.state not in (State.DRAFT, State.TRIAL):
            messages.error(request, f"{version} is {version.get_state_display().lower()} already.")
            return self._back(version)
        return self._ask(request, version, publishing.publish, "publish")

    def rollback(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make an earlier version the law again, as it was."""
        version = self._version(request, pk)
        if version.state != State.RETIRED:
            messages.error(request, "Only a version that was live before can be gone back to.")
            return self._back(version)
        return self._ask(request, version, publishing.rollback, "rollback")

    def _ask(
        self, request: HttpRequest, version: DefinitionVersion, act: Any, verb: str
    ) -> HttpResponse:
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                done = act(
                    version,
                    actor=request.user,
                    at=timezone.now(),
                    reason=form.cleaned_data["reason"],
                )
            except publishing.Refused as refusal:
                form.add_error(None, ValidationError(str(refusal).splitlines()))
            else:
                messages.success(request, f"{done} is live. The next lead is judged by it.")
                return self._back(done)
        live = DefinitionVersion.objects.live().with_rows().first()
        found = publishing.check(version, at=timezone.now())
        context = {
            **self.page.admin_site.each_context(request),
            "title": f"Publish {version}" if verb == "publish" else f"Go back to {version}",
            "opts": self.page.opts,
            "version": version,
            "live": live,
            "verb": verb,
            "form": form,
            "changes": publishing.diff(live.document() if live else {}, version.document()),
            "faults": found.faults,
            "warnings": found.warnings,
            "differences": found.differences,
            "examples": found.examples,
        }
        return TemplateResponse(request, "admin/publish.html", context)

    def _begin(self, request: HttpRequest, source: DefinitionVersion | None) -> HttpResponse:
        self._guard(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        actor = cast(User, request.user)
        draft = publishing.clone(source, actor=actor, at=timezone.now())
        said = f"{draft} is a copy of {source}." if source else f"{draft} is empty."
        messages.success(request, f"{said} Nothing changes for any lead until it is published.")
        return self._back(draft)

    def _version(self, request: HttpRequest, pk: int) -> DefinitionVersion:
        self._guard(request)
        version = DefinitionVersion.objects.with_rows().filter(pk=pk).first()
        if version is None:
            raise Http404
        return version

    def _guard(self, request: HttpRequest) -> None:
        if not self.page.may_edit(request.user):
            raise PermissionDenied

    def _back(self, version: DefinitionVersion) -> HttpResponse:
        return redirect("admin:handoff_definitionversion_change", version.pk)
