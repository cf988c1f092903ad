"""Addresses of opportunities."""

from django.urls import path

from . import acting, listing, opening, page

urlpatterns = [
    path("opportunities/", listing.opportunities, name="opportunities"),
    path("opportunities/list.csv", listing.as_csv, name="opportunities-csv"),
    path("opportunities/add/", opening.add, name="opportunity-add"),
    path("opportunities/<int:pk>/", page.opportunity, name="opportunity"),
    path("opportunities/<int:pk>/change/", acting.change, name="opportunity-change"),
    path("opportunities/<int:pk>/close/", acting.close, name="opportunity-close"),
    path("opportunities/<int:pk>/reopen/", acting.reopen, name="opportunity-reopen"),
]
