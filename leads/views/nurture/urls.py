"""Addresses of nurture tracks and the leads on them."""

from django.urls import path

from . import acting, editing, listing, moving

urlpatterns = [
    path("nurture/", listing.tracks, name="tracks"),
    path("nurture/add/", editing.add, name="track-add"),
    path("nurture/find/", acting.find, name="nurture-find"),
    path("nurture/move/", moving.move, name="nurture-move"),
    path("nurture/none/", listing.track, name="track-none"),
    path("nurture/leads/<int:pk>/", acting.lead, name="nurtured"),
    path("nurture/<slug:key>/", listing.track, name="track"),
    path("nurture/<slug:key>/leads.csv", listing.as_csv, name="track-csv"),
    path("nurture/<slug:key>/edit/", editing.edit, name="track-edit"),
]
