"""A returning lead goes back to who had it, where the rule says so and they can take it."""

import copy
import datetime as dt

import pytest

from handoff.models import Absence, Membership, Team
from leads.journey import responding
from leads.models import Handoff, Turn
from tests.factories import (
    DEFINITION,
    MONDAY,
    DefinitionVersionFactory,
    ReasonFactory,
    ines,
    qualification,
    sam,
    sdr_na,
)
from tests.leads.arriving import DEMO, arrive, handed_over

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
ANA = {"email": "ana@novapay.com"}


@pytest.fixture(autouse=True)
def _sticky():
    document = copy.deepcopy(DEFINITION)
    next(row for row in document["route"] if row["key"] == "na")["sticky"] = True
    DefinitionVersionFactory(live=True, document=document)
    sdr_na()
    qualification()
    ReasonFactory()
    ReasonFactory(wrong_timing=True)
    ReasonFactory(moved=True)


def ended(**payload) -> Handoff:
    """Ana's hand-over, rejected for now; then others are served, so that the turn is not hers."""
    first = handed_over(**ANA, **payload)
    responding.reject(
        first.pk,
        reason="wrong_timing",
        until=dt.date(2026, 11, 2),
        actor=first.owner,
        at=MONDAY + HOUR,
    )
    Membership.objects.filter(user=first.owner).update(served=50)
    return first


def back() -> Handoff:
    outcome = arrive(**ANA, at=MONDAY + 2 * HOUR)
    return Handoff.objects.get(pk=outcome.handoff_id)


def rule_of(handoff: Handoff) -> str:
    return handoff.assignments.get().explanation["rules"][-1]["why"]


def test_it_goes_back_and_is_charged_and_explained():
    first = ended()
    second = back()
    assert second.owner == first.owner
    assert rule_of(second) == f"{first.owner} had this lead before, sticky"
    why = {one["email"]: one for one in second.assignments.get().explanation["candidates"]}
    assert why[first.owner.email]["why"] == "Had this lead before, sticky"
    other = ines() if first.owner == sam() else sam()
    assert why[other.email]["why"] == "It went back to who had it before"
    assert (why[other.email]["turn"], why[first.owner.email]["turn"]) == (1, 2)
    assert Turn.objects.filter(handoff=second, cause="turn").get().membership.user == first.owner


def test_who_is_away_is_told_so_and_the_turn_decides():
    first = ended()
    Absence.objects.create(user=first.owner, starts_at=MONDAY, ends_at=MONDAY + 24 * HOUR)
    second = back()
    assert second.owner not in (None, first.owner)
    said = rule_of(second)
    assert said.startswith(f"{first.owner} had it before, but cannot take it (Away until")
    assert said.endswith(f"{second.owner}’s turn")
    assert second.assignments.get().explanation["before"] in said


def test_who_left_the_team_is_told_so():
    first = ended()
    Membership.objects.filter(user=first.owner).update(active=False)
    assert "cannot take it (Left the team)" in rule_of(back())


def test_who_never_was_in_the_team_is_told_so():
    then = MONDAY - 99 * HOUR
    touch = {**DEMO, "occurred_at": then.isoformat()}
    first = handed_over(**ANA, historical=True, occurred_at=then.isoformat(), touchpoints=[touch])
    until = dt.date(2026, 11, 2)
    responding.reject(first.pk, reason="wrong_timing", until=until, actor=first.owner, at=MONDAY)
    Membership.objects.filter(user=first.owner).delete()
    assert "cannot take it (Left the team)" in rule_of(back())


def test_who_had_it_in_another_team_does_not_count():
    first = ended()
    other = Team.objects.exclude(pk=first.team_id).first()
    Handoff.objects.filter(pk=first.pk).update(team=other)
    assert back().owner != first.owner


def test_who_refused_it_just_now_does_not_get_it_back():
    first = ended()
    second = back()
    responding.reject(
        second.pk, reason="wrong_territory", actor=second.owner, at=MONDAY + 2.1 * HOUR
    )
    third = Handoff.objects.open().get(lead=first.lead)
    assert third.owner not in (None, first.owner)
    assert "passed over" in rule_of(third)


def test_without_the_word_the_turn_decides():
    first = ended()
    document = copy.deepcopy(DEFINITION)
    first.version.__class__.objects.filter(pk=first.version_id).update(state="retired")
    DefinitionVersionFactory(live=True, document=document)
    assert back().owner != first.owner
