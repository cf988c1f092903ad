"""Addresses of the measures."""

from django.urls import path

from . import brought, leads, page

urlpatterns = [
    path("", page.measures, name="measures"),
    path("figures.csv", page.as_csv, name="measures-csv"),
    path("sources/", brought.sources, name="sources"),
    path("sources.csv", brought.sources_csv, name="sources-csv"),
    path("reasons/", brought.reasons, name="reasons"),
    path("reasons.csv", brought.reasons_csv, name="reasons-csv"),
    path("reasons/leads/", leads.of_reason, name="reasons-leads"),
    path("<slug:key>/", page.measure, name="measure"),
    path("<slug:key>.csv", page.as_csv, name="measure-csv"),
    path("<slug:key>/leads/", leads.of_measure, name="measure-leads"),
]
