"""Addresses of the seams."""

from django.urls import path

from . import leads, page

urlpatterns = [
    path("", page.seams, name="seams"),
    path("seams.csv", page.as_csv, name="seams-csv"),
    path("leads/", leads.leads, name="seams-leads"),
]
