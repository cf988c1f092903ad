"""The definition in the admin: a draft is edited as a whole, a published version is read."""

from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from handoff import staffing, versions
from handoff.complaints import complaints_of
from handoff.models import SECTIONS, DefinitionVersion
from handoff.models.definition import MARKETING_COLUMNS
from handoff.rules import conditions

from . import definition_pages
from .base import AgreementAdmin, NoRemoval
from .definition_forms import VersionForm
from .definition_rows import INLINES
from .reading import sections_of
from .whole import Whole, renumber

MARKETING = tuple(MARKETING_COLUMNS.values())
BACKTRACK = "Somebody published this version a moment ago, so nothing was saved. Clone it to go on."


@admin.register(DefinitionVersion)
class DefinitionAdmin(NoRemoval, AgreementAdmin):
    """Versions of what sales-ready means. Drafts are thrown away in the definition room."""

    form = VersionForm
    change_form_template = "admin/definition.html"
    change_list_template = "admin/definitions.html"
    list_display = (
        "__str__",
        "state",
        "summary",
        "created_by",
        "published_at",
        "published_by",
        "reason",
    )
    list_filter = ("state",)
    list_select_related = ("created_by", "published_by")
    ordering = ("-number",)
    fields = ("summary", "required", *MARKETING, "seen")
    parts_in_history = tuple((row_class, "version") for _, row_class in SECTIONS)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A version begins as a copy of the live one; see `draft`."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts alone are edited."""
        editable = obj is None or obj.is_editable
        return editable and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or obj.is_editable:
            return self.fields
        published = ("published_at", "published_by", "reason")
        return ("state", "summary", "required", *MARKETING, *published)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DefinitionVersion]:
        return super().get_queryset(request).select_related("cloned_from")

    def get_urls(self) -> list[URLPattern]:
        """Beginning a draft is a press of its own."""
        pages = definition_pages.Pages(self)
        wrap = self.admin_site.admin_view
        name = "handoff_definitionversion"
        return [
            path("draft/", wrap(pages.draft), name=f"{name}_draft"),
            path("<int:pk>/clone/", wrap(pages.clone), name=f"{name}_clone"),
            *super().get_urls(),
        ]

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        """The sections; what is posted is judged as one document, after the rows on their own."""
        formsets, inlines = super()._create_formsets(  # type: ignore[misc]
            request, obj, change
        )
        request.whole = Whole(obj, formsets)  # type: ignore[attr-defined]
        if formsets and request.method == "POST":
            formsets[-1].whole = request.whole  # type: ignore[attr-defined]
        return formsets, inlines

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The version; a draft that was published meanwhile refuses, and the page says so."""
        try:
            with transaction.atomic():
                if request.method == "POST":
                    versions.lock()
                return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            if "is never edited" not in str(error):
                raise
            self.message_user(request, BACKTRACK, messages.ERROR)
            return HttpResponseRedirect(
                reverse("admin:handoff_definitionversion_change", args=(object_id,))
            )

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Called once the form itself is sound, before the sections are looked at."""
        request.whole.form = form  # type: ignore[attr-defined]
        return super().save_form(request, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Rows are kept in the order of their places, counted from one; warnings are told."""
        super().save_related(request, form, formsets, change)
        renumber(form.instance)
        form.instance.count_change(by=request.user, at=timezone.now())
        whole = request.whole  # type: ignore[attr-defined]
        document = whole.document()
        warnings = [*whole.warnings, *staffing.doubts(document)]
        for warning in complaints_of(document, (), warnings):
            self.message_user(request, str(warning), messages.WARNING)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """The sections as forms of a draft; other versions are read, see `reading`."""
        return INLINES if self.has_change_permission(request, obj) else ()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        version = kw["obj"]
        edits = self.has_change_permission(request, version)
        context |= {
            "version": version,
            "may_edit_agreement": self.may_edit(request.user),
            "field_names": conditions.NAMES if edits else (),
            "sections": () if edits else sections_of(version),
        }
        return super().render_change_form(request, context, *args, **kw)
