"""What a trial's sides are compared by, and the rule that stops it."""

import datetime as dt

import pytest

from handoff.models import DefinitionVersion, Trial
from leads.journey import nurturing
from leads.models import Handoff, Lead, Message, TrialMember
from reviews import trial as measured
from reviews.trial_rule import watch
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, arrive
from tests.leads.test_many_at_once import at_once
from tests.leads.test_trial_sides import GERMANY, on_trial

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
LATER = MONDAY + dt.timedelta(days=2)


@pytest.fixture(autouse=True)
def _agreement():
    agreement()
    make.TrackFactory()


def side(trial, arm, *, accepted=0, rejected=0, waiting=0, nurtured=0, **columns):
    """Leads on one side: hand-overs that sales answered, or not; and some never handed over."""
    states = ["accepted"] * accepted + ["rejected"] * rejected + ["waiting"] * waiting
    for state in states:
        ended = {"reason": make.ReasonFactory(), "ended_at": LATER} if state == "rejected" else {}
        taken = {"accepted_at": MONDAY} if state == "accepted" else {}
        handoff = make.HandoffFactory(
            state=state, made_at=MONDAY, triggered_at=MONDAY, **ended, **taken, **columns
        )
        join(trial, arm, handoff.lead)
    for _ in range(nurtured):
        join(trial, arm, make.LeadFactory())


def join(trial, arm, lead):
    TrialMember.objects.create(trial=trial, lead=lead, arm=arm, joined_at=MONDAY)


def compared(trial, count):
    found = measured.result(trial, at=LATER)
    return next(one for one in found.compared if one.measure.count == count)


def test_each_side_is_counted_among_its_own():
    trial = on_trial(share=50)
    side(trial, "trial", accepted=3, rejected=1, waiting=2, nurtured=4)
    side(trial, "control", accepted=1, nurtured=2)
    side(trial, "outside", accepted=2)
    found = measured.result(trial, at=LATER)
    handed = compared(trial, "handed")
    assert (handed.trial.count, handed.trial.n) == (6, 10)
    assert (handed.control.count, handed.control.n) == (1, 3)
    accepted = compared(trial, "accepted")
    assert (accepted.trial.count, accepted.trial.n, accepted.control.n) == (3, 4, 1)
    assert [(one.key, one.trial.count, one.trial.n) for one in found.reasons] == [
        (make.ReasonFactory().key, 1, 4)
    ]
    assert found.outside == 2 and found.control_from is None


def test_few_leads_are_too_early_to_tell():
    trial = on_trial(share=50)
    side(trial, "trial", accepted=14)
    side(trial, "control", accepted=30)
    assert compared(trial, "accepted").said == "Too early to tell: 14 leads on trial"
    assert measured.result(trial, at=LATER).finding == "Too early to tell: 14 leads on trial"


def test_a_sure_difference_is_said_with_its_interval():
    trial = on_trial(share=50)
    side(trial, "trial", accepted=90, rejected=10)
    side(trial, "control", accepted=60, rejected=40)
    one = compared(trial, "accepted")
    assert one.is_sure
    assert one.said == "Sales accepts 30 points more, 18 to 41, beyond chance"
    assert compared(trial, "rejected").said == (
        "Sales rejects 30 points less, 18 to 41, beyond chance"
    )


def test_an_unsure_difference_is_said_to_be_one():
    trial = on_trial(share=50)
    side(trial, "trial", accepted=15, rejected=10)
    side(trial, "control", accepted=14, rejected=11)
    assert compared(trial, "accepted").said == (
        "No difference beyond chance: 4 points more, from 22 less to 29 more"
    )


def test_first_touches_and_outcomes():
    trial = on_trial(share=50)
    for state, breached, outcome in (
        ("met", None, "won"), ("met", LATER, "open"), ("running", None, ""), ("stopped", None, ""),
    ):  # fmt: skip
        handoff = make.HandoffFactory(made_at=MONDAY, triggered_at=MONDAY, outcome=outcome)
        make.ClockFactory(
            handoff=handoff, kind="first_touch", state=state, breached_at=breached,
            started_at=MONDAY, due_at=MONDAY + HOUR,
        )  # fmt: skip
        join(trial, "trial", handoff.lead)
    touched = compared(trial, "in_time").trial
    assert (touched.count, touched.n) == (1, 3)
    assert compared(trial, "opportunity").trial.count == 2
    assert compared(trial, "won").trial.count == 1


def test_what_was_handed_over_before_or_after_does_not_count():
    trial = on_trial(share=50)
    before = make.HandoffFactory(made_at=MONDAY - HOUR, triggered_at=MONDAY - HOUR)
    after = make.HandoffFactory(made_at=LATER + HOUR, triggered_at=LATER)
    for handoff in (before, after):
        join(trial, "trial", handoff.lead)
    Trial.objects.update(ended_at=LATER, ending="stopped")
    trial.refresh_from_db()
    found = measured.result(trial, at=LATER + 2 * HOUR)
    assert (found.counts["trial"]["leads"], found.counts["trial"]["handed"]) == (2, 0)


def test_with_everybody_on_trial_the_time_before_is_the_control():
    started = MONDAY + 5 * HOUR
    arrive(country="DE")
    arrive(country="US")
    arrive(country="DE", at=MONDAY - dt.timedelta(days=9))
    trial = on_trial(when=GERMANY, share=100, at=started)
    arrive(country="DE", at=started + HOUR)
    found = measured.result(trial, at=started + 6 * HOUR)
    assert found.control_from == started - 6 * HOUR
    assert found.counts["trial"]["leads"] == 1
    assert found.counts["control"]["leads"] == 1
    ids = measured.leads_of(trial, arm="control", what="leads", at=started + 6 * HOUR, most=10)
    assert len(ids) == 1


def test_the_control_before_knows_nothing_that_was_told_later():
    started = MONDAY + 5 * HOUR
    lead = Lead.objects.get(pk=arrive().lead_id)
    lead.touchpoints.create(signal="pricing_page", occurred_at=MONDAY - HOUR, recorded_at=MONDAY)
    trial = on_trial(when=[{"signal": "pricing_page"}], share=100, at=started)
    after = started + 6 * HOUR
    assert measured.result(trial, at=after).counts["control"]["leads"] == 1
    lead.touchpoints.filter(signal="pricing_page").update(recorded_at=MONDAY + HOUR)
    assert measured.result(trial, at=after).counts["control"]["leads"] == 0


def test_an_imported_past_is_no_control():
    started = MONDAY + 5 * HOUR
    arrive()
    history = arrive(historical=True, occurred_at=MONDAY.isoformat(), at=MONDAY + HOUR)
    assert Handoff.objects.get(pk=history.handoff_id).historical
    arrive(historical=True, occurred_at=MONDAY.isoformat(), at=MONDAY + HOUR, touchpoints=[])
    trial = on_trial(share=100, at=started)
    found = measured.result(trial, at=started + 6 * HOUR)
    assert (found.counts["control"]["leads"], found.counts["control"]["handed"]) == (1, 1)


def test_a_deal_without_a_hand_over_of_its_own_makes_no_figure_larger():
    """Where the counted hand-over is too late, or there is none, its deal does not count either."""
    trial = on_trial(share=50)
    side(trial, "trial", accepted=25)
    late = make.HandoffFactory(made_at=LATER + HOUR, triggered_at=LATER + HOUR, outcome="won")
    join(trial, "trial", late.lead)
    other = make.HandoffFactory(outcome="won", step="ae")
    join(trial, "trial", other.lead)
    Handoff.objects.exclude(pk__in=(late.pk, other.pk)).update(outcome="won")
    Trial.objects.update(ended_at=LATER, ending="stopped")
    trial.refresh_from_db()
    for count in ("opportunity", "won"):
        found = compared(trial, count).trial
        assert (found.count, found.n) == (25, 25), count


def test_before_the_trial_too_only_the_deals_of_counted_hand_overs_count():
    started = MONDAY + 5 * HOUR
    never, handed = arrive(touchpoints=[]), arrive()
    assert never.handoff_id is None
    trial = on_trial(share=100, at=started)
    lead = Lead.objects.get(pk=never.lead_id)
    make.HandoffFactory(
        lead=lead, judgement=lead.judgement, made_at=started + HOUR,
        triggered_at=started + HOUR, outcome="won",
    )  # fmt: skip
    Handoff.objects.filter(pk=handed.handoff_id).update(outcome="open")
    found = measured.result(trial, at=started + 6 * HOUR).counts["control"]
    assert (found["handed"], found["opportunity"], found["won"]) == (1, 1, 0)


def test_what_followed_from_a_hand_over_is_its_outcome():
    trial = on_trial(share=50)
    side(trial, "trial", accepted=2)
    first, second = Handoff.objects.order_by("pk")
    at = {"made_at": LATER, "triggered_at": LATER}
    passed = make.HandoffFactory(
        lead=first.lead, judgement=first.judgement, previous=first, step="ae", outcome="lost", **at
    )
    Handoff.objects.filter(pk=passed.pk).update(state="advanced", ended_at=LATER)
    make.HandoffFactory(
        lead=first.lead, judgement=first.judgement, previous=passed, step="ae", outcome="won", **at
    )
    make.HandoffFactory(
        lead=second.lead, judgement=second.judgement, step="ae", outcome="won", **at
    )
    assert compared(trial, "opportunity").trial.count == 1
    assert compared(trial, "won").trial.count == 1


def test_closed_without_a_response_is_an_answer_and_returned_is_none():
    trial = on_trial(share=50)
    side(trial, "trial", accepted=2, rejected=1)
    for columns in (
        {"closed": True, "accepted_at": MONDAY}, {"returned": True, "accepted_at": MONDAY},
    ):  # fmt: skip
        join(trial, "trial", make.HandoffFactory(**columns).lead)
    accepted, silent = compared(trial, "accepted").trial, compared(trial, "no_response").trial
    assert (accepted.count, accepted.n) == (2, 4)
    assert (silent.count, silent.n) == (1, 4)


def test_a_figure_and_its_leads_are_the_same():
    trial = on_trial(share=50)
    side(trial, "trial", accepted=3, rejected=2, waiting=1, nurtured=2)
    found = measured.result(trial, at=LATER)
    for what in measured.HOLDS:
        ids = measured.leads_of(trial, arm="trial", what=what, at=LATER, most=50)
        assert len(ids) == found.counts["trial"][what], what
    reason = make.ReasonFactory().key
    ids = measured.leads_of(trial, arm="trial", what="rejected", reason=reason, at=LATER, most=50)
    assert len(ids) == 2


def test_the_rule_stops_a_trial_that_sales_surely_rejects_and_tells_those_concerned():
    trial = on_trial(share=50, stop_above=0.5)
    side(trial, "trial", accepted=4, rejected=26)
    admin = make.UserFactory(administrator=True)
    rep = make.sam()
    stopped = watch(at=LATER)
    assert stopped == trial and stopped.ending == Trial.Ending.RULE
    assert stopped.ended_why == (
        "Sales rejected 26 of 30 answered leads, surely more than 61%; the rule allows 50%."
    )
    assert DefinitionVersion.objects.get(pk=trial.version_id).state == "retired"
    for person in (make.mara(), admin):
        letter = Message.objects.inbox(person).get(kind="trial_stopped")
        assert letter.body["why"] == stopped.ended_why
        assert letter.body["path"] == f"/definition/{trial.version.number}/trial/"
    assert not Message.objects.inbox(rep).filter(kind="trial_stopped").exists()
    assert watch(at=LATER) is None
    assert Message.objects.inbox(admin).filter(kind="trial_stopped").count() == 1


@pytest.mark.parametrize(
    ("stop_above", "accepted", "rejected"),
    [(0.5, 0, 19), (0.5, 10, 14), (0.9, 4, 26), (None, 0, 40)],
)
def test_the_rule_waits_while_it_is_not_sure(stop_above, accepted, rejected):
    trial = on_trial(share=50, stop_above=stop_above)
    side(trial, "trial", accepted=accepted, rejected=rejected)
    assert watch(at=LATER) is None
    assert Trial.objects.running().get() == trial


def test_without_a_trial_there_is_nothing_to_watch():
    assert watch(at=LATER) is None
    assert nurturing.rescore_all(at=LATER) == 0
    assert not Handoff.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_stops_it_and_each_person_is_told_once():
    trial = on_trial(share=50, stop_above=0.5)
    side(trial, "trial", accepted=4, rejected=26)
    results = at_once([lambda: watch(at=LATER)] * 8, width=8)
    assert sum(one is not None for one in results) == 1
    assert Trial.objects.get().ending == Trial.Ending.RULE
    written = Message.objects.filter(kind="trial_stopped").values_list("channel", flat=True)
    assert sorted(written) == ["email", "in_app"]
