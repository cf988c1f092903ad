"""Who may do what, by role: a table, so that nothing is left open by omission."""

import pytest
from django.contrib.auth.models import AnonymousUser

from handoff import permissions
from handoff.models import User
from tests.factories import UserFactory

ROLES = ("rep", "sales_manager", "marketing_ops", "reviewer", "administrator")

ALLOWED = {
    permissions.may_open_admin: {"marketing_ops", "administrator"},
    permissions.may_edit_agreement: {"marketing_ops", "administrator"},
    permissions.may_arrange_reviews: {"sales_manager", "marketing_ops", "administrator"},
    permissions.may_know_gaps: {"sales_manager", "marketing_ops", "administrator"},
    permissions.may_set_goals: {"marketing_ops", "administrator"},
    permissions.may_administer: {"administrator"},
    permissions.may_nobody: set(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("may", ALLOWED, ids=lambda may: may.__name__)
def test_each_role_may_what_the_table_says(may, role):
    assert may(UserFactory(roles=(role,))) is (role in ALLOWED[may])


@pytest.mark.django_db
@pytest.mark.parametrize("may", ALLOWED, ids=lambda may: may.__name__)
def test_a_stranger_may_nothing(may):
    assert not may(AnonymousUser())
    assert not may(UserFactory())


@pytest.mark.django_db
@pytest.mark.parametrize("may", ALLOWED, ids=lambda may: may.__name__)
def test_one_who_left_may_nothing_whatever_their_role(may):
    assert not may(UserFactory(roles=("administrator",), is_active=False))


@pytest.mark.django_db
def test_a_superuser_has_every_role_but_may_not_rewrite_what_happened():
    boss = User.objects.create_superuser("boss@northwind.example", "a long pass phrase")
    allowed = {may for may in ALLOWED if may(boss)}
    assert allowed == set(ALLOWED) - {permissions.may_nobody}
