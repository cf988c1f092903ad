"""Addresses of what marketing describes for sales."""

from django.urls import path

from . import editing, listing, showing, texts, voting
from .kinds import KINDS

urlpatterns = [
    path("campaigns/undescribed/", listing.undescribed, name="undescribed"),
    path("campaigns/in-short/", listing.in_short, name="campaigns-in-short"),
    path("offers/misfits/", listing.misfits, name="misfits"),
    path("briefs/<int:pk>/vote/", voting.vote, name="brief-vote"),
    path("leads/<int:pk>/texts/", texts.texts, name="lead-texts"),
    *(
        path(f"{kind.key}/{rest}", view, {"kind": kind.key}, name=name)
        for kind in KINDS.values()
        for rest, view, name in (
            ("", listing.things, kind.key),
            ("add/", editing.add, f"{kind.key}-add"),
            ("<int:pk>/", showing.thing, kind.one),
            ("<int:pk>/edit/", editing.edit, f"{kind.one}-edit"),
            ("<int:pk>/away/", editing.put_away, f"{kind.one}-away"),
        )
    ),
]
