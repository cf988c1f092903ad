"""Addresses of what the definition says about leads: try it, and the reach of its rows."""

from django.urls import path

from . import page, reach, values

urlpatterns = [
    path("<int:number>/try/", page.try_it, name="try"),
    path("<int:number>/reach/", reach.reach, name="reach"),
    path("<int:number>/reach/<slug:section>/<slug:key>/", reach.reached, name="reached"),
    path("values/<slug:field>/", values.values, name="values"),
]
