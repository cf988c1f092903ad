"""Addresses of the definition room: one draft, edited in place."""

from django.urls import path

from . import acting, page

urlpatterns = [
    path("<int:number>/", page.room, name="room"),
    path("<int:number>/rows/<slug:section>/put/", acting.put, name="room-put"),
    path("<int:number>/rows/<slug:section>/move/", acting.move, name="room-move"),
    path("<int:number>/rows/<slug:section>/remove/", acting.remove, name="room-remove"),
    path("<int:number>/rows/<slug:section>/rename/", acting.rename, name="room-rename"),
    path("<int:number>/rows/<slug:section>/insert/", acting.insert, name="room-insert"),
    path("<int:number>/reword/<slug:part>/", acting.reword, name="room-reword"),
]
