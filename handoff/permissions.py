"""Who may do what, by role; every other module asks here.

A role is a group (`handoff.models.ROLES`); a superuser has every role, a stranger and a person who
left have none.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from .models import DECIDERS, OVERSEERS, SEERS, User


def has_role(user: User | AnonymousUser, *roles: str) -> bool:
    """Whether `user` is signed in, still active and in one of `roles`."""
    return isinstance(user, User) and user.is_active and user.has_role(*roles)


def people_with(*roles: str) -> QuerySet[User]:
    """Everybody of whom `has_role` is true, each once."""
    held = Q(groups__name__in=roles) | Q(is_superuser=True)
    return User.objects.filter(held, is_active=True).order_by("pk").distinct()


def may_open_admin(user: User | AnonymousUser) -> bool:
    """Marketing operations and administrators."""
    return has_role(user, *DECIDERS)


def may_edit_agreement(user: User | AnonymousUser) -> bool:
    """Definition, calendars, teams, reasons, tracks, stages, areas, checklists and steps."""
    return has_role(user, *DECIDERS)


def may_approve_leads(user: User | AnonymousUser) -> bool:
    """Answer for leads whose rule asks a person before sales hears of them."""
    return has_role(user, *DECIDERS)


def told_of_approvals() -> list[int]:
    """Who hears of a lead that waits for approval: marketing operations; where nobody is in that
    role, everybody else who may answer."""
    named = User.objects.filter(groups__name="marketing_ops", is_active=True).order_by("pk")
    told = named.values_list("pk", flat=True)
    return list(told) or list(people_with(*DECIDERS).values_list("pk", flat=True))


def told_of_faults() -> list[int]:
    """Who hears of a routing rule that fails: those who look after the rules."""
    return told_of_approvals()


def may_lead_teams(user: User | AnonymousUser) -> bool:
    """Change who is in a team and how much they take, and enter time off for anybody."""
    return has_role(user, *OVERSEERS)


def may_read_agreement(user: User | AnonymousUser) -> bool:
    """Definitions with their examples, backtests and trials; reps read the playbook instead."""
    return has_role(user, *SEERS)


def may_read_figures_of(user: User | AnonymousUser, person: User) -> bool:
    """How one person answers their leads: themselves, and those who look after everybody's."""
    return user == person or has_role(user, *OVERSEERS)


def may_name_causes(user: User | AnonymousUser) -> bool:
    """Say why anybody's promise was missed, and name who mends a cause that comes back."""
    return has_role(user, *OVERSEERS)


def may_arrange_reviews(user: User | AnonymousUser) -> bool:
    """Plan joint reviews: series, who takes part, moving and cancelling meetings."""
    return has_role(user, *OVERSEERS)


def may_acknowledge_alerts(user: User | AnonymousUser) -> bool:
    """Say what is done about rejections that passed the threshold."""
    return has_role(user, *OVERSEERS)


def may_know_gaps(user: User | AnonymousUser) -> bool:
    """Say that a hole in the coverage is known, until when and why."""
    return has_role(user, *OVERSEERS)


def may_nurture(user: User | AnonymousUser) -> bool:
    """Put leads on nurture tracks, move them, change their dates and take them out."""
    return has_role(user, *OVERSEERS)


def may_set_goals(user: User | AnonymousUser) -> bool:
    """Change which share of its promises each team means to keep."""
    return has_role(user, *DECIDERS)


def may_describe_campaigns(user: User | AnonymousUser) -> bool:
    """Campaigns, offers, personas, briefs and texts; everybody else reads them."""
    return has_role(user, *DECIDERS)


def may_see_every_lead(user: User | AnonymousUser) -> bool:
    """Leads of every team, also in lists that count them."""
    return has_role(user, *SEERS)


def may_administer(user: User | AnonymousUser) -> bool:
    """People, their roles, and API keys."""
    return has_role(user, "administrator")


def may_nobody(user: User | AnonymousUser) -> bool:
    """What no person may do, whoever they are: rewrite what happened."""
    return False
