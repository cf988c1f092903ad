"""Addresses of the funnel, and of response time against what became of the lead."""

from django.urls import path

from . import leads, page, response

urlpatterns = [
    path("funnel/", page.funnel, name="funnel"),
    path("funnel/funnel.csv", page.as_csv, name="funnel-csv"),
    path("funnel/leads/", leads.leads, name="funnel-leads"),
    path("funnel/cohorts/leads/", leads.of_week, name="cohort-leads"),
    path("response/", response.response, name="response"),
    path("response/response.csv", response.as_csv, name="response-csv"),
    path("response/leads/", response.leads, name="response-leads"),
]
