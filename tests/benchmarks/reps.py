"""Whose day is measured."""

from django.contrib.auth.models import Group
from django.db.models import Count

from handoff.models import User
from leads.models import Handoff


def busiest() -> User:
    """The rep with most to answer."""
    rows = Handoff.objects.working().waiting().exclude(owner=None).order_by()
    most = rows.values("owner").annotate(count=Count("pk")).order_by("-count", "owner")[0]
    return as_rep(User.objects.get(pk=most["owner"]))


def as_rep(user: User) -> User:
    """The same person, in their role."""
    user.groups.add(Group.objects.get(name="rep"))
    return user
