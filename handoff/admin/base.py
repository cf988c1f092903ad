"""What every page of the admin shares: permission by role, and a history in words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from handoff import history
from handoff.permissions import may_administer, may_edit_agreement, may_nobody, may_open_admin


class ByRole:
    """Permission for a page or an inline: `may_see` and `may_edit`, functions of a user.

    A field that names another row is a plain choice, without doors to that row's own page; a
    moment is one control.
    """

    may_see = staticmethod(may_open_admin)
    may_edit = staticmethod(may_edit_agreement)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.DateTimeField):
            shown = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            return db_field.formfield(form_class=forms.DateTimeField, widget=shown, **kwargs)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_see(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_see(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request.user)


class CalmAdmin(ByRole, admin.ModelAdmin[Any]):
    """A list and a page, each called by its name."""

    list_per_page = 50

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Called by its name, not “Change team”."""
        if kwargs.get("obj") is not None:
            context |= {"title": str(kwargs["obj"]), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)


class AgreementAdmin(CalmAdmin):
    """A page of the agreement; `parts_in_history` are shown in its history too."""

    object_history_template = "admin/history.html"
    parts_in_history: Sequence[tuple[type[models.Model], str]] = ()
    named_by: Sequence[tuple[type[models.Model], str]] = ()
    """Rows of a definition that name this by key (model, field); such a thing is not removed."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A key is what others call the thing by: it is chosen once."""
        fixed = super().get_readonly_fields(request, obj)
        keyed = obj is not None and any(field.name == "key" for field in self.opts.fields)
        return (*fixed, "key") if keyed else fixed

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes along, and what forbids it: rows of a definition in force or in the making."""
        gone, counts, needed, protected = super().get_deleted_objects(objs, request)
        keys = [thing.key for thing in objs] if self.named_by else []
        for model, field in self.named_by:
            rows = model._default_manager.filter(**{f"{field}__in": keys})
            row: Any
            for row in rows.exclude(version__state="retired").select_related("version"):
                protected.append(
                    f"{capfirst(str(model._meta.verbose_name))} {row} of {row.version}"
                )
        return gone, counts, needed, protected

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion: what the agreement names is removed one by one, on its own page."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, when, from what to what; newest first."""
        thing = self.get_object(request, object_id)
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {thing}",
            "changes": history.changes_of(thing, self.parts_in_history),
            "most": history.MOST,
            "object": thing,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


class AdministratorAdmin(AgreementAdmin):
    """A page for administrators alone."""

    may_see = staticmethod(may_administer)
    may_edit = staticmethod(may_administer)


class EvidenceAdmin(CalmAdmin):
    """What happened: read by those who open the admin, changed by nobody here."""

    may_edit = staticmethod(may_nobody)
    actions = None
    show_full_result_count = False


class NoRemoval:
    """For what other rows lean on: switched off, never removed."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
