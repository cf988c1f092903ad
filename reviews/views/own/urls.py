"""Addresses of a person's own figures."""

from django.urls import path

from . import leads, page

urlpatterns = [
    path("me/", page.own, name="own"),
    path("people/<int:pk>/figures/", page.person, name="person"),
    path("people/<int:pk>/figures/leads/", leads.leads, name="own-leads"),
]
