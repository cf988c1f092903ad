"""Every address of the house, app by app."""

from django.contrib import admin
from django.urls import include, path

from handoff.views import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("reviews.api.urls")),
    path("", include("handoff.views.urls")),
    path("", include("leads.urls")),
    path("", include("reviews.urls")),
]
