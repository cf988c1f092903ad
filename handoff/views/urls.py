"""Addresses of the house itself."""

from django.urls import path

from . import account, playbook

urlpatterns = [
    path("", account.home, name="home"),
    path("settings/", account.preferences, name="preferences"),
    path("settings/theme/", account.theme, name="theme"),
    path("playbook/", playbook.playbook, name="playbook"),
]
