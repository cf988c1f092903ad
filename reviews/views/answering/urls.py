"""Addresses of what versions answer."""

from django.urls import path

from . import page

urlpatterns = [
    path("rejections/", page.rejections, name="rejections"),
    path("rejections/<slug:key>/begin/", page.begin, name="answer-begin"),
    path("<int:number>/answers/", page.answers, name="answers"),
    path("answers/<int:pk>/", page.cited, name="cited"),
]
