"""Addresses of lift."""

from django.urls import path

from . import leads, pages, quarter

urlpatterns = [
    path("lift/", pages.latest, name="lift"),
    path("lift/<int:pk>/", pages.study, name="study"),
    path("lift/<int:pk>/cancel/", pages.cancel, name="study-cancel"),
    path("lift/<int:pk>/resume/", pages.resume, name="study-resume"),
    path("lift/<int:pk>/draft/", pages.draft, name="study-draft"),
    path("lift/<int:pk>/leads/", leads.leads, name="study-leads"),
    path("lift/<int:pk>/lift.csv", leads.as_csv, name="study-csv"),
    path("quarter/", quarter.quarter, name="quarter"),
    path("quarter/study/", quarter.study, name="quarter-study"),
]
