"""The people of both teams in the demo: those whom the playbook names, with a password and a way of
working. Only addresses of example.com are ever touched."""

import random
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from handoff.models import DECIDERS, Absence, Membership, Team, User

PASSWORD = "handoff-demo"
PLACE = "@example.com"
ADMINISTRATOR = ("admin@example.com", "Ada Lindqvist")

AMERICAS = ("US", "CA", "MX", "BR")
NAMES = {
    "lena@example.com": "Lena Hartmann",
    "paulo@example.com": "Paulo Siqueira",
    "jonas@example.com": "Jonas Eklund",
}
"""Those whom the playbook names by their address alone."""

CHANGED = ("password", "is_demo", "is_staff", "is_active")
SELLS = (Team.Kind.SDR, Team.Kind.AE)


class NoCast(Exception):
    """No team of the agreement has demo people in it."""


@dataclass(frozen=True)
class Habit:
    """How somebody works. `minutes`: usual time until they look at an urgent lead; `touches`: how
    often they write or call before they give up; `notes`: how often they say why in words."""

    minutes: float
    touches: int
    notes: float
    late: float

    def delay(self, dice: random.Random, *, rank: int) -> float:
        """Working minutes until they look at a lead of a tier of this rank."""
        slow = dice.uniform(4, 12) if dice.random() < self.late else 1.0
        pace = PACE[min(rank, len(PACE) - 1)]
        return self.minutes * pace * slow * dice.lognormvariate(0, 0.45)


QUICK = Habit(minutes=4, touches=2, notes=0.3, late=0.03)
THOROUGH = Habit(minutes=7, touches=4, notes=0.95, late=0.05)
STEADY = Habit(minutes=6, touches=3, notes=0.5, late=0.08)
SLOW = Habit(minutes=13, touches=2, notes=0.4, late=0.25)
HABITS = {
    "sam@example.com": QUICK,
    "tom@example.com": QUICK,
    "ines@example.com": THOROUGH,
    "grace@example.com": THOROUGH,
    "quinn@example.com": THOROUGH,
    "owen@example.com": SLOW,
}

PACE = (1.0, 2.2, 6.0)
"""How much longer leads of the first, the second and any later tier wait."""


def habit_of(user: User) -> Habit:
    """How a person works: Sam is quick, Ines thorough, Owen slow, most are steady."""
    return HABITS.get(user.email, STEADY)


def prepare() -> list[User]:
    """Give the playbook's people the demo's password and their roles. Raises NoCast.

    Somebody who has a password already is left alone.
    """
    roles = _roles()
    if not roles:
        raise NoCast("No team has people of the demo in it. Load the default playbook first.")
    with transaction.atomic():
        administrator, _ = User.objects.get_or_create(
            email=ADMINISTRATOR[0], defaults={"name": ADMINISTRATOR[1], "is_demo": True}
        )
        roles[administrator.pk] = {"administrator"}
        people = list(User.objects.filter(pk__in=roles, email__endswith=PLACE))
        password = make_password(PASSWORD)
        groups = {group.name: group for group in Group.objects.all()}
        for person in people:
            has_own = bool(person.password) and person.has_usable_password()
            if has_own and not person.is_demo:
                continue
            if not has_own:
                person.password = password
            person.is_demo = person.is_active = True
            person.is_staff = not roles[person.pk].isdisjoint(DECIDERS)
            person.name = person.name or NAMES.get(person.email, "")
            person.save(update_fields=[*CHANGED, "name"])
            person.groups.add(*(groups[role] for role in sorted(roles[person.pk])))
    return people


def _roles() -> dict[int, set[str]]:
    """Roles by person, as their place in the teams says."""
    roles: dict[int, set[str]] = {}
    for membership in Membership.objects.filter(active=True).select_related("team", "user"):
        if membership.user.email.endswith(PLACE):
            marketing = membership.team.kind == Team.Kind.MARKETING
            roles.setdefault(membership.user_id, set()).add("marketing_ops" if marketing else "rep")
    if not roles:
        return {}
    for team in Team.objects.select_related("responsible"):
        if team.responsible.email.endswith(PLACE):
            role = "sales_manager" if team.kind in SELLS else "marketing_ops"
            held = roles.setdefault(team.responsible_id, set())
            if "sales_manager" not in held or role == "sales_manager":
                held.add(role)
    return roles


def marketer() -> User:
    """Who answers for marketing. Raises NoCast."""
    found = (
        User.objects.filter(groups__name="marketing_ops", is_demo=True).order_by("email").first()
    )
    if found is None:
        raise NoCast("Nobody of the demo is in marketing operations.")
    return found


def sellers(kind: Team.Kind) -> list[User]:
    """People of the demo in teams of a kind, in the order of their addresses."""
    return list(
        User.objects.filter(memberships__team__kind=kind, memberships__active=True, is_demo=True)
        .order_by("email")
        .distinct()
    )


def team_for(country: str) -> Team | None:
    """The sellers nearest to a country: those of the Americas, else the others."""
    teams = list(Team.objects.filter(kind=Team.Kind.SDR).order_by("pk").select_related("calendar"))
    west = [team for team in teams if team.calendar.timezone.startswith("America")]
    east = [team for team in teams if team not in west]
    return next(iter((west if country in AMERICAS else east) or teams), None)


def dismiss() -> int:
    """Take the demo's password, roles and time off back; the agreement keeps naming the people."""
    people = list(User.objects.filter(is_demo=True, email__endswith=PLACE))
    for person in people:
        person.set_unusable_password()
        person.is_demo = person.is_staff = False
        if person.email == ADMINISTRATOR[0]:
            person.is_active = False
        person.save(update_fields=CHANGED)
        person.groups.clear()
    Absence.objects.filter(user__in=people).delete()
    return len(people)
