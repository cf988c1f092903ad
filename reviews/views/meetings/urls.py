"""Addresses of joint reviews."""

from django.urls import path

from . import acting, actions, listing, minutes, noting, own, screen, series

urlpatterns = [
    path("", listing.reviews, name="reviews"),
    path("series/new/", series.new, name="series-new"),
    path("series/<int:pk>/", series.change, name="series"),
    path("series/<int:pk>/end/", series.end, name="series-end"),
    path("actions/", actions.actions, name="actions"),
    path("actions/<int:pk>/", actions.change, name="action"),
    path("actions/<int:pk>/done/", actions.done, name="action-done"),
    path("actions/<int:pk>/open/", actions.not_done, name="action-open"),
    path("<int:number>/", own.meeting, name="meeting"),
    path("<int:number>/live/", own.live, name="meeting-live"),
    path("<int:number>/invitation.ics", own.invitation, name="invitation"),
    path("<int:number>/appointment/", series.appointment, name="appointment"),
    path("<int:number>/screen/", screen.screen, name="screen"),
    path("<int:number>/screen/live/", screen.stage, name="stage"),
    path("<int:number>/begin/", acting.begin, name="begin"),
    path("<int:number>/item/", acting.go_to, name="go-to"),
    path("<int:number>/take-over/", acting.take_over, name="take-over"),
    path("<int:number>/end/", acting.end, name="end"),
    path("<int:number>/join/", acting.join, name="join"),
    path("<int:number>/decisions/", noting.decide, name="decide"),
    path("<int:number>/actions/", noting.ask_for, name="ask-for"),
    path("<int:number>/notes/<int:item>/", noting.note, name="note"),
    path("<int:number>/lines/<int:pk>/take-back/", noting.take_back, name="take-back"),
    path("<int:number>/minutes/", minutes.minutes, name="minutes"),
    path("<int:number>/minutes.md", minutes.as_markdown, name="minutes-md"),
]
