"""A prepared queryset answers as the queryset would, whatever its arguments."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Value
from django.test.utils import CaptureQueriesContext

from handoff.models import Membership, Team, User
from handoff.prepared import prepared
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@prepared
def people(team: str, before: dt.datetime, least: int, *, active: bool):
    member = Membership.objects.filter(user=OuterRef("pk"), team__key=team)
    return (
        User.objects.filter(Q(date_joined__lt=before) | Q(pk=least), is_active=active)
        .annotate(inside=Exists(member), places=Count("memberships"), rate=Value("100 %s %"))
        .order_by("pk")
    )


@prepared
def members(team: int):
    return Membership.objects.filter(team=team).select_related("user", "team").order_by("pk")


@prepared
def names(person: int | None):
    rows = User.objects.order_by("pk")
    return (rows if person is None else rows.filter(pk=person)).values("name")


@prepared
def careless(number: int):
    return Team.objects.filter(pk__in=[number + 1])


@pytest.fixture
def cast():
    make.agreement_in_force()
    return make.sam(), make.ines(), make.UserFactory(is_active=False)


def test_rows_are_those_of_the_queryset(cast):
    later = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    for team in Team.objects.all():
        for active in (True, False):
            given = (team.key, later, 0)
            found = people(*given, active=active)
            expected = list(people.__wrapped__(*given, active=active))
            assert found == expected
            assert [vars(one) | {"_state": 0} for one in found] == [
                vars(one) | {"_state": 0} for one in expected
            ]


def test_each_call_has_its_own_arguments(cast):
    sam, ines, _ = cast
    long_ago = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    assert people("", long_ago, sam.pk, active=True) == [sam]
    assert people("", long_ago, ines.pk, active=True) == [ines]
    assert people("", long_ago, -1, active=True) == []


def test_what_is_joined_comes_along(cast):
    team = Team.objects.filter(memberships__user=cast[0]).first()
    with CaptureQueriesContext(connection) as queries:
        found = [(one.user.email, one.team.key) for one in members(team.pk)]
    assert (cast[0].email, team.key) in found
    assert len(queries) == 1


def test_none_is_no_argument_and_values_stay_values(cast):
    assert names(cast[0].pk) == [{"name": cast[0].name}]
    assert len(names(None)) == User.objects.count()


def test_the_statement_is_written_once(cast, monkeypatch):
    names(cast[0].pk)
    written = []
    compiler = connection.ops.compiler("SQLCompiler")
    monkeypatch.setattr(compiler, "as_sql", lambda self, *args, **kwargs: written.append(self))
    assert names(cast[1].pk) == [{"name": cast[1].name}]
    assert not written


def test_an_argument_that_is_computed_with_is_refused(cast):
    with pytest.raises(TypeError, match="no parameter"):
        careless(1)
