"""Addresses of a version's trial."""

from django.urls import path

from . import page, starting

urlpatterns = [
    path("<int:number>/trial/", page.trial, name="trial"),
    path("<int:number>/trial/start/", starting.start, name="trial-start"),
    path("<int:number>/trial/stop/", page.stop, name="trial-stop"),
    path("<int:number>/trial/leads/", page.leads, name="trial-leads"),
]
