"""A turn spent on a lead that was not theirs is given back, once, with its cause."""

import datetime as dt
from dataclasses import replace

import pytest

from handoff.models import Team
from leads.journey import consequences, owning, responding
from leads.journey.judging import judged_by
from leads.models import Handoff, Turn
from tests.factories import (
    MONDAY,
    MembershipFactory,
    ReasonFactory,
    TeamFactory,
    UserFactory,
    ines,
    lena,
    sam,
    sdr_na,
)
from tests.leads.arriving import DEMO, agreement, handed_over

pytestmark = pytest.mark.django_db

LATER = MONDAY + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _agreement():
    agreement()
    for trait in ("moved", "known", "needs_work"):
        ReasonFactory(**{trait: True})


@pytest.fixture
def emea() -> Team:
    return TeamFactory(key="emea", members=(UserFactory(rep=True, name="Tom"),))


def reject(handoff: Handoff, reason: str) -> None:
    responding.reject(handoff.pk, reason=reason, actor=handoff.owner, at=LATER)


def given_back(handoff: Handoff) -> list[str]:
    return list(
        Turn.objects.filter(handoff=handoff, cause="credit").values_list("because", flat=True)
    )


def sums() -> bool:
    """Whether every position is the sum of its ledger."""
    return all(
        one.served == sum(turn.amount for turn in one.turns.all())
        for team in Team.objects.all()
        for one in team.memberships.all()
    )


def test_misrouted():
    handoff = handed_over()
    reject(handoff, "wrong_territory")
    assert given_back(handoff) == ["misrouted"] and sums()


def test_duplicate():
    handoff = handed_over()
    reject(handoff, "duplicate")
    assert given_back(handoff) == ["duplicate"] and sums()


def test_disposed_of_as_a_duplicate_after_it_was_accepted():
    handoff = handed_over()
    responding.accept(handoff.pk, how="in_discovery", actor=handoff.owner, at=LATER)
    responding.dispose(handoff.pk, disposition="duplicate", actor=handoff.owner, at=LATER)
    assert given_back(handoff) == ["duplicate"]


def test_returned_to_marketing_and_misrouted_after_that_is_one():
    handoff = handed_over()
    responding.return_to_marketing(
        handoff.pk, reason="missing_context", actor=handoff.owner, at=LATER
    )
    responding.resume(handoff.pk, actor=handoff.owner, at=LATER)
    reject(handoff, "wrong_territory")
    assert given_back(handoff) == ["returned"] and sums()


@pytest.mark.parametrize("to_person", [True, False])
def test_reassigned_to_another_team(emea, to_person):
    handoff = handed_over()
    tom = emea.memberships.get().user
    owning.reassign(
        handoff.pk, to=tom if to_person else emea, reason="wrong_territory", actor=lena(), at=LATER
    )
    assert given_back(handoff) == ["misrouted"] and sums()
    charged = Turn.objects.filter(handoff=handoff, cause="turn", membership__team=emea)
    assert charged.count() == (0 if to_person else 1)


def test_the_turn_of_the_other_team_may_be_given_back_too(emea):
    handoff = handed_over()
    owning.reassign(handoff.pk, to=emea, reason="wrong_territory", actor=lena(), at=LATER)
    reject(Handoff.objects.get(pk=handoff.pk), "duplicate")
    assert given_back(handoff) == ["misrouted", "duplicate"] and sums()


def test_handing_it_to_a_colleague_gives_nothing_back():
    handoff = handed_over()
    colleague = ines() if handoff.owner == sam() else sam()
    owning.reassign(handoff.pk, to=colleague, reason="wrong_timing", actor=lena(), at=LATER)
    assert given_back(handoff) == [] and sums()


def test_no_reason_to_give_it_back():
    handoff = handed_over()
    until = dt.date(2026, 11, 2)
    responding.reject(handoff.pk, reason="wrong_timing", until=until, actor=handoff.owner, at=LATER)
    assert given_back(handoff) == []


def test_a_lead_taken_from_a_queue_cost_no_turn():
    handoff = handed_over(country="DE")
    MembershipFactory(team=handoff.team, user=sam())
    owning.claim(handoff.pk, actor=sam(), at=LATER)
    reject(Handoff.objects.get(pk=handoff.pk), "duplicate")
    assert not Turn.objects.filter(cause="credit").exists()


def test_an_imported_past_charges_and_gives_back_nothing(emea):
    then = (MONDAY - dt.timedelta(days=7)).isoformat()
    touch = {**DEMO, "occurred_at": then}
    past = {"historical": True, "occurred_at": then, "touchpoints": [touch]}
    for number, reason in enumerate(("wrong_territory", "duplicate")):
        reject(handed_over(email=f"past{number}@x.co", **past), reason)
    handoff = handed_over(email="past9@x.co", **past)
    owning.reassign(handoff.pk, to=emea, reason="wrong_territory", actor=lena(), at=LATER)
    assert not Turn.objects.exists()
    assert not sdr_na().memberships.exclude(served=0).exists()


def test_a_lead_routed_again_to_its_accounts_owner_locks_the_owners_team_with_the_others():
    """Else it would hold its own team while it waits for one that stands before it."""
    handoff = handed_over()
    TeamFactory(key="key-accounts", members=(UserFactory(rep=True, name="Zoe"),))
    request = consequences.asked(judged_by(handoff.judgement), at=LATER)
    first = next(rule for rule in request.all_rules if rule.to_kind == "owner_of")
    owned = replace(request, rules=(first, *request.rules))
    assert "key-accounts" not in request.teams
    assert {"key-accounts", *request.teams} <= consequences._teams_of(owned)
