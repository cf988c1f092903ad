"""Where the API is: include this at `api/`."""

from django.urls import path, re_path

from . import api
from .docs import docs
from .openapi import nothing_here

urlpatterns = [
    path("v1/", api.urls),
    re_path(r"^v1(?P<rest>/.*)?$", nothing_here),
    path("docs", docs, name="api_docs"),
]
