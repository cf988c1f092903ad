"""Where the API is, the measures with it: include this at `api/`."""

from leads.api.urls import urlpatterns

__all__ = ["urlpatterns"]
