"""Addresses of the versions of the definition: the list, differences, publishing, going back."""

from django.urls import path

from . import areas, comparing, listing, publishing

urlpatterns = [
    path("", listing.definitions, name="definitions"),
    path("new/", listing.new, name="definition-new"),
    path("compare/", comparing.compare, name="definition-compare"),
    path("areas/<slug:area>/reviewed/", areas.reviewed, name="area-reviewed"),
    path("<int:number>/clone/", listing.clone, name="definition-clone"),
    path("<int:number>/discard/", listing.discard, name="definition-discard"),
    path("<int:number>/playbook.yaml", listing.export, name="definition-export"),
    path("<int:number>/publish/", publishing.publish, name="definition-publish"),
    path("<int:number>/rollback/", publishing.rollback, name="definition-rollback"),
    path("<int:old>/to/<int:new>/", comparing.difference, name="definition-difference"),
]
