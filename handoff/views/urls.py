"""Addresses of the house itself."""

from django.urls import include, path

from . import account, playbook
from .people import calendars

urlpatterns = [
    path("", account.home, name="home"),
    path("settings/", account.preferences, name="preferences"),
    path("settings/theme/", account.theme, name="theme"),
    path("playbook/", playbook.playbook, name="playbook"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/<slug:key>/", calendars.calendar, name="calendar"),
    path("definition/", include("handoff.views.agreement.urls")),
    path("definition/", include("handoff.views.checklists.urls")),
    path("definition/", include("handoff.views.room.urls")),
    path("definition/", include("handoff.views.examples.urls")),
]
