"""Addresses of the measures of the agreement's two halves."""

from django.urls import path

from . import board, goals, leads

urlpatterns = [
    path("", board.sla, name="sla"),
    path("sla.csv", board.as_csv, name="sla-csv"),
    path("goals/", goals.edit, name="sla-goals"),
    path("leads/", leads.leads, name="sla-leads"),
    path("late/", leads.late, name="sla-late"),
]
