"""On which side of a trial a lead stands: chance decides once, and nothing moves it."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from handoff import publishing, statements, trials
from handoff.models import DefinitionVersion, Trial
from leads.journey import nurturing, responding, touches
from leads.journey.outcomes import upsert_account
from leads.models import Clock, Handoff, Judgement, Lead, TrialMember
from tests import factories as make
from tests.factories import DEFINITION, MONDAY
from tests.leads.arriving import DEMO, agreement, arrive

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
GERMANY = [{"field": "country", "is": "DE"}]
SLOWER = {"key": "urgent", "hours": "business", "accept": 45, "first_touch": 90}


def draft(**changes):
    """A draft with slower clocks, so that its hand-overs can be told from the live ones."""
    tiers = [SLOWER, *DEFINITION["tiers"][1:]]
    return make.DefinitionVersionFactory(document={**DEFINITION, "tiers": tiers, **changes})


def on_trial(version=None, *, when=None, share=100, at=MONDAY - HOUR, stop_above=None):
    return trials.start(
        version or draft(), when=when, share=share, stop_above=stop_above, reason="To see",
        actor=make.mara(), at=at,
    )  # fmt: skip


def arm(lead_id):
    return TrialMember.objects.get(lead=lead_id).arm


def version_of(outcome):
    """The number of the version of the lead's latest judgement."""
    return Judgement.objects.filter(lead=outcome.lead_id).first().version_id


@pytest.fixture(autouse=True)
def _agreement():
    agreement()
    make.TrackFactory()


@pytest.fixture
def live():
    return DefinitionVersion.objects.live().get()


def test_without_a_trial_no_lead_has_a_side(live):
    outcome = arrive()
    assert version_of(outcome) == live.pk
    assert not TrialMember.objects.exists()


def test_a_lead_on_trial_is_judged_routed_and_timed_by_the_version_on_trial():
    trial = on_trial()
    outcome = arrive()
    handoff = Handoff.objects.get(pk=outcome.handoff_id)
    assert arm(outcome.lead_id) == "trial"
    assert version_of(outcome) == handoff.version_id == trial.version_id
    accept = handoff.clocks.get(kind=Clock.Kind.ACCEPT)
    assert (accept.version_id, accept.minutes) == (trial.version_id, 45)


def test_who_is_outside_of_the_segment_is_judged_by_the_live_version(live):
    trial = on_trial(when=GERMANY)
    inside, outside = arrive(country="DE"), arrive(country="US")
    assert (arm(inside.lead_id), version_of(inside)) == ("trial", trial.version_id)
    assert (arm(outside.lead_id), version_of(outside)) == ("outside", live.pk)


def test_a_segment_may_name_a_motion_and_what_a_lead_did():
    on_trial(when={"any": [{"field": "motion", "is": "enterprise"}, {"signal": "pricing_page"}]})
    large, curious = (
        arrive(employees=5000),
        arrive(touchpoints=[{**DEMO, "signal": "pricing_page"}]),
    )
    neither = arrive()
    assert [arm(one.lead_id) for one in (large, curious, neither)] == ["trial", "trial", "outside"]


def test_a_share_is_met_by_chance_and_the_rest_is_the_control(live):
    trial = on_trial(share=30)
    outcomes = [arrive() for _ in range(200)]
    arms = [arm(one.lead_id) for one in outcomes]
    assert set(arms) == {"trial", "control"}
    assert 35 <= arms.count("trial") <= 85
    for one, side in zip(outcomes, arms, strict=True):
        assert version_of(one) == (trial.version_id if side == "trial" else live.pk)


def test_a_lead_stays_on_its_side_whatever_is_learnt_of_it(live):
    trial = on_trial(when=GERMANY)
    german = arrive(email="a@novapay.com", country="DE", touchpoints=[])
    other = arrive(email="b@novapay.com", country="US", touchpoints=[])
    later = MONDAY + HOUR
    moved = arrive(email="a@novapay.com", country="US", at=later)
    joined = arrive(email="b@novapay.com", country="DE", at=later)
    assert (moved.lead_id, joined.lead_id) == (german.lead_id, other.lead_id)
    assert (arm(german.lead_id), version_of(moved)) == ("trial", trial.version_id)
    assert (arm(other.lead_id), version_of(joined)) == ("outside", live.pk)


def test_rescores_and_touchpoints_keep_the_side():
    trial = on_trial()
    outcome = arrive(touchpoints=[])
    later = MONDAY + HOUR
    row = {"lead": outcome.lead_id, "signal": "demo_request", "occurred_at": later.isoformat()}
    report = touches.record([row], source="site", api_key_id=None, at=later)
    assert report.judged == 1
    Lead.objects.filter(pk=outcome.lead_id).update(employees=5000)
    assert nurturing.rescore([outcome.lead_id], at=later + HOUR) == 1
    versions = Judgement.objects.filter(lead=outcome.lead_id).values_list("version", flat=True)
    assert set(versions) == {trial.version_id}


def test_leads_judged_before_stay_live_until_they_come_back(live):
    first = arrive(email="ana@novapay.com")
    trial = on_trial(at=MONDAY + HOUR)
    again = arrive(email="ana@novapay.com", at=MONDAY + 2 * HOUR)
    assert version_of(again) == live.pk and not TrialMember.objects.exists()
    handoff = Handoff.objects.get(pk=first.handoff_id)
    responding.reject(
        handoff.pk, reason="out_of_segment", actor=handoff.owner, at=MONDAY + 3 * HOUR
    )
    nurturing.rescore([first.lead_id], at=MONDAY + 4 * HOUR)
    assert not TrialMember.objects.exists()
    back = arrive(email="ana@novapay.com", at=MONDAY + 5 * HOUR)
    assert (arm(back.lead_id), version_of(back)) == ("trial", trial.version_id)
    assert Handoff.objects.get(pk=back.handoff_id).version_id == trial.version_id


def test_a_nurture_date_reached_brings_a_lead_to_a_side():
    first = arrive(email="ana@novapay.com")
    handoff = Handoff.objects.get(pk=first.handoff_id)
    until = (MONDAY + dt.timedelta(days=2)).date()
    responding.reject(
        handoff.pk, reason="wrong_timing", until=until, actor=handoff.owner, at=MONDAY + HOUR
    )
    on_trial(at=MONDAY + 2 * HOUR)
    assert nurturing.come_back(at=MONDAY + dt.timedelta(days=3)) == 1
    assert arm(first.lead_id) == "trial"


def test_an_account_that_changes_nothing_about_a_lead_brings_it_to_no_side():
    first = arrive(email="ana@novapay.com", industry="fintech")
    upsert_account("novapay.com", {"name": "Nova Pay"}, actor=None, at=MONDAY)
    handoff = Handoff.objects.get(pk=first.handoff_id)
    responding.reject(handoff.pk, reason="out_of_segment", actor=handoff.owner, at=MONDAY + HOUR)
    nurturing.rescore([first.lead_id], at=MONDAY + 2 * HOUR)
    on_trial(at=MONDAY + 2 * HOUR)
    upsert_account("novapay.com", {"industry": "retail"}, actor=None, at=MONDAY + 3 * HOUR)
    assert not TrialMember.objects.exists()
    upsert_account("novapay.com", {"customer": True}, actor=None, at=MONDAY + 4 * HOUR)
    assert arm(first.lead_id) == "trial"


def test_an_imported_past_belongs_to_no_side(live):
    on_trial()
    outcome = arrive(historical=True)
    assert version_of(outcome) == live.pk
    assert not TrialMember.objects.exists()


def test_after_the_trial_its_leads_are_judged_by_the_live_version(live):
    trial = on_trial()
    outcome = arrive(email="ana@novapay.com")
    trials.stop(trial, actor=make.mara(), at=MONDAY + HOUR, why="Enough")
    assert Handoff.objects.get(pk=outcome.handoff_id).version_id == trial.version_id
    again = arrive(email="ana@novapay.com", at=MONDAY + 2 * HOUR)
    assert version_of(again) == live.pk
    assert arrive(at=MONDAY + 2 * HOUR) and TrialMember.objects.count() == 1


def test_after_publishing_everybody_is_judged_by_it():
    trial = on_trial(share=1)
    version = trial.version
    publishing.publish(version, actor=make.mara(), at=MONDAY, reason="Better")
    outcome = arrive(at=MONDAY + HOUR)
    assert version_of(outcome) == version.pk and not TrialMember.objects.exists()
    assert Trial.objects.get(pk=trial.pk).ending == Trial.Ending.PUBLISHED


def test_another_trial_draws_anew():
    first = on_trial(share=50)
    people = [f"lead{n}@novapay{n}.com" for n in range(40)]
    before = {p: arm(arrive(email=p, touchpoints=[]).lead_id) for p in people}
    trials.stop(first, actor=make.mara(), at=MONDAY, why="Enough")
    on_trial(share=50, at=MONDAY)
    others = [arm(arrive(at=MONDAY + HOUR).lead_id) for _ in range(40)]
    assert {"trial", "control"} == set(before.values()) == set(others)


def test_the_database_refuses_to_move_a_lead_to_the_other_side():
    on_trial()
    outcome = arrive()
    with pytest.raises(IntegrityError, match="never switches"), transaction.atomic():
        TrialMember.objects.filter(lead=outcome.lead_id).update(arm="control")


def test_without_a_trial_nothing_is_asked_but_whether_there_is_one(django_assert_max_num_queries):
    arrive()
    with django_assert_max_num_queries(30) as found:
        arrive()
    asked = [one["sql"] for one in found if "trial" in one["sql"]]
    assert [sql.split()[:2] for sql in asked] == [["SELECT", "v.id,"]], "with the live version"
    assert "t.version_id" in asked[0]


def test_a_lead_of_the_demo_leaves_with_its_side():
    trial = on_trial()
    lead = make.LeadFactory(is_demo=True)
    TrialMember.objects.create(trial=trial, lead=lead, arm="trial", joined_at=MONDAY)
    assert statements.fetch("SELECT leads_forget(%s::bigint[])", [[lead.pk]]) == [(1,)]
    connection.check_constraints()
    assert not TrialMember.objects.exists()
