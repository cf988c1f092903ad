"""Addresses of the examples of a draft."""

from django.urls import path

from . import editing, listing

urlpatterns = [
    path("<int:number>/examples/", listing.examples, name="examples"),
    path("<int:number>/examples/aside/", listing.aside, name="examples-aside"),
    path("<int:number>/examples/new/", editing.new, name="example-new"),
    path("<int:number>/examples/<int:place>/", editing.edit, name="example"),
    path("<int:number>/examples/<int:place>/remove/", editing.remove, name="example-remove"),
    path("<int:number>/examples/<int:place>/move/", editing.move, name="example-move"),
    path("<int:number>/examples/undo/", editing.undo, name="example-undo"),
    path("<int:number>/examples/run/", editing.run, name="example-run"),
]
