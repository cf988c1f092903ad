"""A rule that names a team nobody stands behind is doubted at its place."""

import pytest
from django.utils import timezone

from handoff import publishing
from handoff.models import Calendar, DefinitionVersion, Membership
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """What the check of the definition in force doubts about who stands behind it."""
    make.agreement_in_force()

    def ask():
        version = DefinitionVersion.objects.with_rows().get()
        found = publishing.check(version, at=timezone.now())
        assert found.faults == ()
        return [str(one) for one in found.warnings if ".to:" in str(one)]

    return ask


def test_a_staffed_team_raises_no_doubt(told):
    assert told() == []


def test_a_team_without_members_is_doubted_where_a_rule_names_it(told):
    Membership.objects.filter(team__key="sdr-na").update(active=False)
    (line,) = told()
    assert line.startswith("definition.route[2].to: nobody is in ")


def test_a_team_whose_people_all_left_is_empty_too(told):
    for one in Membership.objects.filter(team__key="sdr-na").select_related("user"):
        one.user.is_active = False
        one.user.save()
    (line,) = told()
    assert "nobody is in" in line


def test_a_team_in_which_nobody_takes_a_turn_is_doubted(told):
    Membership.objects.filter(team__key="sdr-na").update(weight=0)
    (line,) = told()
    assert "takes a turn" in line


def test_a_calendar_without_hours_is_doubted_at_every_rule_it_serves(told):
    Calendar.objects.filter(teams__key="sdr-na").update(hours={})  # Saved before this was refused.
    lines = told()
    assert any("definition.route[2].to: the calendar of" in line for line in lines)
    assert all("has no hours" in line for line in lines)
