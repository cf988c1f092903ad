"""Addresses of teams, their members, and time off."""

from django.urls import path

from . import handing_on, members, pauses, teams, time_off, turns

urlpatterns = [
    path("teams/", teams.teams, name="teams"),
    path("teams/<slug:key>/", teams.roster, name="roster"),
    path("teams/<slug:key>/changes/", teams.changes, name="team-changes"),
    path("teams/<slug:key>/turns/", turns.turns, name="turns"),
    path("teams/<slug:key>/turns.csv", turns.as_csv, name="turns-csv"),
    path("teams/<slug:key>/turns/<int:pk>/", turns.of_member, name="turns-of"),
    path("teams/<slug:key>/members/add/", members.add, name="member-add"),
    path("teams/<slug:key>/members/<int:pk>/", members.member, name="member"),
    path("teams/<slug:key>/responsible/", members.responsible, name="responsible"),
    path("teams/<slug:key>/time-off/", time_off.of_team, name="team-time-off"),
    path("people/<int:pk>/leads/", handing_on.leads, name="hand-on"),
    path("time-off/<int:pk>/end/", time_off.end, name="time-off-end"),
    path("me/time-off/", time_off.own, name="time-off"),
    path("me/pause/", pauses.pause, name="pause"),
    path("me/pause/end/", pauses.end, name="pause-end"),
]
