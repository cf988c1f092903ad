"""Who may do what, by role; every other module asks here.

A role is a group (`handoff.models.ROLES`); a superuser has every role, a stranger and a person who
left have none.
"""

from django.contrib.auth.models import AnonymousUser

from .models import User


def has_role(user: User | AnonymousUser, *roles: str) -> bool:
    """Whether `user` is signed in, still active and in one of `roles`."""
    return isinstance(user, User) and user.is_active and user.has_role(*roles)


def may_open_admin(user: User | AnonymousUser) -> bool:
    """Marketing operations and administrators."""
    return has_role(user, "marketing_ops", "administrator")


def may_edit_agreement(user: User | AnonymousUser) -> bool:
    """Definition, calendars, teams, reasons, tracks, stages, areas, checklists and steps."""
    return has_role(user, "marketing_ops", "administrator")


def may_administer(user: User | AnonymousUser) -> bool:
    """People, their roles, and API keys."""
    return has_role(user, "administrator")


def may_edit_members(user: User | AnonymousUser) -> bool:
    """Who is in a team, how much they take and when they are away."""
    return has_role(user, "sales_manager", "marketing_ops", "administrator")


def may_nobody(user: User | AnonymousUser) -> bool:
    """What no person may do, whoever they are: rewrite what happened."""
    return False
