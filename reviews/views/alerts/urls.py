"""Addresses of alerts."""

from django.urls import path

from . import acting, leads, page, rule

urlpatterns = [
    path("", page.alerts, name="alerts"),
    path("leads/", leads.leads, name="alert-leads"),
    path("watched/", rule.edit, name="alert-rule"),
    path("<int:pk>/acknowledge/", acting.acknowledge, name="alert-acknowledge"),
]
