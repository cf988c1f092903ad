"""Addresses of the questions that are asked before a lead moves on."""

from django.urls import path

from . import editing, retiring

urlpatterns = [
    path("checklists/", editing.checklists, name="checklists"),
    path("checklists/add/", editing.add, name="checklist-add"),
    path("checklists/<slug:key>/", editing.edit, name="checklist-edit"),
    path("checklists/<slug:key>/retire/", retiring.retire, name="checklist-retire"),
    path("checklists/<slug:key>/restore/", retiring.restore, name="checklist-restore"),
]
