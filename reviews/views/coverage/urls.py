"""Addresses of the coverage audit."""

from django.urls import path

from . import knowing, page

urlpatterns = [
    path("", page.coverage, name="coverage"),
    path("coverage.csv", page.as_csv, name="coverage-csv"),
    path("leads/", page.leads, name="coverage-leads"),
    path("known/", knowing.known, name="coverage-known"),
    path("known/<int:pk>/end/", knowing.again, name="coverage-again"),
]
