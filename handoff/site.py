"""The admin as a place: who gets in, and the door they come through."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from handoff import permissions

ORDER = (
    "DefinitionVersion",
    "Team",
    "Calendar",
    "Absence",
    "Reason",
    "Track",
    "Stage",
    "Step",
    "Checklist",
    "AreaOwner",
    "User",
    "ApiKey",
)
"""The agreement's models in the order in which they are read; others follow by name."""


class Site(admin.AdminSite):
    """Opens to marketing operations and administrators, through the house's own sign-in."""

    site_header = "Handoff"
    site_title = "Handoff"
    index_title = "Settings"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return permissions.may_open_admin(request.user)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To the sign-in page, where attempts are counted; a signed-in stranger is refused."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The agreement in reading order, then the leads."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"]))
        return sorted(apps, key=lambda app: (app["app_label"] != "handoff", app["name"]))


def _place(object_name: str) -> tuple[int, str]:
    known = object_name in ORDER
    return (ORDER.index(object_name) if known else len(ORDER), object_name)
